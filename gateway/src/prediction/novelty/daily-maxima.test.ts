import { expect, test } from 'vitest';
import { addToMaxima, closePart, NOTHING, PARTS_OF_DAY, rarity, reduced, SLOTS, startMaxima } from './daily-maxima.ts';

const settings = { maximaMemory: 100, priorDeviation: 0.35, priorWeight: 3 };

/** Days whose quarters each hold one value; how many maxima were taken. */
function days(maxima: Float32Array, values: readonly number[]): number {
  let closed = 0;
  for (const value of values)
    for (let part = 0; part < PARTS_OF_DAY; part++) {
      addToMaxima(maxima, 0, value);
      if (closePart(maxima, 0, closed, settings)) closed++;
    }
  return closed;
}

function started(): Float32Array {
  const maxima = new Float32Array(SLOTS);
  startMaxima(maxima, 0);
  return maxima;
}

test('knows nothing before the second maximum of 24 hours', () => {
  const maxima = started();
  expect(days(maxima, [1])).toBe(1);
  expect(reduced(maxima, 0, 5)).toBe(NOTHING);
  days(maxima, [1]);
  expect(reduced(maxima, 0, 5)).toBeGreaterThan(0);
});

test('rarity is −log10 of the Gumbel survival', () => {
  expect(10 ** -rarity(0)).toBeCloseTo(1 - Math.exp(-1), 12);
  expect(10 ** -rarity(2)).toBeCloseTo(1 - Math.exp(-Math.exp(-2)), 12);
  expect(rarity(100)).toBeCloseTo(100 / Math.LN10, 9);
  expect(rarity(NOTHING)).toBe(0);
  expect(rarity(20)).toBeCloseTo(rarity(20.000001), 5);
});

test('a maximum from a Gumbel distribution is called as improbable as it is', () => {
  const maxima = started();
  // Quantiles of a Gumbel distribution with location 3 and scale 1, in a fixed shuffled order.
  const gumbel = Array.from({ length: 400 }, (_, i) => 3 - Math.log(-Math.log((((i * 171) % 400) + 0.5) / 400)));
  days(maxima, gumbel);
  const tenth = 3 - Math.log(-Math.log(0.9));
  expect(10 ** -rarity(reduced(maxima, 0, tenth))).toBeGreaterThan(0.07);
  expect(10 ** -rarity(reduced(maxima, 0, tenth))).toBeLessThan(0.25);
});

test('more of the same days make the same excess rarer', () => {
  const few = started();
  const many = started();
  days(few, [1, 1, 1]);
  days(many, new Array(30).fill(1));
  expect(rarity(reduced(many, 0, 2))).toBeGreaterThan(rarity(reduced(few, 0, 2)));
});
