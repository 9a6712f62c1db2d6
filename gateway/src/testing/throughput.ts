/**
 * How much the gateway takes with predictions on: `npx tsx gateway/src/testing/throughput.ts [devices] [messages]`.
 * One process makes the messages and takes them; real journal, event log and DuckDB; prints one line of JSON.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { DAY, type Device, eventsOfUpload, MINUTE, streams, type UptowerEvent } from '@uptower/domain';
import {
  createLiveHub,
  createMetrics,
  openSqliteEventLog,
  randomIds,
  silentLogger,
  wallClock,
} from '@uptower/platform';
import { composeGateway } from '../gateway.ts';
import { mrModel, principalOf, smallFleet } from './fixtures.ts';

const [deviceCount, messageCount] = [Number(process.argv[2] ?? 220), Number(process.argv[3] ?? 100_000)];
/** In flight at once, as from so many devices that wait for their acknowledgement. */
const IN_FLIGHT = 200;

const dataDir = mkdtempSync(join(tmpdir(), 'uptower-throughput-'));
const events = openSqliteEventLog<UptowerEvent>(join(dataDir, 'events.sqlite'));
const [clock, log] = [wallClock(), silentLogger()];
const fleet = smallFleet({ ...mrModel, reportingIntervalSeconds: null });
const devices = Array.from({ length: deviceCount }, (_, i) => ({ ...fleet.devices[0], id: `dev_a${i}` }) as Device);
await events.append([{ stream: streams.registry, events: eventsOfUpload({ ...fleet, devices }) }], {
  at: clock.now(),
  actor: 'throughput',
});
const parts = { dataDir, clock, events, live: createLiveHub(log), log, ids: randomIds() };
const gateway = await composeGateway({ ...parts, metrics: createMetrics() });
await gateway.start();

const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();
const [begun, cpu, start] = [performance.now(), process.cpuUsage(), clock.now() - 10 * DAY];
let inFlight: Promise<void>[] = [];
for (let i = 0; i < messageCount; i += 1) {
  const [index, turn] = [i % deviceCount, Math.floor(i / deviceCount)];
  const rising = index % 20 === 0 ? turn * 0.02 : 0; // one device in twenty degrades
  const values = {
    helium_pressure: 15 + Math.sin(i) + rising,
    chiller_trips: Math.floor(turn / 1000),
    a: i % 7,
    b: 'on',
  };
  const payload = Buffer.from(JSON.stringify({ ts: start + turn * MINUTE, seq: turn, values }));
  const principal = principalOf(`dev_a${index}`);
  inFlight.push(
    gateway.accept({ principal, topic: `uptower/v1/site_a/dev_a${index}/telemetry`, payload, retain: false, qos: 1 }),
  );
  if (inFlight.length < IN_FLIGHT) continue;
  await Promise.all(inFlight);
  inFlight = [];
}
await Promise.all(inFlight);
await gateway.settled();
const seconds = (performance.now() - begun) / 1000;
const { user, system } = process.cpuUsage(cpu);
delay.disable();
await gateway.stop();
process.stdout.write(
  `${JSON.stringify({
    devices: deviceCount,
    messages: messageCount,
    perSecond: Math.round(messageCount / seconds),
    perCpuSecond: Math.round(messageCount / ((user + system) / 1e6)),
    loopDelayMs: { p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 },
    rssMb: Math.round(process.memoryUsage().rss / 1e6),
    events: events.head(),
  })}\n`,
);
await events.close();
rmSync(dataDir, { recursive: true, force: true });
