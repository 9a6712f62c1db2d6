import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../support/uptower.ts';
import { CAMPAIGNS, type CampaignName, isCampaign } from './all.ts';
import type { Figures } from './campaign.ts';
import { seededRandom } from './random.ts';

const USAGE = `npm run fault -- [options]

  --only <names>       of ${Object.keys(CAMPAIGNS).join(', ')}; with commas (default all)
  --rounds <n>         rounds of each (default 200 for kill, 50 for the others)
  --seed <n>           another seed is other moments (default 1)
  --rate <n>           messages a second of ten devices together (default 3000)
  --cut-seconds <n>    how long the network is cut (default 60)
  --out <file>         figures as JSON (default bench/results/fault.json)
`;

const { values } = (() => {
  try {
    return parseArgs({
      options: {
        only: { type: 'string' },
        rounds: { type: 'string' },
        seed: { type: 'string', default: '1' },
        rate: { type: 'string', default: '3000' },
        'cut-seconds': { type: 'string', default: '60' },
        out: { type: 'string', default: join(root, 'bench/results/fault.json') },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${USAGE}`);
    process.exit(2);
  }
})();
if (values.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}
const names = (values.only?.split(',') ?? Object.keys(CAMPAIGNS)) as CampaignName[];
const numbers = [values.rounds ?? '1', values.seed, values.rate, values['cut-seconds']].map(Number);
if (!names.every(isCampaign) || numbers.some((n) => !Number.isFinite(n) || n <= 0)) {
  process.stderr.write(USAGE);
  process.exit(2);
}

const ms = (value: number | undefined) => (value === undefined ? '–' : `${Math.round(value)} ms`);
const sorted = (list: readonly number[]) => [...list].sort((a, b) => a - b);
const rows: string[][] = [['fault', 'rounds', 'acknowledged', 'lost', 'doubled', 'recovery, median', 'longest', 'and']];
const results: Record<string, object> = {};
let failed = false;
for (const name of names) {
  const { run, rounds: usual } = CAMPAIGNS[name];
  const rounds = Number(values.rounds ?? usual);
  const begun = performance.now();
  try {
    const figures: Figures = await run({
      rounds,
      random: seededRandom(Number(values.seed)),
      perSecond: Number(values.rate),
      cutSeconds: Number(values['cut-seconds']),
      progress: (round) => {
        if (round % 10 === 0 || round === rounds) process.stderr.write(`${name}: ${round} of ${rounds}\n`);
      },
    });
    const times = sorted(figures.recoveryMs);
    const { acknowledged, lost, doubled, examples, notes } = figures;
    const recovery = { medianMs: times[Math.floor(times.length / 2)], maxMs: times.at(-1) };
    const seconds = Math.round((performance.now() - begun) / 1000);
    results[name] = { rounds, acknowledged, lost, doubled, examples, recovery, notes, seconds };
    const words = Object.entries(notes).map(([what, count]) => `${what}: ${count}`);
    rows.push([
      ...[name, rounds, acknowledged, lost, doubled].map(String),
      ...[ms(recovery.medianMs), ms(recovery.maxMs), words.join(', ')],
    ]);
    if (lost + doubled > 0) {
      failed = true;
      process.stderr.write(`${examples.join('\n')}\n`);
    }
  } catch (error) {
    failed = true;
    const why = error instanceof Error ? error.message : String(error);
    results[name] = { failed: why };
    rows.push([name, String(rounds), '–', '–', '–', '–', '–', `FAILED: ${why.split('\n')[0]}`]);
    process.stderr.write(`${name}: ${error instanceof Error ? error.stack : why}\n`);
  }
}
const widths = (rows[0] as string[]).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
for (const row of rows)
  process.stdout.write(
    `${row
      .map((cell, i) => cell.padEnd(widths[i] as number))
      .join('  ')
      .trimEnd()}\n`,
  );
mkdirSync(dirname(values.out), { recursive: true });
const machine = { node: process.version, cpus: cpus().length, cpu: cpus()[0]?.model };
writeFileSync(
  values.out,
  `${JSON.stringify({ seed: Number(values.seed), rate: Number(values.rate), machine, results }, null, 2)}\n`,
);
process.stdout.write(`\nfigures in ${values.out}\n`);
process.exitCode = failed ? 1 : 0;
