import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkPlan } from './check-plan.ts';
import { complete } from './construct.ts';
import { cost } from './cost.ts';
import { takeOver } from './cross.ts';
import { cyclesOf } from './cycles.ts';
import { buildInstance } from './instance.ts';
import { Island } from './island.ts';
import { neighbours } from './near.ts';
import { defaultParameters } from './parameters.ts';
import { Recreate } from './recreate.ts';
import { Rng } from './rng.ts';
import { Routes } from './routes.ts';
import { solve } from './search.ts';
import { anEngineer, anyInstance, aShift, aVisit, onALine, plainer, withSpeeds } from './test-cases.ts';
import { toPlan } from './to-plan.ts';

test('[X1] whole routes of the other plan, in vehicles of their kind; everybody else keeps what is left', () => {
  // Hospitals on both sides of home; who serves the left side in one plan serves the right side in the other.
  const engineers = [anEngineer(), anEngineer(), anEngineer({ shifts: [aShift({ to: 2_000 })] })];
  const visits = [1, 2, 3, 4, 5].map((location) => aVisit(location));
  const instance = buildInstance(onALine([500, 470, 480, 520, 530, 540], { engineers, visits }));
  const near = neighbours(instance);
  const routes = new Routes(instance);
  const recreate = new Recreate(routes, near);
  const one = [[0, [0]] as const, [1, [2, 1]] as const, [2, [4, 3]] as const];
  const other = [[0, [3, 4, 2]] as const, [1, [0, 1]] as const, [2, []] as const];
  const seen = new Set<string>();
  for (let seed = 0; seed < 40; seed++) {
    routes.setOrders(one);
    takeOver(routes, other, recreate, near, defaultParameters, new Rng(seed));
    expect(routes.absentCount).toBe(0);
    expect(cost(instance, toPlan(routes)).total).toBe(routes.cost);
    seen.add(routes.copyOrders().map(([, order]) => order.join()).join(' | ')); // biome-ignore format: one idea
  }
  // The left route goes to the one who had more of it, the right one to whoever is of its kind and not taken.
  for (const plan of seen) expect(plan).toMatch(/0,1|3,4,2/);
  expect([...seen].some((plan) => plan.includes('0,1'))).toBe(true);
  expect([...seen].some((plan) => plan.includes('3,4,2'))).toBe(true);
});

test('[X2] a crossing is a plan that breaks no rule, its cost honest, with frozen visits where they were', () => {
  const any = anyInstance({ visits: 10, engineers: 3, shifts: 2 });
  fc.assert(
    fc.property(fc.oneof(any, any.map(plainer), any.chain(withSpeeds)), fc.nat(1_000), (plain, seed) => {
      const instance = buildInstance(plain);
      const near = neighbours(instance);
      const plans = [seed, seed + 1].map((own) => {
        const found = solve(instance, { seed: own, iterations: 20 }).plan;
        const orders = Array.from({ length: instance.vehicleCount }, () => [] as number[]);
        for (const { vehicle, stops } of found.routes) orders[vehicle] = stops.map(({ visit }) => visit);
        return orders.map((order, vehicle) => [vehicle, order] as const);
      });
      const routes = new Routes(instance);
      const recreate = new Recreate(routes, near);
      routes.setOrders(plans[0] ?? []);
      takeOver(routes, plans[1] ?? [], recreate, near, defaultParameters, new Rng(seed));
      complete(routes, recreate);
      const plan = toPlan(routes);
      expect(checkPlan(instance, plan)).toEqual([]);
      expect(cost(instance, plan).total).toBe(routes.cost);
    }),
    { numRuns: 100 },
  );
});

test('[X3] several searches and crossings only where there are iterations for four; stretches follow each other', () => {
  const { searchIterations, searchShare } = defaultParameters;
  const four = (4 * searchIterations) / searchShare;
  const begins = (iterations: number, mayCross = true) =>
    cyclesOf(iterations, mayCross, defaultParameters).map(({ begin }) => begin);
  expect(begins(four - 1)).toEqual(['on']);
  expect(begins(four).slice(0, 5)).toEqual(['on', 'anew', 'anew', 'anew', 'crossed']);
  expect(begins(four, false)).toEqual(['on']);
  expect(begins(1e6, false)).toEqual(['on', 'on']);
  for (const iterations of [1, four, 5 * four, 1e6]) {
    const cycles = cyclesOf(iterations, true, defaultParameters);
    expect(cycles[0]?.from).toBe(0);
    expect(cycles.at(-1)?.to).toBe(1);
    cycles.slice(1).forEach(({ from }, k) => {
      expect(from).toBeCloseTo(cycles[k]?.to ?? Number.NaN, 12);
    });
  }
});

test('[X4] the best plan of all searches is kept, whatever the one under way has', () => {
  const plain = onALine([0, 40, 50, 60], {
    engineers: [anEngineer(), anEngineer()],
    visits: [aVisit(1), aVisit(2), aVisit(3)],
  });
  const instance = buildInstance(plain);
  const routes = new Routes(instance);
  const near = neighbours(instance);
  const recreate = new Recreate(routes, near);
  complete(routes, recreate);
  const parameters = { ...defaultParameters, searchIterations: 5, crossIterations: 2 };
  const island = new Island(routes, recreate, near, 3, parameters);
  let least = Number.POSITIVE_INFINITY;
  for (let done = 0; done < 1_000; done += 5) {
    island.run(done / 1_000, 5);
    expect(island.bestCost).toBeLessThanOrEqual(least);
    least = island.bestCost;
  }
  island.finish();
  expect(routes.cost).toBe(least);
  expect(cost(instance, toPlan(routes)).total).toBe(least);
  expect(least).toBe(120); // one vehicle to the farthest and back
});
