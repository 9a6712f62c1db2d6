import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arriveBy } from './arrive-by.ts';

/** Stops of 600 s with 100 s of driving to each, and `spare` seconds before the departure to it. */
function day(spares: readonly number[]) {
  let now = 0;
  return spares.map((spare, visit) => {
    const departAt = now + spare;
    now = departAt + 700;
    return { visit, departAt, arriveAt: departAt + 100, startAt: departAt + 100, endAt: now };
  });
}
const late = (spares: readonly number[], spreads: readonly number[]) =>
  arriveBy(day(spares), spreads).map((by, i) => by - (day(spares)[i]?.arriveAt ?? 0));

test('the first arrival is as planned; work that varies makes the later ones later, but less than the sum', () => {
  expect(late([0, 0, 0], [300, 400, 999])).toEqual([0, 300, 500]);
});

test('time to spare takes up the delay', () => {
  expect(late([0, 100, 0], [300, 0, 0])).toEqual([0, 200, 200]);
  expect(late([0, 900, 0], [300, 400, 0])).toEqual([0, 0, 400]);
});

test('never before the planned arrival, and no earlier the more work varies', () => {
  const spreads = fc.array(fc.nat(3_000), { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(fc.array(fc.nat(2_000), { minLength: 4, maxLength: 4 }), spreads, fc.nat(3), (spares, own, k) => {
      const before = late(spares, own);
      const after = late(spares, own.toSpliced(k, 1, (own[k] ?? 0) + 500));
      for (const [i, by] of before.entries()) {
        expect(by).toBeGreaterThanOrEqual(0);
        expect(after[i]).toBeGreaterThanOrEqual(by);
      }
    }),
  );
});
