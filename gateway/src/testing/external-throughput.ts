/**
 * How much an external broker can hand over: `npx tsx gateway/src/testing/external-throughput.ts [messages] [runs]`.
 * Real Mosquitto and NATS, raw publishers in a process of their own, every message durable in a real journal before it is
 * acknowledged. The naive way, an mqtt.js handler that waits for each message, runs beside as the baseline. One line of JSON
 * a style: medians of `runs`, messages a second by the wall and by the CPU seconds of this process.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createMetrics, silentLogger } from '@uptower/platform';
import { connectAsync } from 'mqtt';
import { startExternalBroker } from '../external-broker/external-broker.ts';
import { INTAKE_FILTERS } from '../external-broker/options.ts';
import { openJournal } from '../telemetry/journal/journal.ts';
import { type RealBroker, startMosquitto, startNats } from './brokers.ts';

const [messageCount, runs] = [Number(process.argv[2] ?? 100_000), Number(process.argv[3] ?? 3)];
const CONNECTIONS = 50;
const IN_FLIGHT = 20;
/** The naive handler gets so many only: it would take minutes. */
const NAIVE_MESSAGES = 2_000;
const publisher = fileURLToPath(new URL('raw-publisher.ts', import.meta.url));

type Store = (topic: string, payload: Buffer) => Promise<unknown>;
type Take = (port: number, store: Store) => Promise<() => Promise<unknown>>;

const ours =
  (protocol: 4 | 5, shards = 1, filters = INTAKE_FILTERS): Take =>
  async (port, store) => {
    const joined = startExternalBroker(
      {
        name: 'bench',
        host: '127.0.0.1',
        port,
        protocol,
        clientId: 'bench',
        filters,
        shards,
        group: shards > 1 ? 'bench' : undefined,
        maxInFlight: 8192,
        maxPayloadBytes: 262_144,
      },
      { accept: async ({ topic, payload }) => void (await store(topic, payload)), refused: () => undefined },
      { log: silentLogger(), metrics: createMetrics(), now: Date.now },
    );
    while (joined.connections() < shards + 1) await new Promise((resolve) => setTimeout(resolve, 10));
    return () => joined.close();
  };

const naive: Take = async (port, store) => {
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { clientId: 'naive', clean: false });
  client.handleMessage = (packet, done) => {
    store(packet.topic.toString(), packet.payload as Buffer).then(() => done(), done);
  };
  await client.subscribeAsync(INTAKE_FILTERS.slice(0, 3) as string[], { qos: 1 });
  return () => client.endAsync(true);
};

async function measure(start: () => Promise<RealBroker>, take: Take, messages: number) {
  const broker = await start();
  const dataDir = mkdtempSync(join(tmpdir(), 'uptower-external-'));
  const journal = await openJournal(dataDir, { log: silentLogger() });
  const expected = Math.floor(messages / CONNECTIONS) * CONNECTIONS;
  let stored = 0;
  let begun = 0;
  let all: () => void = () => undefined;
  const done = new Promise<void>((resolve) => {
    all = resolve;
  });
  const leave = await take(broker.port, async (topic, payload) => {
    await journal.append({ kind: 'message', receivedAt: Date.now(), from: 'broker:bench', topic, payload });
    stored += 1;
    if (stored === 1) begun = performance.now(); // the publisher is up
    if (stored === expected) all();
  });
  const cpu = process.cpuUsage();
  const args = ['--import', 'tsx', publisher, ...[broker.port, CONNECTIONS, IN_FLIGHT, messages].map(String)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  child.once('exit', (code) => {
    if (code !== 0) throw new Error(`the publisher ended with ${code}`);
  });
  await done;
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  await leave();
  await journal.close();
  await broker.remove();
  rmSync(dataDir, { recursive: true, force: true });
  return { perSecond: expected / seconds, perCpuSecond: expected / ((user + system) / 1e6) };
}

const median = (values: number[]) => Math.round(values.sort((a, b) => a - b)[Math.floor(values.length / 2)] as number);
const STYLES: readonly (readonly [string, () => Promise<RealBroker>, Take, number])[] = [
  ['naive mqtt.js handler, Mosquitto', startMosquitto, naive, NAIVE_MESSAGES],
  ['Mosquitto, MQTT 5', startMosquitto, ours(5), messageCount],
  ['Mosquitto, MQTT 3.1.1', startMosquitto, ours(4), messageCount],
  ['Mosquitto, MQTT 5, 4 connections of a group', startMosquitto, ours(5, 4), messageCount],
  ['NATS, MQTT 3.1.1', startNats, ours(4, 1, INTAKE_FILTERS.slice(0, 3)), Math.min(messageCount, 20_000)],
];
for (const [style, start, take, messages] of STYLES) {
  const results = [];
  for (let run = 0; run < runs; run += 1) results.push(await measure(start, take, messages));
  const line = {
    style,
    messages,
    perSecond: median(results.map((result) => result.perSecond)),
    perCpuSecond: median(results.map((result) => result.perCpuSecond)),
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
