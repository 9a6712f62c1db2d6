import { afterEach, expect, test } from 'vitest';
import type { PlanVisits } from './port.ts';
import { solverInline } from './solver-inline.ts';
import { solverThread } from './solver-thread.ts';
import { PlanningWeights, solverWeights } from './weights.ts';

const aProblem = {
  locationCount: 2,
  travelSeconds: [0, 600, 600, 0],
  engineers: [{ skills: [], shifts: [{ startLocation: 0, endLocation: 0, from: 0, to: 36_000 }] }],
  visits: [{ location: 1, serviceSeconds: 3_600, priority: 0 }],
  weights: solverWeights(PlanningWeights.parse({})),
};

let solver: PlanVisits;
afterEach(() => solver.stop());

test('the thread answers as the same search does here, again and again', async () => {
  solver = solverThread();
  const limits = { seed: 7, iterations: 50 };
  const here = await solverInline().solve(aProblem, limits);
  for (let i = 0; i < 3; i++) expect((await solver.solve(aProblem, limits)).plan).toEqual(here.plan);
});

test('a refused problem fails its own request only', async () => {
  solver = solverThread();
  const limits = { seed: 7, iterations: 10 };
  await expect(solver.solve({ ...aProblem, locationCount: 3 }, limits)).rejects.toThrow(/instance refused/);
  expect((await solver.solve(aProblem, limits)).plan.routes).toHaveLength(1);
});
