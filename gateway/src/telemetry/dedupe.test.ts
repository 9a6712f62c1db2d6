import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isRepeated, nothingSeen, type Seen, type Sighting, sighted, wasTaken } from './dedupe.ts';

const at = (seq: number | null, ts: number, value = 1): Sighting => ({ seq, ts, timed: true, values: { a: value } });

/** Takes items as the pipeline does: what is in doubt is looked up in what was taken before. */
function taker(seen: Seen = nothingSeen()) {
  const stored = new Map<number, Sighting['values']>();
  return (items: readonly Sighting[]) =>
    items.filter((item) => {
      const sighting = sighted(seen, item);
      if (sighting === 'seen') return false;
      if (sighting !== 'new' && wasTaken(item.values, stored.get(item.ts), sighting)) return false;
      stored.set(item.ts, { ...stored.get(item.ts), ...item.values });
      return true;
    });
}
const passed = (items: readonly Sighting[], seen?: Seen) => taker(seen)(items);

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
  const taken = taker(seen);
  expect(taken(stream)).toHaveLength(10_000);
  expect(seen.runs).toHaveLength(1);
  expect(taken(stream.slice(100, 2100))).toHaveLength(0);
});

test('in order, nothing has to be looked up', () => {
  const seen = nothingSeen();
  const stream = Array.from({ length: 1_000 }, (_, i) => at(i, 1_000 + Math.floor(i / 3) * 1000, i));
  expect(new Set(stream.map((item) => sighted(seen, item)))).toEqual(new Set(['new']));
});

/** Two programs count for themselves; each has its own pace, and some of what it sends comes late. */
const programs = fc.tuple(
  ...(['a', 'b'] as const).map((metric) =>
    fc
      .record({ first: fc.nat(3), pace: fc.integer({ min: 1, max: 20 }), length: fc.integer({ min: 1, max: 120 }) })
      .map(({ first, pace, length }) =>
        Array.from(
          { length },
          (_, i): Sighting => ({ seq: first + i, ts: 1_000 + i * pace, timed: true, values: { [metric]: i } }),
        ),
      ),
  ),
);

test('two programs with counters of their own: what either sends is kept, once, in whatever order it comes and comes again', () =>
  fc.assert(
    fc.property(
      programs.chain((streams) => {
        const all = streams.flat();
        return fc.tuple(
          fc.constant(all),
          fc.shuffledSubarray(all, { minLength: all.length }),
          fc.shuffledSubarray(all),
          fc.boolean(),
        );
      }),
      ([all, shuffled, again, inOrder]) => {
        const items = inOrder ? all.toSorted((a, b) => a.ts - b.ts) : shuffled;
        expect(passed([...items, ...again])).toEqual(items);
      },
    ),
  ));

test('two programs that measure the same at the same moment: what comes live is kept of both', () => {
  const fast = Array.from({ length: 200 }, (_, i) => at(i, i * 10, i));
  const slow = Array.from({ length: 20 }, (_, i) => at(i, i * 100, -i - 1));
  const live = [...fast, ...slow].toSorted((a, b) => a.ts - b.ts || Number(a.values.a) - Number(b.values.a));
  expect(passed(live.slice(2))).toEqual(live.slice(2));
});

test('of several values of one moment a number sent again lately does not bring an earlier one back', () => {
  const taken = taker();
  const second = Array.from({ length: 100 }, (_, i) => at(i, 1_000, i));
  expect(taken(second)).toHaveLength(100);
  expect(taken(second.slice(70))).toHaveLength(0);
});

test('a clock is set back and the numbers begin again: what is measured anew at a moment of old is kept', () => {
  const taken = taker();
  taken(Array.from({ length: 600 }, (_, i) => at(i, i * 60_000, 36)));
  const again = Array.from({ length: 120 }, (_, i) => at(i, (480 + i) * 60_000, 39 + i / 100));
  expect(taken(again)).toEqual(again);
});

test('after a restart what looks as if it came again is looked up', () => {
  const seen = nothingSeen();
  for (let i = 0; i < 100; i += 1) sighted(seen, at(i, i * 10));
  const restored: Seen = JSON.parse(JSON.stringify(seen));
  expect(Object.keys(restored)).toEqual(['runs', 'hashes']);
  expect([sighted(restored, at(99, 990)), sighted(restored, at(5, 995)), sighted(restored, at(100, 1000))]).toEqual([
    'values',
    'new',
    'new',
  ]);
  expect(sighted(restored, at(5, 905))).toBe('values');
});

test('numbers that begin again after a restart are new readings', () => {
  const seen = nothingSeen();
  const taken = taker(seen);
  taken([at(0, 1000), at(1, 2000), at(2, 3000)]);
  expect(taken([at(0, 4000), at(1, 5000), at(0, 1000)])).toEqual([at(0, 4000), at(1, 5000)]);
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
  expect(new Set(holed.slice(0, -64).map((item) => sighted(seen, item)))).toEqual(new Set(['values']));
  expect(new Set(holed.slice(-64).map((item) => sighted(seen, item)))).toEqual(new Set(['values']));
  expect(sighted(seen, at(400, 200_000))).toBe('new');
});

test('unnumbered readings are known by time and values', () => {
  expect(passed([at(null, 1000), at(null, 1000), at(null, 1000, 2), at(null, 2000)])).toHaveLength(3);
});

test('an unnumbered reading older than what is remembered is left to the store; a newer one never is', () => {
  const seen = nothingSeen();
  const buffer = Array.from({ length: 10_080 }, (_, i) => at(null, i * 60_000));
  expect(new Set(buffer.map((item) => sighted(seen, item)))).toEqual(new Set(['new']));
  expect(new Set(buffer.slice(0, -128).map((item) => sighted(seen, item)))).toEqual(new Set(['values']));
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
