import { DAY, MINUTE, SECOND } from '@uptower/domain';
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
