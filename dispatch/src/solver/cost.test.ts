import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planFrom } from './brute-force.ts';
import { chargesOf, cost } from './cost.ts';
import { buildInstance } from './instance.ts';
import { Places } from './places.ts';
import { onlyTravel } from './plain.ts';
import { Rng } from './rng.ts';
import { Routes } from './routes.ts';
import { NEVER } from './schedule.ts';
import { anEngineer, anyInstance, aShift, aVisit, onALine, plainer, withSpeeds } from './test-cases.ts';
import { toPlan } from './to-plan.ts';

test('[C1] two visits, every term worked out by hand', () => {
  // Line: home 0, A at 30, B at 50. Shift [0, 100), overtime allowed.
  // Leave 0, A 30-40, B 60-70 (released at 60), home at 120.
  const plain = onALine([0, 30, 50], {
    engineers: [
      anEngineer({ skills: [{ skill: 7, level: 3 }], shifts: [aShift({ to: 100, overtimeSeconds: 50 })] }),
      anEngineer({ shifts: [] }),
    ],
    visits: [
      aVisit(1, { due: 20, skills: [{ skill: 7, level: 1 }], previous: { engineer: 0, startAt: 25 } }),
      aVisit(2, {
        release: 60,
        latePerSecond: 5,
        downtime: [
          { from: 10, perSecond: 1 },
          { from: 40, perSecond: 3 },
        ],
        previous: { engineer: 1, startAt: 60 },
      }),
      aVisit(2, { priority: 1, due: 100, excludedEngineers: [0] }),
    ],
    weights: {
      travelSecond: 2,
      distanceMetre: 1,
      lateSecond: 4,
      downtime: 10,
      overtimeSecond: 7,
      churnPerMovedVisit: 11,
      churnToleranceSeconds: 5,
      overQualifiedLevel: 13,
      unassignedByPriority: [0, 500],
    },
  });
  const instance = buildInstance(plain);
  const plan = planFrom(instance, [[0, 1]]);
  const own = (whose: { visit?: number; vehicle?: number }) =>
    Object.fromEntries(
      (plan ? chargesOf(instance, plan) : [])
        .filter(({ visit, vehicle }) =>
          whose.visit === undefined ? visit === null && vehicle === whose.vehicle : visit === whose.visit,
        )
        .map(({ term, amount }) => [term, amount]),
    );
  expect(own({ visit: 0 })).toEqual({ travel: 60, distance: 300, lateness: 40 * 1, overQualification: 26 });
  expect(own({ visit: 1 })).toEqual({ travel: 40, distance: 200, downtime: 900, churn: 11 });
  expect(own({ visit: 2 })).toEqual({ lateness: 200, unassigned: 500 });
  expect(own({ vehicle: 0 })).toEqual({ travel: 100, distance: 500, overtime: 140 });
  expect(plan && cost(instance, plan)).toEqual({
    travel: 200, // 30 + 20 + 50 s, at 2
    distance: 1000, // ten metres a second
    lateness: 240, // A starts 10 s late, at 4; the visit left out waits to 150, 50 s late, at 4
    downtime: 900, // B from 10 to 40 at 1, from 40 to 60 at 3: 90, at 10
    urgency: 0,
    overtime: 140, // home at 120, 20 s, at 7
    churn: 11, // A moved by 5 s, no more than tolerated; B has another engineer
    overQualification: 26, // A: level 3 where 1 would do
    preference: 0,
    familiarity: 0,
    territory: 0,
    hours: 0,
    work: 0,
    fairness: 0,
    fixed: 0,
    unassigned: 500,
    total: 3017,
  });
});

test('[C2] a weight of zero switches its term off', () => {
  const instance = buildInstance(
    onALine([0, 30], { visits: [aVisit(1, { due: 0, downtime: [{ from: 0, perSecond: 9 }] })] }),
  );
  const plan = planFrom(instance, [[0]]);
  expect(plan && cost(instance, plan)).toMatchObject({ travel: 60, lateness: 0, downtime: 0, total: 60 });
});

/** Every kind of route the search prices in a way of its own. */
const anySmall = anyInstance({ visits: 7, engineers: 3, shifts: 2 });
const anyKind = fc.oneof(
  anySmall,
  anySmall.map(plainer),
  anySmall.chain(withSpeeds),
  anySmall.map(plainer).chain(withSpeeds),
);

