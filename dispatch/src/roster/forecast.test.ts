import { expect, test } from 'vitest';
import { Rng } from '../solver/rng.ts';
import { engineersFor, forecastDemand, type PastVisit, visitsToExpect } from './forecast.ts';
import { weekdayOf } from './problem.ts';

/** Knuth's product of uniforms. */
function poisson(rng: Rng, rate: number): number {
  let n = -1;
  for (let product = 1; product > Math.exp(-rate); n++) product *= rng.unit();
  return n;
}

const SEASON = [1.5, 1.2, 1, 1, 1.3, 0.6, 0.4];
const LEVELS = { north: { mri: 3, ct: 0.4 }, south: { mri: 0.2, ct: 1 } };
/** Groups of one season, but for what `odd` adds on Wednesdays in the north. */
function history(seed: number, weeks: number, odd = 0): PastVisit[] {
  const rng = new Rng(seed);
  return Object.entries(LEVELS).flatMap(([region, skills]) =>
    Object.entries(skills).flatMap(([skill, level]) =>
      Array.from({ length: 7 * weeks }, (_, day) => day).flatMap((day) => {
        const more = region === 'north' && skill === 'mri' && weekdayOf(day) === 3 ? odd : 0;
        const count = poisson(rng, level * SEASON[weekdayOf(day) - 1]! + more);
        return Array.from({ length: count }, () => ({ region, skill, day }));
      }),
    ),
  );
}
const truth = (region: string, skill: string, weekday: number) =>
  (LEVELS as Record<string, Record<string, number>>)[region]![skill]! * SEASON[weekday - 1]!;

test('[RF1] with little history it is nearer to the truth than each weekday’s own mean', () => {
  let own = 0;
  let shrunk = 0;
  for (let seed = 1; seed <= 30; seed++) {
    const visits = history(seed, 8);
    for (const { region, skill, weekday, rate } of forecastDemand(visits, { from: 0, to: 56, weekdayOf })) {
      const seen = visits.filter((v) => v.region === region && v.skill === skill && weekdayOf(v.day) === weekday);
      own += (seen.length / 8 - truth(region, skill, weekday)) ** 2;
      shrunk += (rate - truth(region, skill, weekday)) ** 2;
    }
  }
  expect(shrunk).toBeLessThan(0.75 * own);
});

test('[RF2] with much history it says what is there, also where one group has a day of its own', () => {
  const rates = forecastDemand(history(1, 400, 4), { from: 0, to: 2_800, weekdayOf });
  const wednesday = rates.find((cell) => cell.region === 'north' && cell.skill === 'mri' && cell.weekday === 3)!;
  expect(Math.abs(wednesday.rate - (truth('north', 'mri', 3) + 4))).toBeLessThan(0.5);
  expect(rates).toHaveLength(4 * 7);
});

test('[RF3] days outside the period do not count, and nothing comes of nothing', () => {
  expect(forecastDemand([{ region: 'a', skill: 'b', day: 70 }], { from: 0, to: 70, weekdayOf })).toEqual([]);
});

test('[RF4] visits to expect are the quantile of Poisson; engineers follow', () => {
  // P(N <= 4) = 0.815, P(N <= 5) = 0.916 at rate 3.
  expect([visitsToExpect(3, 0.8), visitsToExpect(3, 0.9), visitsToExpect(0, 0.99)]).toEqual([4, 5, 0]);
  expect(engineersFor(3, 3)).toEqual({ minimum: 1, desired: 2 });
  expect(engineersFor(0, 3)).toEqual({ minimum: 0, desired: 0 });
});
