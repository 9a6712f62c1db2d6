import { expect, test } from 'vitest';
import { countToExpect, groupLevels } from './levels.ts';

const group = (region: string, visits: number, devices = 10, skill = 'mr') => ({ region, skill, devices, visits });
const of = (levels: ReturnType<typeof groupLevels>, region: string) => {
  const found = levels.find((level) => level.region === region);
  if (!found) throw new Error(region);
  return found;
};

test('without history everybody needs what a device needs, in proportion to the devices', () => {
  const levels = groupLevels([group('north', 0, 30), group('south', 0, 10)], 2);
  expect(of(levels, 'north').perWeek / of(levels, 'south').perWeek).toBeCloseTo(3, 1);
  const weekly = levels.reduce((sum, { perWeek }) => sum + perWeek, 0);
  expect(weekly).toBeGreaterThan(0);
  expect(weekly).toBeLessThan(0.5); // half a visit in two weeks
});

test('a group with no visit of its own takes the rate of the others, and says so', () => {
  const busy = ['a', 'b', 'c', 'd'].map((region) => group(region, 40));
  const levels = groupLevels([...busy, group('new', 0, 1)], 10);
  expect(of(levels, 'a').perWeek).toBeCloseTo(4, 0);
  expect(of(levels, 'a').ownShare).toBeGreaterThan(0.2);
  expect(of(levels, 'new').perWeek).toBeGreaterThan(0.2); // a tenth of four a week
  expect(of(levels, 'new').perWeek).toBeLessThan(0.6);
  expect(of(levels, 'new').ownShare).toBeLessThan(of(levels, 'a').ownShare);
});

test('where groups differ by far more than chance, each is believed by its own count', () => {
  const levels = groupLevels([group('a', 200), group('b', 10), group('c', 100), group('d', 1)], 10);
  expect(of(levels, 'a').perWeek).toBeCloseTo(20, -0.5);
  expect(of(levels, 'b').perWeek).toBeLessThan(1.6);
  expect(of(levels, 'a').ownShare).toBeGreaterThan(0.85);
});

test('visits of devices that are gone still count; an empty fleet needs nothing', () => {
  expect(of(groupLevels([group('a', 6, 0), group('b', 5)], 3), 'a')).toMatchObject({ perWeek: 2, ownShare: 1 });
  expect(groupLevels([group('a', 0, 0)], 3)[0]?.perWeek).toBe(0);
});

test('the number to expect is that of a negative binomial', () => {
  // By hand: mean 1, shape 1 is geometric, P(n) = 2^-(n+1): 0.5, 0.75, 0.875.
  expect([0.5, 0.74, 0.8, 0.876].map((share) => countToExpect(1, 1, share))).toEqual([0, 1, 2, 3]);
  // A large shape is Poisson: e^-2 (1 + 2 + 2 + 4/3) = 0.857 for three at a mean of two.
  expect(countToExpect(2, 1e6, 0.85)).toBe(3);
  expect(countToExpect(2, 1e6, 0.86)).toBe(4);
  // Little knowledge widens what is to be expected.
  expect(countToExpect(5, 1, 0.8)).toBeGreaterThan(countToExpect(5, 1e6, 0.8));
  expect(countToExpect(0, 5, 0.99)).toBe(0);
});