/** The cheapest way to have the visit in the vehicle by trying every position: what the plan then costs more, or NEVER. */
function cheapestByTrying(routes: Routes, vehicle: number, visit: number): number {
  const { instance } = routes;
  const costs = Array.from({ length: routes.order(vehicle).length + 1 }, (_, position) => {
    const orders = Array.from({ length: instance.vehicleCount }, (_, v) => routes.order(v));
    orders[vehicle]?.splice(position, 0, visit);
    const plan = planFrom(instance, orders);
    return plan === null ? NEVER : cost(instance, plan).total - routes.cost;
  });
  return Math.min(...costs);
}

test('[C3] the cheapest place is the cheapest, and an insertion changes the honest cost by exactly what it promised', () => {
  fc.assert(
    fc.property(anyKind, fc.integer(), (plain, seed) => {
      const instance = buildInstance(plain);
      const routes = new Routes(instance);
      const places = new Places(routes);
      const rng = new Rng(seed);
      expect(routes.cost).toBe(cost(instance, toPlan(routes)).total);
      for (let step = 0; step < 14 && instance.visitCount > 0; step++) {
        const visit = rng.below(instance.visitCount);
        const vehicle = rng.below(instance.vehicleCount);
        const before = routes.cost;
        if (instance.frozenVehicle(visit) >= 0) continue;
        if (routes.vehicleOf(visit) >= 0) {
          routes.remove(visit, visit);
        } else {
          const tried = cheapestByTrying(routes, vehicle, visit);
          const promised = places.cheapest(vehicle, visit) - routes.leftOutCost(visit);
          expect(promised).toBe(tried);
          expect(places.cheapest(vehicle, visit) - routes.leftOutCost(visit)).toBe(tried); // as remembered
          if (tried === NEVER) continue;
          routes.insertAfter(places.after, visit);
          expect(routes.cost - before).toBe(promised);
        }
        expect(routes.cost).toBe(cost(instance, toPlan(routes)).total);
      }
    }),
    { numRuns: 500 },
  );
});

test('[C4] rolling back leaves no trace', () => {
  fc.assert(
    fc.property(anyKind, fc.integer(), (plain, seed) => {
      const instance = buildInstance(plain);
      const routes = new Routes(instance);
      const places = new Places(routes);
      const rng = new Rng(seed);
      const disturb = () => {
        for (let step = 0; step < 6 && instance.visitCount > 0; step++) {
          const visit = rng.below(instance.visitCount);
          const vehicle = rng.below(instance.vehicleCount);
          if (instance.frozenVehicle(visit) >= 0) continue;
          if (routes.vehicleOf(visit) >= 0) routes.remove(visit, visit);
          else if (places.cheapest(vehicle, visit) < NEVER) routes.insertAfter(places.after, visit);
        }
      };
      const remembered = () =>
        Array.from({ length: instance.visitCount }, (_, visit) =>
          routes.vehicleOf(visit) >= 0
            ? []
            : Array.from({ length: instance.vehicleCount }, (_, vehicle) => places.cheapest(vehicle, visit)),
        );
      disturb();
      const before = toPlan(routes);
      const costBefore = routes.cost;
      const pricesBefore = remembered();
      routes.mark();
      disturb();
      routes.rollBack();
      expect(toPlan(routes)).toEqual(before);
      expect(routes.cost).toBe(costBefore);
      expect(remembered()).toEqual(pricesBefore);
    }),
    { numRuns: 300 },
  );
});

test('[C5] leaving a mandatory visit out costs more than anything else together', () => {
  fc.assert(
    fc.property(anyInstance({ visits: 6, engineers: 2, shifts: 2 }), (plain) => {
      const instance = buildInstance({
        ...plain,
        visits: plain.visits.map((visit) => ({ ...visit, mandatory: false })),
      });
      const allOut = cost(instance, { routes: [], unassigned: [] }).total;
      expect(instance.mandatoryPenalty).toBeGreaterThan(allOut);
    }),
  );
  expect(
    buildInstance(onALine([0, 30], { visits: [aVisit(1, { mandatory: true })], weights: onlyTravel })).mandatoryPenalty,
  ).toBe(61);
  // Two legs at most, of 30 s each: 60, and one.
});
