import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { DAY, HOUR, isPresenceComponent, MINUTE } from '@uptower/domain';
import { afterEach, expect, test } from 'vitest';
import { type Bench, openBench } from '../testing/bench.ts';
import { MONDAY, mrModel, principalOf, smallFleet } from '../testing/fixtures.ts';

const open: Bench[] = [];
afterEach(async () => {
  for (const bench of open.splice(0)) await bench.close();
});
async function bench(start: number): Promise<Bench> {
  const made = await openBench(smallFleet({ ...mrModel, reportingIntervalSeconds: 300 }), start, 'duckdb');
  open.push(made);
  return made;
}

const EVERY = 5 * MINUTE;
const LOST = MONDAY + 6 * HOUR;
const BACK = MONDAY + 7 * DAY;

/** Healthy; too high for two hours on the third day; too high again from the last evening on. */
function helium(ts: number): number {
  const hours = (ts - MONDAY) / HOUR;
  const high = (hours >= 50 && hours < 52) || hours >= 7 * 24 - 3;
  return (high ? 44 : 15) + Math.sin(hours * 977) * 0.3;
}
const items = (from: number, to: number) =>
  Array.from({ length: (to - from) / EVERY }, (_, i) => {
    const ts = from + i * EVERY;
    return { ts, values: { helium_pressure: helium(ts) } };
  });
const batches = <T>(list: readonly T[], size: number) =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size));

const states = [
  { ts: MONDAY, status: 'up' },
  { ts: MONDAY + 3 * DAY, status: 'partial' },
  { ts: MONDAY + 4 * DAY, status: 'up' },
];

/** What is to be the same: alerts that hold, what is unknown and known of the week, and each reading once. */
async function outcome(b: Bench) {
  await b.gateway.settled();
  const alerts = (await b.alerts())
    .filter((alert) => !isPresenceComponent(alert.component))
    .filter((alert) => alert.state !== 'cleared' || alert.clearedBecause !== 'amended-by-late-data')
    .map((alert) => ({
      component: alert.component,
      raisedAt: alert.raisedAt,
      worst: alert.worst,
      cleared: alert.state === 'cleared' && alert.clearedAt,
    }))
    .sort((a, b) => a.raisedAt - b.raisedAt);
  const { figures } = await b.get(`/devices/dev_a1/uptime?from=${MONDAY}&to=${BACK}`);
  return { alerts, figures };
}
async function storedRows(b: Bench): Promise<number> {
  await b.gateway.stop();
  const instance = await DuckDBInstance.create(join(b.dataDir, 'telemetry.duckdb'));
  const connection = await instance.connect();
  const rows = (await connection.runAndReadAll('SELECT count(*) AS n FROM readings')).getRowObjectsJS();
  connection.closeSync();
  instance.closeSync();
  return Number(rows[0]?.n);
}

test('a device that was away for a week and sends its buffer newest first ends as if it had never been away', async () => {
  const calm = await bench(BACK + 1000);
  const inOrder = [...items(MONDAY, BACK)];
  await calm.say('dev_a1', 'state', states[0]);
  await Promise.all(
    batches(inOrder, 288).flatMap((batch, day) => [
      calm.say('dev_a1', 'telemetry', batch),
      ...states.filter(({ ts }) => ts === MONDAY + (day + 1) * DAY).map((state) => calm.say('dev_a1', 'state', state)),
    ]),
  );
  await calm.say('dev_a1', 'telemetry', items(BACK, BACK + EVERY));
  const expected = await outcome(calm);
  expect(expected.alerts.map(({ cleared }) => cleared !== false)).toEqual([true, false]);

  const away = await bench(MONDAY);
  const say = (channel: 'telemetry' | 'state', body: unknown) => away.say('dev_a1', channel, body);
  away.gateway.connected(principalOf('dev_a1'));
  await say('state', states[0]);
  for (const batch of batches(items(MONDAY, LOST), 24)) {
    await away.crash((batch.at(-1)?.ts ?? 0) + 1000);
    away.gateway.connected(principalOf('dev_a1'));
    await say('telemetry', batch);
  }
  await away.gateway.settled();
  away.gateway.disconnected(principalOf('dev_a1'));
  away.clock.advance(20 * MINUTE);
  await away.settle();
  expect((await away.get('/devices/dev_a1')).device.availability).toMatchObject({ state: 'unknown' });

  await away.crash(BACK + 1000);
  away.gateway.connected(principalOf('dev_a1'));
  await say('telemetry', items(BACK, BACK + EVERY));
  const kept = items(LOST, BACK).reverse();
  for (const [i, batch] of batches(kept, 100).entries()) {
    await say('telemetry', i % 2 ? batch : batch.toReversed());
    if (i === 2) await say('state', states[2]);
    if (i === 7) await away.crash();
    if (i === 9) await say('state', states[1]);
  }
  const after = await outcome(away);
  // What was unknown when it passed is known now, but for the moments around the two ends.
  expect(after.figures.ms.unknown).toBeLessThan(2 * EVERY);
  expect(after.alerts).toEqual(expected.alerts);
  for (const state of ['up', 'partial', 'down'] as const)
    expect(Math.abs(after.figures.ms[state] - expected.figures.ms[state])).toBeLessThan(2 * EVERY);
  // The trace: what was told before stays in the log, with what changed it.
  const log = await away.log();
  expect(log.some((event) => event.type === 'availability.amended' && event.before[0]?.state === 'unknown')).toBe(true);
  const recorded = (await away.alerts()).find((alert) => alert.amendments?.some(({ verdict }) => verdict === 'missed'));
  expect(recorded?.amendments?.[0]?.late.from).toBeGreaterThanOrEqual(LOST);

  // Sent again, also after another crash, it changes nothing and is stored once.
  const before = (await away.log()).length;
  for (const batch of batches(kept.toReversed(), 500)) await say('telemetry', batch);
  await away.crash();
  expect(await outcome(away)).toEqual(after);
  expect((await away.log()).slice(before).filter(({ type }) => type.startsWith('alert.'))).toEqual([]);
  expect(await storedRows(away)).toBe(inOrder.length + 1);
}, 120_000);
