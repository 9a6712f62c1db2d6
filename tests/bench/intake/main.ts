/**
 * `npm run bench intake [-- --rounds 5 --messages 400000 --quick]`: what an acknowledgement and the whole intake cost, beside
 * mosquitto (which keeps nothing) and a Node-RED flow, in the same run on the same machine. Ratios of medians; figures per
 * CPU second count every process of the contender. Writes bench/results/intake.json.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { installPeer } from '../peers.ts';
import { cpuSeconds, median, pause, rssMb } from '../process.ts';
import { acknowledgeOnly } from './acknowledging.ts';
import { alertLatencies } from './alert-latency.ts';
import { holdIdle } from './idle.ts';
import type { Load, LoadResult } from './load.ts';
import { mosquitto } from './mosquitto.ts';
import { nodeRed } from './node-red.ts';
import type { Target } from './target.ts';
import { uptower } from './uptower.ts';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    messages: { type: 'string', default: '400000' },
    connections: { type: 'string', default: '200' },
    idle: { type: 'string', default: '10000' },
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});
/** Messages a second that are asked of the whole intake on two cores. */
const ASKED = 30_000;
const rounds = options.quick ? 1 : Number(options.rounds);
const messages = options.quick ? 100_000 : Number(options.messages);
const connections = Number(options.connections);

function generate(load: Load): Promise<LoadResult> {
  const file = fileURLToPath(new URL('./generator.ts', import.meta.url));
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', file], { stdio: ['pipe', 'pipe', 'pipe'] });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (err += chunk));
    child.on('close', (code) =>
      code === 0 ? resolve(JSON.parse(out)) : reject(new Error(`generator: ${err.slice(-2000)}`)),
    );
    child.stdin.end(JSON.stringify(load));
  });
}

/** One contender's figures of one round. */
interface Run {
  readonly perSecond: number;
  readonly perCpuSecond: number;
  readonly p50: number;
  readonly p99: number;
}

async function measure(target: Target, inFlight: number, count: number, firstSeq: number, total: number): Promise<Run> {
  const cpu = () => target.pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0);
  const cpuBefore = cpu();
  const result = await generate({
    port: target.port,
    fleet: target.fleet,
    connections,
    messages: count,
    inFlight,
    firstSeq,
  });
  await target.settled(total);
  const seconds = Math.max(result.seconds, (Date.now() - result.startedAt) / 1000);
  return {
    perSecond: result.acknowledged / seconds,
    perCpuSecond: result.acknowledged / Math.max(0.01, cpu() - cpuBefore),
    p50: result.p50,
    p99: result.p99,
  };
}

interface Contender {
  readonly name: string;
  readonly open: () => Promise<Target>;
  readonly inFlight: number;
  readonly messages: number;
}

const peers = () => installPeer('node-red', '4.1.8');
const contenders: Contender[] = [
  { name: 'mosquitto, 20 in flight', open: () => mosquitto(connections), inFlight: 20, messages },
  { name: 'acknowledged when durable, 20 in flight', open: () => acknowledgeOnly(connections), inFlight: 20, messages },
  { name: 'whole intake, 20 in flight', open: () => uptower(connections), inFlight: 20, messages },
  { name: 'mosquitto, 1 in flight', open: () => mosquitto(connections), inFlight: 1, messages: messages / 2 },
  {
    name: 'acknowledged when durable, 1 in flight',
    open: () => acknowledgeOnly(connections),
    inFlight: 1,
    messages: messages / 2,
  },
  { name: 'whole intake, 1 in flight', open: () => uptower(connections), inFlight: 1, messages: messages / 2 },
  { name: 'Node-RED flow', open: () => nodeRed(connections, peers()), inFlight: 20, messages: messages / 10 },
].filter(({ name }) => !options.only || name.includes(options.only));

const runs = new Map<string, Run[]>(contenders.map(({ name }) => [name, []]));
for (let round = 1; round <= rounds; round += 1)
  for (const { name, open, inFlight, messages: count } of contenders) {
    const target = await open();
    try {
      // A fifth of the load first: compiled code and warm caches are what a server has after its first minute.
      const warm = Math.floor(count / 5 / connections) * connections;
      const whole = Math.floor(count / connections) * connections;
      await measure(target, inFlight, warm, 0, warm);
      const run = await measure(target, inFlight, whole, warm, warm + whole);
      runs.get(name)?.push(run);
      process.stderr.write(
        `${round}/${rounds} ${name}: ${Math.round(run.perSecond)}/s, ${Math.round(run.perCpuSecond)} per CPU s, p99 ${run.p99.toFixed(1)} ms\n`,
      );
    } finally {
      await target.stop();
    }
  }

