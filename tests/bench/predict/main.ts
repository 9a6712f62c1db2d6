/**
 * `npm run bench predict [-- --quick --devices 10000]`: what prediction costs: ns of CPU a value beside a plain EWMA z-score,
 * memory of a fleet with what late data need, how long a snapshot holds the stream up. `-- --fleet [--seeds 3 --first 1 --days 90 --every 5]`: how good it is on the
 * simulated region, against the simulator's own truth. Writes bench/results/predict.json or predict-fleet.json.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { measureCosts } from './cost.ts';
import { runFleet } from './fleet.ts';
import { type Grades, garwood, grade, wilson } from './grade.ts';
import { measureFleet, measureNovelty } from './memory.ts';
import { METRICS } from './model.ts';
import { measureSnapshot } from './snapshot.ts';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    fleet: { type: 'boolean', default: false },
    seeds: { type: 'string', default: '3' },
    first: { type: 'string', default: '1' },
    days: { type: 'string', default: '90' },
    every: { type: 'string', default: '5' },
    devices: { type: 'string', default: '10000' },
  },
});
const LEARNING_DAYS = 7;
const say = (text: string) => process.stdout.write(`${text}\n`);
const percent = (p: number) => `${(100 * p).toFixed(1)} %`;
const share = (hits: number, of: number) =>
  `${hits} of ${of} = ${percent(hits / Math.max(1, of))} (${wilson(hits, of).map(percent).join(' … ')})`;

function keep(name: string, result: object): void {
  mkdirSync('bench/results', { recursive: true });
  writeFileSync(`bench/results/${name}.json`, `${JSON.stringify(result, null, 2)}\n`);
}

function fleet(): void {
  const days = options.quick ? 30 : Number(options.days);
  const seeds = options.quick ? 1 : Number(options.seeds);
  const all: Grades[] = [];
  for (let seed = Number(options.first); seed < Number(options.first) + seeds; seed += 1) {
    const run = runFleet({
      ...{ seed, days, everyMinutes: Number(options.every) },
      onDay: (day) => process.stderr.isTTY && process.stderr.write(`\rseed ${seed}: day ${day} of ${days} `),
    });
    const grades = grade(run, LEARNING_DAYS);
    all.push(grades);
    const { visible, seen } = totals([grades]);
    say(
      `seed ${seed}: ${run.readings} readings, foreseen ${share(seen, visible)}, false orders ${grades.falseOrders.length}`,
    );
  }
  const sum = totals(all);
  const months = all.reduce((total, { deviceMonths }) => total + deviceMonths, 0);
  const rate = [sum.falseOrders, ...garwood(sum.falseOrders)].map((count) => (count / months).toFixed(4));
  say('');
  for (const [mode, row] of [...sum.byMode].sort(([a], [b]) => (a < b ? -1 : 1)))
    say(
      `${mode.padEnd(30)} failures ${String(row.all).padStart(4)}   foreseen a day ahead ${String(row.foreseen).padStart(4)}` +
        `   could be ${String(row.visible).padStart(4)}, were ${String(row.visibleForeseen).padStart(4)}`,
    );
  const sudden = sum.all - sum.visible;
  say('');
  say(`device-months                                   ${months.toFixed(0)}`);
  say(`failures that could be foreseen a day ahead     ${share(sum.seen, sum.visible)}`);
  say(`sudden ones, for comparison                     ${share(sum.foreseen - sum.seen, sudden)}`);
  say(`all failures                                    ${share(sum.foreseen, sum.all)}`);
  say(`failures with an order at any time before       ${share(sum.all - sum.noOrder, sum.all)}`);
  say(`hours ahead, median and tenth of all orders     ${at(sum.leads, 0.5)}, ${at(sum.leads, 0.1)}`);
  say(
    `false orders a device-month                     ${rate[0]} (${rate[1]} … ${rate[2]}), ${sum.falseOrders} in all`,
  );
  say(
    `orders: claimed on average, were true           ${percent(sum.claimed / sum.orders)}, ${share(sum.true, sum.orders)}`,
  );
  const { byMode, leads: _, ...figures } = sum;
  keep('predict-fleet', {
    seeds,
    days,
    everyMinutes: Number(options.every),
    months,
    ...figures,
    byMode: Object.fromEntries(byMode),
  });
}

const at = (sorted: readonly number[], q: number) => (sorted[Math.floor(sorted.length * q)] ?? Number.NaN).toFixed(1);

function totals(all: readonly Grades[]) {
  const byMode: Grades['byMode'] = new Map();
  for (const grades of all)
    for (const [mode, row] of grades.byMode) {
      const sum = byMode.get(mode) ?? { all: 0, foreseen: 0, visible: 0, visibleForeseen: 0, noOrder: 0 };
      for (const key of Object.keys(row) as (keyof typeof row)[]) sum[key] += row[key];
      byMode.set(mode, sum);
    }
  const rows = [...byMode.values()];
  const add = (of: (row: (typeof rows)[number]) => number) => rows.reduce((sum, row) => sum + of(row), 0);
  const graded = (of: (grades: Grades) => number) => all.reduce((sum, grades) => sum + of(grades), 0);
  return {
    byMode,
    all: add((row) => row.all),
    foreseen: add((row) => row.foreseen),
    visible: add((row) => row.visible),
    seen: add((row) => row.visibleForeseen),
    noOrder: add((row) => row.noOrder),
    falseOrders: graded(({ falseOrders }) => falseOrders.length),
    orders: graded((grades) => grades.graded.orders),
    claimed: graded((grades) => grades.graded.claimed),
    true: graded((grades) => grades.graded.true),
    leads: all.flatMap(({ leads }) => leads).sort((a, b) => a - b),
  };
}

const MODEL_RULES = 'limit, trend, rate and novelty on each metric';

async function keeping(devices: number) {
  const showing = process.stderr.isTTY;
  const { fleet, ...memory } = measureFleet(devices, (i) => {
    if (showing && i % 500 === 0) process.stderr.write(`\rdevice ${i} of ${devices} `);
  });
  return { memory, snapshot: await measureSnapshot(fleet) };
}

async function cost(): Promise<void> {
  const devices = options.quick ? 1_000 : Number(options.devices);
  // First of all, in a process that holds nothing else yet; let go before CPU is measured.
  const { memory, snapshot } = await keeping(devices);
  const novelty = measureNovelty(Math.min(devices, 10_000));
  const { rows } = options.quick ? measureCosts(20, 12, 1) : measureCosts(100, 12, 3);
  for (const { what, ns, ratio } of rows)
    say(`${what.padEnd(66)} ${ns.toFixed(0).padStart(6)} ns CPU a value   × ${ratio.toFixed(1)}`);
  say('');
  say(`novelty, state a metric                      ${novelty.toFixed(0)} bytes`);
  say(
    `${devices} devices × ${METRICS} metrics after a day, ${MODEL_RULES}, with what late data need:\n` +
      `  state a device                             ${(memory.used / 1e3).toFixed(1)} kB; the process grew by ${(memory.resident / 1e3).toFixed(1)} kB`,
  );
  const hundred = (bytes: number) => ((bytes * 1e5) / 1e9).toFixed(2);
  say(
    `  100,000 devices                            ${hundred(memory.used)} GB; the process by ${hundred(memory.resident)} GB${devices === 1e5 ? '' : ' (extrapolated)'}`,
  );
  const { megabytes, seconds, messages, longestMs, longestCpuMs, longestWithoutMs, grewMb } = snapshot;
  say(
    `snapshot into SQLite                         ${megabytes.toFixed(0)} MB in ${seconds.toFixed(1)} s while the stream took ${messages} messages`,
  );
  say(
    `  longest pause of the stream                ${longestMs.toFixed(0)} ms, ${longestCpuMs.toFixed(0)} ms of it CPU (without a snapshot ${longestWithoutMs.toFixed(0)} ms)`,
  );
  say(`  the process grew by                        ${grewMb.toFixed(0)} MB`);
  keep('predict', { rows, memory: { devices, metrics: METRICS, novelty, ...memory }, snapshot });
}

if (options.fleet) fleet();
else await cost();
