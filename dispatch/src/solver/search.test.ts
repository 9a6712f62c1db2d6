import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cheapestPlan } from './brute-force.ts';
import { checkPlan } from './check-plan.ts';
import { cost } from './cost.ts';
import { findPlaces } from './insertion.ts';
import { buildInstance, type Instance } from './instance.ts';
import type { Plan } from './plan.ts';
import { solve } from './search.ts';
import { anEngineer, anyInstance, aShift, aVisit, onALine, plainer, withLinks, withSpeeds } from './test-cases.ts';

const anyMedium = anyInstance({ visits: 10, engineers: 3, shifts: 2 });
const linked = fc.oneof(anyMedium, anyMedium.map(plainer), anyMedium.chain(withSpeeds)).chain(withLinks);
const untied = fc.oneof(anyMedium, anyMedium.map(plainer), anyMedium.chain(withSpeeds));
const medium = fc.oneof(anyMedium, anyMedium.map(plainer), anyMedium.chain(withSpeeds), linked);

test('[S1] every plan passes the independent check, with frozen visits unmoved and its cost honest', () => {
  fc.assert(
    fc.property(medium, fc.integer(), (plain, seed) => {
      const instance = buildInstance(plain);
      const result = solve(instance, { seed, iterations: 40 });
      expect(checkPlan(instance, result.plan)).toEqual([]);
      expect(result.cost).toEqual(cost(instance, result.plan));
      expect(result.cost.total).toBeLessThanOrEqual(result.startCost.total);
      expect(result.iterations).toBe(result.stoppedBy === 'optimum' ? 0 : 40);
      expect(Object.values(result.cost).every(Number.isSafeInteger)).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test('[S2] same seed and iterations, same plan', () => {
  fc.assert(
    fc.property(medium, fc.integer(), (plain, seed) => {
      const once = solve(buildInstance(plain), { seed, iterations: 30 });
      expect(solve(buildInstance(plain), { seed, iterations: 30 })).toEqual(once);
    }),
    { numRuns: 50 },
  );
});

test('[S3] never worse than the start; the very same plan unless strictly better', () => {
  fc.assert(
    fc.property(medium, fc.integer(), (plain, seed) => {
      const instance = buildInstance(plain);
      const start = solve(instance, { seed, iterations: 15 });
      const again = solve(instance, { seed: seed + 1, iterations: 30, start: start.plan });
      expect(again.startCost).toEqual(start.cost);
      if (again.cost.total < start.cost.total) return;
      expect(again.plan).toEqual(start.plan);
    }),
    { numRuns: 100 },
  );
});

test('[S4] a start made for a somewhat different day is used as far as it goes', () => {
  fc.assert(
    fc.property(medium, medium, fc.integer(), (yesterday, plain, seed) => {
      const { plan } = solve(buildInstance(yesterday), { seed, iterations: 5 });
      const instance = buildInstance(plain);
      const result = solve(instance, { seed, iterations: 5, start: plan });
      expect(checkPlan(instance, result.plan)).toEqual([]);
      expect(result.cost.total).toBeLessThanOrEqual(result.startCost.total);
    }),
    { numRuns: 100 },
  );
});

test('[S5] a start with later times than need be keeps them when nothing is gained', () => {
  // The visit was promised for 200, and promises count: the earliest start, 30, would break it.
  const visits = [aVisit(1, { previous: { engineer: 0, startAt: 200 } })];
  const plain = onALine([0, 30], { visits });
  const instance = buildInstance({ ...plain, weights: { ...plain.weights, churnPerMovedVisit: 5 } });
  const stop = { visit: 0, departAt: 170, arriveAt: 200, startAt: 200, endAt: 210 };
  const start: Plan = {
    routes: [{ vehicle: 0, engineer: 0, stops: [stop], homeDepartAt: 210, homeAt: 240 }],
    unassigned: [],
  };
  expect(solve(instance, { seed: 1, iterations: 50, start }).plan).toEqual(start);
});

/** A shift that could serve the visit if its optional visits were not there. */
function roomWithoutOptional(instance: Instance, plan: Plan, visit: number): boolean {
  const must = (other: number) => instance.isMandatory(other) || instance.frozenVehicle(other) >= 0;
  const routes = plan.routes.map((route) => ({ ...route, stops: route.stops.filter((stop) => must(stop.visit)) }));
  return findPlaces(instance, { routes, unassigned: [] }, visit).best !== null;
}

test('[S6] a mandatory visit is not left out while optional ones hold its place', () => {
  fc.assert(
    fc.property(untied, fc.integer(), fc.nat(20), (plain, seed, iterations) => {
      const instance = buildInstance(plain);
      const { plan } = solve(instance, { seed, iterations });
      for (const { visit } of plan.unassigned) {
        if (instance.isMandatory(visit)) expect(roomWithoutOptional(instance, plan, visit)).toBe(false);
      }
    }),
    { numRuns: 200 },
  );
});

test('[S7] one mandatory visit beats any number of optional ones with large weights', () => {
  // A shift of 100 s, full with nine optional visits of 10 s, each worth a million. The mandatory one lasts 90 s: it gets in,
  // and one optional visit finds room beside it.
  const optional = Array.from({ length: 9 }, () => aVisit(0));
  const visits = [aVisit(0, { serviceSeconds: 90, mandatory: true }), ...optional];
  const plain = onALine([0], { engineers: [anEngineer({ shifts: [aShift({ to: 100 })] })], visits });
  const instance = buildInstance({ ...plain, weights: { ...plain.weights, unassignedByPriority: [1_000_000] } });
  const full = solve(buildInstance({ ...instance.plain, visits: [aVisit(0, { serviceSeconds: 500 }), ...optional] }), {
    seed: 1,
    iterations: 0,
  }).plan;
  expect(full.unassigned).toEqual([{ visit: 0, reason: 'shift' }]);
  const { plan } = solve(instance, { seed: 1, iterations: 0, start: full });
  const served = plan.routes.flatMap((route) => route.stops.map((stop) => stop.visit));
  expect(served).toHaveLength(2);
  expect(served).toContain(0);
  expect(plan.unassigned.map(({ reason }) => reason)).toEqual(Array(8).fill('travel'));
});

test('[S8] no optional visit is left out that could be had for less', () => {
  fc.assert(
    fc.property(untied, fc.integer(), (plain, seed) => {
      const instance = buildInstance(plain);
      const { plan } = solve(instance, { seed, iterations: 10 });
      for (const { visit } of plan.unassigned) {
        expect(findPlaces(instance, plan, visit).best?.delta ?? 0).toBeGreaterThanOrEqual(0);
      }
    }),
    { numRuns: 100 },
  );
});

test('[S9] tiny instances are solved to the optimum found by trying everything', () => {
  const tiny = anyInstance({ visits: 4, engineers: 2, shifts: 2 });
  fc.assert(
    fc.property(tiny, (plain) => {
      const instance = buildInstance(plain);
      expect(solve(instance, { seed: 1, iterations: 3000 }).cost.total).toBe(cheapestPlan(instance).cost.total);
    }),
    { numRuns: 60, seed: 20260105 },
  );
});

test('[S10] two engineers share a line of hospitals', () => {
  // Homes at 0 and 100, hospitals at 10, 20, 80, 90: out to 20 and back is 40 s, out to 80 and back the same.
  const homes = [0, 5].map((home) => anEngineer({ shifts: [aShift({ startLocation: home, endLocation: home })] }));
  const visits = [3, 1, 4, 2].map((location) => aVisit(location));
  const instance = buildInstance(onALine([0, 10, 20, 80, 90, 100], { engineers: homes, visits }));
  const { plan, cost: price } = solve(instance, { seed: 1, iterations: 100 });
  expect(price.total).toBe(80);
  expect(plan.routes.map((route) => route.stops.map((stop) => stop.visit).sort())).toEqual([
    [1, 3],
    [0, 2],
  ]);
});

test('[S11] stops by the clock it is handed, and when told to', () => {
  const instance = buildInstance(onALine([0, 30, 50], { visits: [aVisit(1), aVisit(2)] }));
  let ticks = 0;
  const now = () => ticks++;
  const byClock = solve(instance, { seed: 1, milliseconds: 25, now });
  expect(byClock.stoppedBy).toBe('time');
  expect(byClock.iterations).toBeGreaterThan(0);
  expect(solve(instance, { seed: 1, iterations: 9, signal: { aborted: true } })).toMatchObject({
    stoppedBy: 'signal',
    iterations: 0,
  });
  expect(solve(instance, { seed: 1, iterations: 9 }).stoppedBy).toBe('iterations');
  expect(() => solve(instance, { seed: 1 })).toThrow(/limit/);
  expect(() => solve(instance, { seed: 1, milliseconds: 5 })).toThrow(/now/);
});

test('[S12] progress never gets worse', () => {
  fc.assert(
    fc.property(medium, (plain) => {
      const told: number[] = [];
      const instance = buildInstance(plain);
      const result = solve(instance, { seed: 1, iterations: 30, onProgress: (progress) => told.push(progress.cost) });
      expect(told).toEqual([...told].sort((a, b) => b - a));
      expect(result.cost.total).toBeLessThanOrEqual(told.at(-1) as number);
    }),
    { numRuns: 30 },
  );
});

test('[S14] one visit alone, and its day is found at once, whatever the limit', () => {
  fc.assert(
    fc.property(anyInstance({ visits: 1, engineers: 3, shifts: 2 }), (plain) => {
      const instance = buildInstance(plain);
      const result = solve(instance, { seed: 1, milliseconds: 1e9, now: () => 0 });
      expect(result.stoppedBy).toBe('optimum');
      expect(result.cost.total).toBe(cheapestPlan(instance).cost.total);
      const again = solve(instance, { seed: 1, milliseconds: 1e9, now: () => 0, start: result.plan });
      expect(again.plan).toEqual(result.plan);
    }),
    { numRuns: 100 },
  );
});

test('[S15] a start with its one visit in a bad place is made better', () => {
  // From home at 0 to the hospital at 10 and back is 20 s; the one who lives at 50 would need 80.
  const homes = [0, 2].map((home) => anEngineer({ shifts: [aShift({ startLocation: home, endLocation: home })] }));
  const at = (engineers: typeof homes) => buildInstance(onALine([0, 10, 50], { engineers, visits: [aVisit(1)] }));
  const far = solve(at([anEngineer({ shifts: [] }), homes[1] as (typeof homes)[1]]), { seed: 1, iterations: 1 });
  const start = { ...far.plan, routes: far.plan.routes.map((route) => ({ ...route, vehicle: 1, engineer: 1 })) };
  const better = solve(at(homes), { seed: 1, iterations: 1, start });
  expect(better).toMatchObject({ startCost: { total: 80 }, cost: { total: 20 }, stoppedBy: 'optimum' });
});

test('[S16] the cheapest place is overlooked now and then, or two visits that want the same hour stay the wrong way round', () => {
  // One shift has room for one of them. The mandatory visit is always put back first, and would always take the cheaper one;
  // but the other costs twice as much for each second later: 0 + 2 x 100 is dearer than 100 + 0.
  const shift = (from: number) => aShift({ from, to: from + 10 });
  const engineers = [anEngineer({ shifts: [shift(0), shift(100)] })];
  const visit = (rest: object) => aVisit(0, { serviceSeconds: 10, due: 0, ...rest });
  const visits = [visit({ latePerSecond: 2 }), visit({ latePerSecond: 1, mandatory: true })];
  const weights = { ...onALine([0], {}).weights, lateSecond: 1 };
  const instance = buildInstance({ ...onALine([0], { engineers, visits }), weights });
  expect(solve(instance, { seed: 1, iterations: 3000 }).cost.lateness).toBe(100);
});

test('[S13] nothing to do, and nobody to do it', () => {
  expect(solve(buildInstance(onALine([0], {})), { seed: 1, iterations: 5 }).plan).toEqual({
    routes: [],
    unassigned: [],
  });
  const nobody = solve(buildInstance(onALine([0], { engineers: [], visits: [aVisit(0)] })), { seed: 1, iterations: 5 });
  expect(nobody.plan).toEqual({ routes: [], unassigned: [{ visit: 0, reason: 'nobody' }] });
});
