import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isRepeated, nothingSeen, type Sighting, sighted } from './dedupe.ts';

const at = (seq: number | null, ts: number, value = 1): Sighting => ({ seq, ts, timed: true, values: { a: value } });
const passed = (items: readonly Sighting[], seen = nothingSeen()) =>
  items.filter((item) => sighted(seen, item) !== 'seen');

test('redelivery changes nothing: each reading of a shuffled, repeated stream passes once', () =>
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.array(fc.nat(), { maxLength: 200 }), (length, picks) => {
      const stream = Array.from({ length }, (_, i) => at(i + 5, 1000 + i * 10));
      const delivered = [...picks.map((pick) => stream[pick % length] as Sighting), ...stream];
      const kept = passed(delivered);
      expect(new Set(kept).size).toBe(kept.length);
      expect(kept.length).toBe(length);
    }),
  ));

test('an uninterrupted stream takes the space of one run, and a resent batch of any age is known', () => {
  const seen = nothingSeen();
  const stream = Array.from({ length: 10_000 }, (_, i) => at(i, i * 1000));
  expect(passed(stream, seen)).toHaveLength(10_000);
  expect(seen.runs).toHaveLength(1);
  expect(passed(stream.slice(100, 2100), seen)).toHaveLength(0);
});

test('numbers that begin again after a restart are new readings', () => {
  const seen = nothingSeen();
  passed([at(0, 1000), at(1, 2000), at(2, 3000)], seen);
  expect(passed([at(0, 4000), at(1, 5000), at(0, 1000)], seen)).toEqual([at(0, 4000), at(1, 5000)]);
});

test('the memory of gaps is bounded', () => {
  const seen = nothingSeen();
  passed(
    Array.from({ length: 1000 }, (_, i) => at(i * 2, i * 1000)),
    seen,
  );
  expect(seen.runs.length).toBeLessThanOrEqual(64);
});

test('what a forgotten run may have held is left to the store; what is newer never is', () => {
  const seen = nothingSeen();
  const holed = Array.from({ length: 200 }, (_, i) => at(i * 2, i * 1000));
  expect(new Set(holed.map((item) => sighted(seen, item)))).toEqual(new Set(['new']));
  expect(new Set(holed.slice(0, -64).map((item) => sighted(seen, item)))).toEqual(new Set(['unsure']));
  expect(new Set(holed.slice(-64).map((item) => sighted(seen, item)))).toEqual(new Set(['seen']));
  expect(sighted(seen, at(400, 200_000))).toBe('new');
});

test('unnumbered readings are known by time and values', () => {
  expect(passed([at(null, 1000), at(null, 1000), at(null, 1000, 2), at(null, 2000)])).toHaveLength(3);
});

test('an unnumbered reading older than what is remembered is left to the store; a newer one never is', () => {
  const seen = nothingSeen();
  const buffer = Array.from({ length: 10_080 }, (_, i) => at(null, i * 60_000));
  expect(new Set(buffer.map((item) => sighted(seen, item)))).toEqual(new Set(['new']));
  expect(new Set(buffer.slice(0, -128).map((item) => sighted(seen, item)))).toEqual(new Set(['unsure']));
  expect(JSON.stringify(seen).length).toBeLessThan(4_000);
});

test('without number and time nothing is called a duplicate', () => {
  const bare: Sighting = { seq: null, ts: 1000, timed: false, values: { a: 1 } };
  expect(passed([bare, bare])).toHaveLength(2);
});

test('a number without a time is known with its values, so that a reboot is not mistaken', () => {
  const numbered = (seq: number, ts: number, value: number): Sighting => ({
    seq,
    ts,
    timed: false,
    values: { a: value },
  });
  expect(passed([numbered(1, 1000, 5), numbered(1, 1300, 5), numbered(1, 9000, 6)])).toHaveLength(2);
  // Half an hour later nothing is delivered again: the device was switched off and on.
  const halfHour = 30 * 60_000;
  expect(passed([numbered(1, 1000, 5), numbered(1, halfHour, 5), numbered(1, halfHour + 1, 5)])).toHaveLength(2);
});

test('other messages are known by their text', () => {
  const seen = nothingSeen();
  expect([isRepeated(seen, 'x'), isRepeated(seen, 'y'), isRepeated(seen, 'x')]).toEqual([false, false, true]);
});
