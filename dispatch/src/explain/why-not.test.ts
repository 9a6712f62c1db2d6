import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildInstance } from '../solver/instance.ts';
import { solve } from '../solver/search.ts';
import { anEngineer, anyInstance, aShift, aVisit, onALine } from '../solver/test-cases.ts';
import { whyNot } from './why-not.ts';

const ask = { seed: 1, iterations: 80 };

test('[W1] what it costs is told by terms that add up, and is never less than nothing', () => {
  const verdicts = { impossible: 0, already: 0, possible: 0 };
  fc.assert(
    fc.property(anyInstance({ visits: 5, engineers: 3, shifts: 2 }), fc.nat(4), fc.nat(2), (plain, v, e) => {
      const [visit, engineer] = [v % Math.max(1, plain.visits.length), e % Math.max(1, plain.engineers.length)];
      if (plain.visits.length === 0 || plain.engineers.length === 0 || plain.visits[visit]?.frozen) return;
      const { plan } = solve(buildInstance(plain), ask);
      const answer = whyNot({ plain, plan, visit, engineer, ...ask });
      verdicts[answer.verdict] += 1;
      if (answer.verdict === 'impossible') return;
      expect(Object.values(answer.difference).reduce((a, b) => a + b, 0)).toBe(answer.total);
      expect(answer.total).toBeGreaterThanOrEqual(0);
      expect(answer.stop.visit).toBe(visit);
    }),
    { numRuns: 250 },
  );
  for (const count of Object.values(verdicts)) expect(count).toBeGreaterThan(0);
});

const near = anEngineer({ skills: [{ skill: 0, level: 1 }] });
const far = anEngineer({ skills: [{ skill: 0, level: 3 }], shifts: [aShift({ startLocation: 2, endLocation: 2 })] });
const plain = onALine([0, 100, 400], {
  engineers: [near, far, anEngineer()],
  visits: [aVisit(1, { skills: [{ skill: 0, level: 1 }] })],
});

test('farther away and over-qualified: both terms, in the numbers of the weights', () => {
  const weighted = { ...plain, weights: { ...plain.weights, overQualifiedLevel: 7 } };
  const { plan } = solve(buildInstance(weighted), ask);
  expect(whyNot({ plain: weighted, plan, visit: 0, engineer: 1, ...ask })).toMatchObject({
    verdict: 'possible',
    difference: { travel: 2 * 300 - 2 * 100, overQualification: 2 * 7 },
    total: 414,
    moved: [],
  });
  expect(whyNot({ plain: weighted, plan, visit: 0, engineer: 0, ...ask })).toMatchObject({
    verdict: 'already',
    total: 0,
  });
});

test('who cannot: the reason', () => {
  const { plan } = solve(buildInstance(plain), ask);
  expect(whyNot({ plain, plan, visit: 0, engineer: 2, ...ask })).toEqual({ verdict: 'impossible', reason: 'skill' });
  const visits = plain.visits.map((visit) => ({ ...visit, excludedEngineers: [1] }));
  expect(whyNot({ plain: { ...plain, visits }, plan, visit: 0, engineer: 1, ...ask })).toEqual({
    verdict: 'impossible',
    reason: 'excluded',
  });
});

test('the other visits that would be planned otherwise are named', () => {
  // Each has time for one of two visits at the same place.
  const two = onALine([0, 100, 130], {
    engineers: [
      anEngineer({ shifts: [aShift({ to: 215 })] }),
      anEngineer({ shifts: [aShift({ startLocation: 2, endLocation: 2, to: 75 })] }),
    ],
    visits: [aVisit(1), aVisit(1)],
  });
  const { plan } = solve(buildInstance(two), ask);
  expect(plan.unassigned).toEqual([]);
  const holder = plan.routes.find(({ stops }) => stops.some(({ visit }) => visit === 0))?.engineer;
  const engineer = holder === 0 ? 1 : 0;
  expect(whyNot({ plain: two, plan, visit: 0, engineer, ...ask })).toMatchObject({
    verdict: 'possible',
    total: 0,
    moved: [{ visit: 1, before: { engineer }, after: { engineer: holder } }],
  });
});
