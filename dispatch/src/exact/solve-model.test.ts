import { afterAll, expect, test } from 'vitest';
import { CpModel, domainWithout } from './cp-model.ts';
import { CpSat } from './solve-model.ts';

const cpSat = new CpSat();
afterAll(() => cpSat.close(), 120_000);
const patient = 400_000; // CP-SAT is loaded once, which takes a busy machine a while

test('[CP1] the constraints say what their names say', { timeout: patient }, async () => {
  const model = new CpModel();
  const x = model.int(0, 10);
  const y = model.inDomain(domainWithout(0, 20, [{ from: 3, to: 8 }]));
  const big = model.bool();
  model.between(
    [
      [x, 1],
      [y, 1],
    ],
    12,
    12,
  );
  model.atLeast([[x, 1]], 7, [big]);
  model.exactlyOne([big]);
  const over = model.positivePart([[x, 1]], -8, 10);
  model.cost(y, 3); // x 10 leaves y 2 at 6, and 2 over 8 at 10
  model.cost(over, 5);
  model.fixedCost(100);
  const { status, values, cost, bound } = await cpSat.solve(model.data, { seed: 1, work: 5 });
  expect({ status, x: values?.[x], y: values?.[y], over: values?.[over] }).toEqual({
    status: 'optimal',
    x: 9,
    y: 3,
    over: 1,
  });
  expect(cost).toBe(100 + 9 + 5);
  expect(bound).toBe(cost);
});

/** Not settled in seconds: as many numbers as possible, no three in arithmetic progression. */
function hardModel(): CpModel {
  const model = new CpModel();
  const chosen = Array.from({ length: 60 }, () => model.bool());
  for (let a = 0; a < 60; a++)
    for (let step = 1; a + 2 * step < 60; step++)
      model.atMost(
        [
          [chosen[a]!, 1],
          [chosen[a + step]!, 1],
          [chosen[a + 2 * step]!, 1],
        ],
        2,
      );
  for (const literal of chosen) model.cost(literal, -1);
  return model;
}

test('[CP2] the first good answers are told while it searches, and ending the search keeps the best', {
  timeout: patient,
}, async () => {
  const aborter = new AbortController();
  const costs: number[] = [];
  const result = await cpSat.solve(hardModel().data, {
    seed: 1,
    signal: aborter.signal,
    onProgress({ cost }) {
      if (cost !== null) costs.push(cost);
      if (costs.length === 2) aborter.abort();
    },
  });
  expect(result.status).toBe('feasible');
  expect(costs).toHaveLength(2);
  expect(result.cost).toBe(costs.at(-1));
  expect(costs).toEqual([...costs].sort((a, b) => b - a));
  expect(result.bound).toBeLessThan(result.cost!);
  expect(result.values!.filter((value) => value === 1)).toHaveLength(-result.cost!);
});

test('[CP3] the same work and seed, the same answer; and nothing is said about what cannot be', {
  timeout: patient,
}, async () => {
  const once = await cpSat.solve(hardModel().data, { seed: 3, work: 0.005 });
  expect(await cpSat.solve(hardModel().data, { seed: 3, work: 0.005 })).toEqual(once);
  const impossible = new CpModel();
  impossible.atLeast([[impossible.bool(), 1]], 2);
  expect(await cpSat.solve(impossible.data, { seed: 1, work: 1 })).toMatchObject({
    status: 'infeasible',
    values: null,
  });
  const invalid = new CpModel();
  invalid.atLeast([[7, 1]], 2);
  await expect(cpSat.solve(invalid.data, { seed: 1, work: 1 })).rejects.toThrow(/model/);
});
