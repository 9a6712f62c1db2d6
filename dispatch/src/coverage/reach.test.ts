import fc from 'fast-check';
import { expect, test } from 'vitest';
import { apart, type DemandPoint, FARTHEST_MINUTES, nearest, type Person, rankHomes, reachOf } from './reach.ts';

const SITES = 5;
const SKILLS = ['mr', 'ct', 'it'];
const way = fc.integer({ min: 0, max: 200 });
const ways = fc.array(way, { minLength: SITES, maxLength: SITES });
const point = fc.record({
  site: fc.integer({ min: 0, max: SITES - 1 }),
  skill: fc.constantFrom(...SKILLS),
  level: fc.integer({ min: 1, max: 3 }),
  visits: fc.integer({ min: 1, max: 20 }),
});
const person: fc.Arbitrary<Person> = fc.record({
  skills: fc.dictionary(fc.constantFrom(...SKILLS), fc.integer({ min: 1, max: 3 })),
  minutesTo: ways,
});

test('a point is as far as the nearest who can do it; what nobody can do is out of reach', () => {
  const points: DemandPoint[] = [
    { site: 0, skill: 'mr', level: 2, visits: 3 },
    { site: 0, skill: 'ct', level: 1, visits: 1 },
  ];
  const near = { skills: { mr: 1 }, minutesTo: [5] };
  const able = { skills: { mr: 3 }, minutesTo: [40] };
  const minutes = nearest(points, [near, able]);
  expect(minutes).toEqual([40, FARTHEST_MINUTES]);
  expect(reachOf(points, minutes, 60)).toEqual({ covered: 0.75, meanMinutes: (3 * 40 + 480) / 4 });
  expect(reachOf([], [], 60)).toEqual({ covered: 1, meanMinutes: 0 });
});

test('the ranking is that of trying every home by itself', () =>
  fc.assert(
    fc.property(
      fc.array(point, { minLength: 1, maxLength: 12 }),
      fc.array(person, { maxLength: 4 }),
      fc.uniqueArray(fc.constantFrom(...SKILLS), { minLength: 1 }),
      fc.array(ways, { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 20, max: 150 }),
      (points, people, skills, homes, within) => {
        const candidates = homes.map((minutesTo, home) => ({ home, minutesTo }));
        const ranked = rankHomes(points, people, new Set(skills), within, candidates);
        const before = reachOf(points, nearest(points, people), within);
        const tried = homes.map((minutesTo, home) => {
          const newcomer = { skills: Object.fromEntries(skills.map((skill) => [skill, 3])), minutesTo };
          return { home, ...reachOf(points, nearest(points, [...people, newcomer]), within) };
        });
        const best = Math.max(...tried.map(({ covered }) => covered));
        for (const { home, covered, meanMinutes, gain, minutesSaved } of ranked) {
          expect({ home, covered, meanMinutes }).toEqual(tried[home]);
          expect(gain).toBeCloseTo(covered - before.covered);
          expect(minutesSaved).toBeCloseTo(before.meanMinutes - meanMinutes);
        }
        if (ranked[0]) expect(ranked[0].covered).toBeCloseTo(best);
        else for (const each of tried) expect(each).toMatchObject(before);
      },
    ),
  ));

test('of neighbours only the best is named', () => {
  const ranked = [10, 11, 40, 12, 39, 80].map((home, k) => ({
    home,
    covered: 1,
    meanMinutes: 0,
    gain: 1 / (k + 1),
    minutesSaved: 0,
  }));
  expect(apart(ranked, 3, (a, b) => Math.abs(a - b) < 5).map(({ home }) => home)).toEqual([10, 40, 80]);
  expect(apart(ranked, 2, () => false).map(({ home }) => home)).toEqual([10, 11]);
});
