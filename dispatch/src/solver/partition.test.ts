import fc from 'fast-check';
import { expect, test } from 'vitest';
import { complete } from './construct.ts';
import { cost } from './cost.ts';
import { loadHighs } from './highs.ts';
import { buildInstance } from './instance.ts';
import { neighbours } from './near.ts';
import { bestOfPool, type SolveProgram } from './partition.ts';
import { RoutePool } from './pool.ts';
import { Recreate } from './recreate.ts';
import { Routes } from './routes.ts';
import { anEngineer, anyInstance, aVisit, onALine, plainer } from './test-cases.ts';
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
