import { DeviceId, HOUR, MINUTE, type Reading, type ReadingPoint, SECOND } from '@uptower/domain';
import { expect, test } from 'vitest';
import { MONDAY } from '../testing/fixtures.ts';
import { type Doubtful, StoredReadings } from './stored-readings.ts';

/** Readings of a device, as a store answers for them; what was asked is counted. */
function storeOf(points: readonly ReadingPoint[]) {
  const asked: number[] = [];
  const range = async (_: string, from: number, to: number, limit: number) => {
    asked.push(to - from);
    return points.filter(({ ts }) => ts >= from && ts < to).slice(-limit);
  };
  return { stored: new StoredReadings(range), asked };
}
const every = (ms: number, count: number): ReadingPoint[] =>
  Array.from({ length: count }, (_, i) => ({ ts: MONDAY + i * ms, values: { a: i } }));
const doubtful = ({ ts, values }: ReadingPoint, unsure: 'values' | 'moment' = 'values'): Doubtful => ({
  ...{ deviceId: DeviceId.parse('dev_a1'), ts, seq: null, values, unsure },
});
const missing = async (stored: StoredReadings, ...readings: Doubtful[]) => (await stored.missing(readings)).length;

test('a day is read once; what is stored meanwhile is known, what is not there is missing', async () => {
  const points = every(MINUTE, 1_000);
  const { stored, asked } = storeOf(points);
  expect(await missing(stored, ...points.map((point) => doubtful(point)))).toBe(0);
  const later = { ts: MONDAY + 17 * HOUR, values: { a: 1 } };
  expect(await missing(stored, doubtful(later), doubtful(later))).toBe(1);
  expect(await missing(stored, doubtful(later))).toBe(0);
  expect(asked).toHaveLength(1);
});

test('ten readings a second for hours: the newest come with the first answer, the others by the hour or the minute', async () => {
  const points = every(100, 200_000);
  const { stored, asked } = storeOf(points);
  for (const i of [199_000, 198_000, 40_000, 40_100])
    expect(await missing(stored, doubtful(points[i] as ReadingPoint))).toBe(0);
  expect(await missing(stored, doubtful({ ts: MONDAY + 40_000 * 100 + 1, values: { a: 1 } }))).toBe(1);
  expect(asked).toEqual([24 * HOUR, 24 * HOUR, HOUR, MINUTE]);
});

test('a number speaks for itself where its metrics have values; other metrics are another’s', async () => {
  const [stored] = [storeOf(every(SECOND, 10)).stored];
  const ts = MONDAY + 3 * SECOND;
  const kept = async (values: Reading['values'], unsure: 'values' | 'moment') =>
    (await missing(stored, doubtful({ ts, values }, unsure))) === 1;
  expect(await kept({ a: 3 }, 'values')).toBe(false);
  expect(await kept({ a: 4 }, 'moment')).toBe(false);
  expect(await kept({ b: 3 }, 'moment')).toBe(true);
  expect(await kept({ a: 5 }, 'values')).toBe(true);
});

test('memory is bounded: what was asked long ago is asked again, and a store that does not answer keeps nothing back', async () => {
  const points = every(20 * SECOND, 4_000);
  const { stored, asked } = storeOf(points);
  const last = points.at(-1) as ReadingPoint;
  const of = (device: number): Doubtful => ({ ...doubtful(last), deviceId: DeviceId.parse(`dev_${device}`) });
  for (let device = 0; device < 60; device += 1) expect(await missing(stored, of(device))).toBe(0);
  expect(asked).toHaveLength(60);
  await missing(stored, of(59));
  expect(asked).toHaveLength(60);
  await missing(stored, of(0));
  expect(asked).toHaveLength(61);
  const silent = new StoredReadings(() => Promise.reject(new Error('down')));
  expect(await missing(silent, doubtful(last))).toBe(1);
});

test('a device that goes on in order is not followed for ever', async () => {
  const { stored, asked } = storeOf(every(MINUTE, 10));
  const first = doubtful(every(MINUTE, 1)[0] as ReadingPoint);
  await missing(stored, first);
  for (let i = 0; i < 1_001; i += 1) stored.note({ ...first, ts: MONDAY + HOUR + i });
  await missing(stored, first);
  expect(asked).toHaveLength(2);
});
