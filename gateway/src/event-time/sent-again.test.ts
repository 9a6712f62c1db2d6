import { DAY, HOUR, MINUTE, SECOND } from '@uptower/domain';
import { afterEach, expect, test } from 'vitest';
import { type Bench, openBench } from '../testing/bench.ts';
import { MONDAY, mrModel, smallFleet } from '../testing/fixtures.ts';

const NOW = MONDAY + 2 * DAY;
const open: Bench[] = [];
afterEach(async () => {
  for (const bench of open.splice(0)) await bench.close();
});

/** Readings without a number, one by one, of `count` seconds from `from` on. */
const seconds = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => ({ ts: from + i * SECOND, values: { helium_pressure: 15 + (i % 7) / 10 } }));

async function told(...parts: (readonly unknown[])[]): Promise<Bench> {
  const bench = await openBench(smallFleet({ ...mrModel, reportingIntervalSeconds: null }), NOW, 'memory');
  open.push(bench);
  for (const part of parts) await bench.say('dev_a1', 'telemetry', part);
  bench.clock.advance(MINUTE);
  await bench.gateway.settled();
  return bench;
}

/** How often each moment is in the store. */
function timesStored(bench: Bench): Map<number, number> {
  const times = new Map<number, number>();
  for (const { ts } of bench.disk.byDevice.get('dev_a1') ?? []) times.set(ts, (times.get(ts) ?? 0) + 1);
  return times;
}

test('what came new after a late reading is known when it is sent again', async () => {
  const [first, live] = [seconds(MONDAY, 150), seconds(MONDAY + 150 * SECOND, 300)];
  const late = [{ ts: MONDAY - 5 * SECOND, values: { helium_pressure: 15 } }];
  const bench = await told(first, late, live, live);
  const times = timesStored(bench);
  expect([times.size, Math.max(...times.values())]).toEqual([451, 1]);
});

test('a buffer newest first, sent twice, is stored once, the beginning of each message too', async () => {
  const buffer = seconds(MONDAY, 1000).reverse();
  const halves = [buffer.slice(0, 500), buffer.slice(500)];
  const bench = await told(...halves, ...halves);
  const times = timesStored(bench);
  expect([times.size, Math.max(...times.values())]).toEqual([1000, 1]);
});

/** What a program with a counter of its own sends: one metric, `count` readings from `from` on. */
const program = (metric: string, from: number, everyMs: number, count: number) =>
  Array.from({ length: count }, (_, seq) => ({
    ts: from + seq * everyMs,
    seq,
    values: { [metric]: 15 + (seq % 7) / 10 },
  }));

/** How often each reading is in the store. */
function copies(bench: Bench): number[] {
  const found = new Map<string, number>();
  for (const { ts, seq, values } of bench.disk.byDevice.get('dev_a1') ?? []) {
    const key = JSON.stringify([ts, seq, values]);
    found.set(key, (found.get(key) ?? 0) + 1);
  }
  return [found.size, Math.max(...found.values())];
}

test('two programs count for themselves: what one kept for hours is stored beside the other’s, and once', async () => {
  const quick = program('helium_pressure', MONDAY, 10 * SECOND, 2_000);
  const slow = program('room_temperature', MONDAY + 5, MINUTE, 300);
  const halves = [slow.slice(150), slow.slice(0, 150)];
  const bench = await told(quick, ...halves, ...halves, quick.slice(1_000, 1_500));
  expect(copies(bench)).toEqual([2_300, 1]);
  expect(await bench.get('/intake')).toMatchObject({ readings: 2_300, duplicates: 800 });
});

test('two programs that speak in turn, also after a crash, lose nothing and double nothing', async () => {
  const [a, b] = [program('helium_pressure', MONDAY, SECOND, 400), program('room_temperature', MONDAY, SECOND, 400)];
  const bench = await told(a.slice(0, 100), b.slice(0, 90), a.slice(80, 200), b.slice(90, 200));
  await bench.crash();
  for (const part of [a.slice(150, 400), b.slice(150, 400), b.slice(10, 20), a.slice(390)])
    await bench.say('dev_a1', 'telemetry', part);
  await bench.gateway.settled();
  expect(copies(bench)).toEqual([800, 1]);
});

test('what came again is not judged again: it is no late reading', async () => {
  const readings = program('helium_pressure', MONDAY, SECOND, 40);
  const bench = await told(readings, readings.slice(-20), readings.slice(-5));
  const { duplicates, readings: taken } = await bench.get('/intake');
  expect([duplicates, taken]).toEqual([25, 40]);
});

test('a store that lost everything gets each reading once, also those of two programs and what was sent again', async () => {
  const quick = program('helium_pressure', MONDAY, 10 * SECOND, 1_000);
  const slow = program('room_temperature', MONDAY + HOUR, MINUTE, 60);
  const bench = await told(quick, slow, quick.slice(0, 500), slow);
  await bench.gateway.abandon();
  bench.disk.byDevice.clear();
  bench.disk.position = 0;
  await bench.crash();
  await bench.gateway.settled();
  expect(copies(bench)).toEqual([1_060, 1]);
});
