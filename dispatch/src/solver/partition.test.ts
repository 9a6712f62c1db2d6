import fc from 'fast-check';
import { expect, test } from 'vitest';
import { complete } from './construct.ts';
import { cost } from './cost.ts';
import { fewFirst } from './fewer.ts';
import { loadHighs } from './highs.ts';
import { buildInstance } from './instance.ts';
import { Island } from './island.ts';
import { neighbours } from './near.ts';
import { defaultParameters } from './parameters.ts';
import { bestOfPool, type SolveProgram } from './partition.ts';
import { RoutePool } from './pool.ts';
import { Recreate } from './recreate.ts';
import { Routes } from './routes.ts';
import { anEngineer, anyInstance, aShift, aVisit, onALine, plainer } from './test-cases.ts';
import { toPlan } from './to-plan.ts';

const solveProgram: SolveProgram = await loadHighs();

test('[G1] two halves of two plans make the better whole', () => {
  // Two pairs of hospitals on opposite sides of home; each plan has one pair in one route and the other in two.
  const engineers = [anEngineer(), anEngineer(), anEngineer()];
  const visits = [1, 2, 3, 4].map((location) => aVisit(location));
  const instance = buildInstance(onALine([100, 50, 40, 160, 170], { engineers, visits }));
  const routes = new Routes(instance);
  const recreate = new Recreate(routes, neighbours(instance));
  const pool = new RoutePool(routes, recreate.fleet, 100);
  const plans = [
    [[0, 1], [2], [3]],
    [[0], [1], [2, 3]],
  ];
  for (const plan of plans) {
    routes.setOrders(plan.map((order, vehicle) => [vehicle, order] as const));
    pool.add();
  }
  const best = bestOfPool(routes, recreate.fleet, pool.all(), solveProgram, { nodes: 10 });
  routes.setOrders(best ?? []);
  expect(routes.cost).toBe(120 + 140);
  expect(cost(instance, toPlan(routes)).total).toBe(260);
  expect(routes.usedCount).toBe(2);
});

test('[G2] a recombined plan can be driven and costs no more than the best that went in', () => {
  const any = anyInstance({ visits: 8, engineers: 3, shifts: 2 });
  fc.assert(
    fc.property(fc.oneof(any, any.map(plainer)), fc.nat(100), (plain, seed) => {
      const instance = buildInstance(plain);
      const routes = new Routes(instance);
      const recreate = new Recreate(routes, neighbours(instance));
      const pool = new RoutePool(routes, recreate.fleet, 100);
      let least = Number.POSITIVE_INFINITY;
      for (let round = 0; round < 4; round++) {
        for (let vehicle = 0; vehicle < instance.vehicleCount; vehicle++) {
          const frozen = routes.order(vehicle).filter((visit) => instance.frozenVehicle(visit) >= 0);
          if ((seed + vehicle + round) % 2 === 0) routes.replace(vehicle, frozen);
        }
        complete(routes, recreate);
        pool.add();
        least = Math.min(least, routes.cost);
      }
      const best = bestOfPool(routes, recreate.fleet, pool.all(), solveProgram, { nodes: 100 });
      if (best === null) return;
      routes.setOrders(best);
      expect(routes.cost).toBeLessThanOrEqual(least);
      expect(cost(instance, toPlan(routes)).total).toBe(routes.cost);
    }),
    { numRuns: 100 },
  );
}, 30_000);

test('[G3] a recombined plan is gone on from only where it costs less than the best so far', () => {
  // One vehicle for both hospitals costs 100 there and back, two vehicles 100 + 80; left out they cost far more.
  const engineers = [anEngineer(), anEngineer()];
  const instance = buildInstance(onALine([0, 40, 50], { engineers, visits: [aVisit(1), aVisit(2)] }));
  const routes = new Routes(instance);
  const near = neighbours(instance);
  const recreate = new Recreate(routes, near);
  routes.setOrders([[0, [0]] as const, [1, [1]] as const]);
  const island = new Island(routes, recreate, near, 1, defaultParameters);
  const before = routes.copyOrders();
  for (const worse of [
    [[], []],
    [[0], []],
    [[1], [0]],
  ]) {
    expect(island.adoptIfBetter(worse.map((order, vehicle) => [vehicle, order] as const))).toBe(false);
    expect(routes.copyOrders()).toEqual(before);
    expect(routes.cost).toBe(180);
  }
  expect(island.adoptIfBetter([[0, [0, 1]] as const, [1, []] as const])).toBe(true);
  expect([routes.cost, island.bestCost]).toEqual([100, 100]);
});

test('[G4] from few vehicles where only the way costs, days are limited and everybody must be visited, not elsewhere', () => {
  const startsWithFew = (visit: object, longestSeconds = 500) => {
    const engineer = anEngineer({ shifts: [aShift(longestSeconds > 0 ? { longestSeconds } : {})] });
    const engineers = [engineer, engineer];
    const visits = [aVisit(1, { mandatory: true }), aVisit(2, { mandatory: true, ...visit })];
    const routes = new Routes(buildInstance(onALine([0, 40, 50], { engineers, visits })));
    complete(routes, new Recreate(routes, neighbours(routes.instance)));
    return fewFirst(routes);
  };
  expect(startsWithFew({})).toBe(true);
  expect(startsWithFew({}, 0)).toBe(false);
  expect(startsWithFew({ mandatory: false })).toBe(false);
  expect(startsWithFew({ windows: [{ from: 0, to: 100 }, { from: 200, to: 300 }] })).toBe(false); // biome-ignore format: one idea
});
