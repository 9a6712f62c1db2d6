import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { cheapestPlan } from '../solver/brute-force.ts';
import { checkPlan } from '../solver/check-plan.ts';
import { cost } from '../solver/cost.ts';
import { buildInstance, type PlainInstance } from '../solver/instance.ts';
import { Rng } from '../solver/rng.ts';
import { solve } from '../solver/search.ts';
import { anEngineer, anyInstance, aShift, aVisit, onALine } from '../solver/test-cases.ts';
import { proveDay, unprovable } from './prove-day.ts';
import { smallDay } from './small-days.ts';
import { CpSat } from './solve-model.ts';

const cpSat = new CpSat();
afterAll(() => cpSat.close(), 120_000);
const limits = { seed: 1, work: 20 };
const patient = 400_000; // CP-SAT is loaded once, which takes a busy machine a while

const loose = (plain: PlainInstance) => ({ ...plain, visits: plain.visits.map(({ frozen: _, ...visit }) => visit) });
/** Waiting never pays where promises cost nothing and days are not limited by how long they are. */
const prompt = (plain: PlainInstance): PlainInstance => ({
  ...plain,
  weights: { ...plain.weights, churnPerMovedVisit: 0, workSecond: 0, unevenHours: 0 },
  engineers: plain.engineers.map((engineer) => ({
    ...engineer,
    shifts: engineer.shifts.map(({ longestSeconds: _, ...shift }) => shift),
  })),
});

test('[PD1] the optimum is that of trying everything; no rule and no cost is forgotten', {
  timeout: patient,
}, async () => {
  const tiny = anyInstance({ visits: 4, engineers: 2, shifts: 2 }).map(loose).map(prompt);
  const property = fc.asyncProperty(tiny, async (plain) => {
    const instance = buildInstance(plain);
    const nothing = solve(instance, { seed: 1, iterations: 0 }).plan;
    const proof = await proveDay(cpSat, instance, nothing, limits);
    expect(proof).toMatchObject({ status: 'optimal', gap: 0, cost: cheapestPlan(instance).cost.total });
    expect(checkPlan(instance, proof.plan)).toEqual([]);
    expect(cost(instance, proof.plan).total).toBe(proof.cost);
  });
  await fc.assert(property, { numRuns: 25, seed: 20260401 });
});

test('[PD2] with promises and limited hours its times may be better than the earliest, never worse', {
  timeout: patient,
}, async () => {
  const property = fc.asyncProperty(anyInstance({ visits: 4, engineers: 2, shifts: 2 }).map(loose), async (plain) => {
    const instance = buildInstance(plain);
    const proof = await proveDay(cpSat, instance, solve(instance, { seed: 1, iterations: 20 }).plan, limits);
    expect(proof.status).toBe('optimal');
    expect(proof.bound).toBeLessThanOrEqual(cheapestPlan(instance).cost.total);
    expect(checkPlan(instance, proof.plan)).toEqual([]);
    expect(cost(instance, proof.plan).total).toBe(proof.cost);
  });
  await fc.assert(property, { numRuns: 15, seed: 20260402 });
});

test('[PD3] the search finds the proven optimum of small days', { timeout: patient }, async () => {
  const rng = new Rng(7);
  for (let day = 0; day < 8; day++) {
    const instance = buildInstance(smallDay(() => rng.unit(), { visits: 6, shifts: 2 }));
    const found = solve(instance, { seed: 1, iterations: 2_000 });
    const proof = await proveDay(cpSat, instance, found.plan, limits);
    expect(proof).toMatchObject({ status: 'optimal', cost: found.cost.total, bound: found.cost.total });
    expect(proof.plan).toEqual(found.plan);
  }
});

test('[PD4] a bad plan gets a better one; a limit that is too short leaves a bound, not a lie', {
  timeout: patient,
}, async () => {
  const homes = [0, 5].map((home) => anEngineer({ shifts: [aShift({ startLocation: home, endLocation: home })] }));
  const visits = [3, 1, 4, 2].map((location) => aVisit(location));
  const instance = buildInstance(onALine([0, 10, 20, 80, 90, 100], { engineers: homes, visits }));
  const nothing = { routes: [], unassigned: visits.map((_, visit) => ({ visit, reason: 'cost' as const })) };
  expect(await proveDay(cpSat, instance, nothing, limits)).toMatchObject({ status: 'optimal', cost: 80, bound: 80 });

  const rng = new Rng(3);
  const large = buildInstance(smallDay(() => rng.unit(), { visits: 18, shifts: 4 }));
  const { plan, cost: found } = solve(large, { seed: 1, iterations: 300 });
  const proof = await proveDay(cpSat, large, plan, { seed: 1, work: 0.05 });
  expect(proof.status).toBe('open');
  expect(proof.bound).toBeLessThan(proof.cost);
  expect(proof.cost).toBeLessThanOrEqual(found.total);
  expect(proof.gap).toBeCloseTo(1 - proof.bound / proof.cost, 12);
});

test('[PD5] what cannot be proven is refused by name', () => {
  const frozen = { engineer: 0, shift: 0, startAt: 20 };
  const visits = [...Array.from({ length: 25 }, () => aVisit(0)), aVisit(0, { frozen })];
  expect(unprovable(buildInstance(onALine([0], { visits })))).toEqual([
    { path: 'visits[25].frozen', message: 'a proof knows no fixed visits' },
    { path: 'visits', message: '26 in all, a proof takes 25 at most' },
  ]);
});
