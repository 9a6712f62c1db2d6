import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildTopic, eventsOfUpload, MINUTE, streams, type UptowerEvent } from '@uptower/domain';
import {
  createLiveHub,
  createMetrics,
  openSqliteEventLog,
  randomIds,
  silentLogger,
  wallClock,
} from '@uptower/platform';
import { InfluxDB } from 'influx';
import { afterEach, expect, test } from 'vitest';
import { composeGateway } from './gateway.ts';
import { deviceA1, principalOf, smallFleet } from './testing/fixtures.ts';
import { influxServer } from './testing/store-servers.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const PATIENCE_MS = 90_000;
async function until(holds: () => boolean | Promise<boolean>, what: string) {
  for (const deadline = Date.now() + PATIENCE_MS; !(await holds()); ) {
    if (Date.now() > deadline) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('the store is killed, comes back, comes back empty: alerts are raised meanwhile, and each reading is there once', async () => {
  const server = await influxServer();
  undo.push(() => server.remove());
  await server.start();
  const dataDir = mkdtempSync(join(tmpdir(), 'uptower-outage-'));
  undo.push(() => rmSync(dataDir, { recursive: true, force: true }));
  const [clock, log] = [wallClock(), silentLogger()];
  const events = openSqliteEventLog<UptowerEvent>(':memory:');
  undo.push(() => events.close());
  await events.append([{ stream: streams.registry, events: eventsOfUpload(smallFleet()) }], {
    at: clock.now(),
    actor: 'test',
  });
  const gateway = await composeGateway({
    dataDir,
    clock,
    events,
    live: createLiveHub(log),
    metrics: createMetrics(),
    log,
    ids: randomIds(),
    store: { kind: 'influxdb1', url: server.url, database: 'uptower' },
  });
  await gateway.start();
  undo.push(() => gateway.abandon());

  const principal = principalOf(deviceA1);
  const topic = buildTopic({ siteId: principal.siteId, deviceId: deviceA1, channel: 'telemetry' });
  const begin = clock.now() - 700 * MINUTE;
  let said = 0;
  const say = async (count: number, pressure: number) => {
    for (const last = said + count; said < last; said += 1) {
      const item = { ts: begin + said * MINUTE, seq: said, values: { helium_pressure: pressure, mode: 'scan' } };
      const payload = Buffer.from(JSON.stringify(item));
      const message = { principal, topic, payload, retain: false, qos: 1 as const };
      await gateway.accept(message);
      if (said % 10 === 0) await gateway.accept(message); // a redelivery
    }
  };
  const influx = new InfluxDB({ host: '127.0.0.1', port: Number(new URL(server.url).port), database: 'uptower' });
  const counted = async () => {
    const rows = await influx
      .query<{ numbers: number; words: number }>(
        'SELECT count("value") AS numbers, count("text") AS words FROM uptower_readings',
      )
      .catch(() => []);
    return [rows[0]?.numbers ?? 0, rows[0]?.words ?? 0];
  };
  const raised = async () => (await events.read(0, 10_000)).some(({ event }) => event.type === 'alert.raised');
  const complete = async () => {
    const [numbers, words] = await counted();
    return numbers === said && words === said;
  };

  await say(100, 20);
  await until(complete, 'the first readings in the store');

  await server.kill();
  await say(100, 20);
  expect(await raised()).toBe(false);
  await say(100, 60); // far beyond the limit for longer than its delay
  await until(raised, 'an alert while the store is down');
  await server.start();
  await say(50, 60);
  await until(complete, 'everything in the store after it came back');

  await server.kill();
  server.wipe();
  await server.start();
  await say(50, 60);
  await until(complete, 'everything in the store that came back empty');
  await gateway.settled();
  expect(await counted()).toEqual([said, said]);
}, 240_000);