const of = (name: string, figure: keyof Run) => median((runs.get(name) ?? []).map((run) => run[figure]));
/** The median of the ratios round by round: what disturbs one round disturbs both sides of it. */
const ratio = (ours: string, theirs: string, figure: keyof Run = 'perCpuSecond') => {
  const peer = runs.get(theirs) ?? [];
  return median((runs.get(ours) ?? []).flatMap((run, i) => (peer[i] ? [run[figure] / peer[i][figure]] : [])));
};

const figures: { readonly what: string; readonly measured: number; readonly goal: string }[] = [
  {
    what: 'durable acknowledgement / mosquitto per CPU s, 20 in flight',
    measured: ratio('acknowledged when durable, 20 in flight', 'mosquitto, 20 in flight'),
    goal: '≥ 0.6 (0.8)',
  },
  {
    what: 'durable acknowledgement / mosquitto per CPU s, 1 in flight',
    measured: ratio('acknowledged when durable, 1 in flight', 'mosquitto, 1 in flight'),
    goal: '≥ 0.4 (0.6)',
  },
  {
    what: 'whole intake / mosquitto per CPU s, 20 in flight',
    measured: ratio('whole intake, 20 in flight', 'mosquitto, 20 in flight'),
    goal: '≥ 0.3 (0.5)',
  },
  {
    what: 'whole intake, messages of 5 values a second',
    measured: of('whole intake, 20 in flight', 'perSecond'),
    goal: `≥ ${ASKED}`,
  },
  {
    what: 'whole intake / Node-RED, messages a second',
    measured: ratio('whole intake, 20 in flight', 'Node-RED flow', 'perSecond'),
    goal: '≥ 5',
  },
];

if (!options.only) {
  // Half of the load that is asked of it, and half of what it can.
  for (const rate of [ASKED / 2, of('whole intake, 20 in flight', 'perSecond') / 2]) {
    const target = await uptower(connections + 1);
    const seconds = options.quick ? 15 : 60;
    const load = generate({
      port: target.port,
      fleet: target.fleet,
      connections,
      messages: Math.floor(rate * seconds),
      inFlight: 20,
      rate,
      firstSeq: 0,
    });
    await pause(2000);
    const latencies = await alertLatencies(target, options.quick ? 20 : 150);
    const { acknowledged, seconds: took } = await load;
    await target.stop();
    figures.push({
      what: `reading to alert on a screen, p99 ms, at ${Math.round(acknowledged / took)} messages a second`,
      measured: latencies[Math.floor(latencies.length * 0.99)] ?? Number.NaN,
      goal: '≤ 250',
    });
    figures.push({ what: 'the same, median ms', measured: median(latencies), goal: '' });
  }
}

if (!options.only || 'idle devices'.includes(options.only)) {
  const idle = Number(options.idle);
  const target = await uptower(idle);
  const release = await holdIdle(target, idle);
  const resident = () => rssMb(target.pids[0] as number);
  figures.push({
    what: `${idle} idle devices, resident MB, 10 s after connecting`,
    measured: resident(),
    goal: '≤ 400',
  });
  if (!options.quick) {
    // V8 gives memory back when its average of what is allocated has fallen.
    await pause(180_000);
    figures.push({ what: 'the same 3 minutes later', measured: resident(), goal: '≤ 400' });
  }
  release();
  await target.stop();
}

const table = figures.map(({ what, measured, goal }) => ({ what, measured: Number(measured.toPrecision(3)), goal }));
console.table(table);
const results = fileURLToPath(new URL('../../../bench/results', import.meta.url));
mkdirSync(results, { recursive: true });
writeFileSync(
  `${results}/intake.json`,
  `${JSON.stringify({ at: new Date().toISOString(), node: process.version, cpu: cpus()[0]?.model, cores: cpus().length, rounds, messages, connections, peers: { mosquitto: 'Debian 2.0.11', nodeRed: '4.1.8' }, figures: table, runs: Object.fromEntries(runs) }, null, 2)}\n`,
);
