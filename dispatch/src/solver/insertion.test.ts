import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planFrom } from './brute-force.ts';
import { checkPlan } from './check-plan.ts';
import { cost } from './cost.ts';
import { findPlaces, placeVisit, takeOut } from './insertion.ts';
import { buildInstance, type Instance, type PlainEngineer, type PlainVisit } from './instance.ts';
import type { Plan, Refusal } from './plan.ts';
import { solve } from './search.ts';
import { anEngineer, anyInstance, aShift, aVisit, onALine, withSpeeds } from './test-cases.ts';

const anySmall = anyInstance({ visits: 6, engineers: 3, shifts: 2 });
const cases = fc.tuple(fc.oneof(anySmall, anySmall.chain(withSpeeds)), fc.nat(5));

/** A plan, and a visit that is not frozen; or nothing. */
function aPlanAndVisit(instance: Instance, wish: number): { plan: Plan; visit: number } | null {
  const visit = instance.visitCount === 0 ? 0 : wish % instance.visitCount;
  if (instance.visitCount === 0 || instance.frozenVehicle(visit) >= 0) return null;
  return { plan: solve(instance, { seed: wish, iterations: 3 }).plan, visit };
}

test('[P1] every place keeps its promise, and all places are found', () => {
  fc.assert(
    fc.property(cases, ([plain, wish]) => {
      const instance = buildInstance(plain);
      const given = aPlanAndVisit(instance, wish);
      if (given === null) return;
      const { plan, visit } = given;
      const found = findPlaces(instance, plan, visit);
      const base = takeOut(instance, plan, visit);
      const before = cost(instance, base).total;

      for (const place of found.places) {
        const after = placeVisit(instance, plan, visit, place);
        expect(checkPlan(instance, after)).toEqual([]);
        expect(cost(instance, after).total - before).toBe(place.delta);
        const stop = after.routes.find(({ vehicle }) => vehicle === place.vehicle)?.stops[place.position];
        expect(stop).toMatchObject({ visit, arriveAt: place.arriveAt, startAt: place.startAt, endAt: place.endAt });
      }

      const byForce: string[] = [];
      for (let vehicle = 0; vehicle < instance.vehicleCount; vehicle++) {
        if (base.broken >= 0 && base.broken !== vehicle) continue;
        const order = base.routes.find((route) => route.vehicle === vehicle)?.stops.map((stop) => stop.visit) ?? [];
        for (let position = 0; position <= order.length; position++) {
          const orders = Array.from({ length: instance.vehicleCount }, () => [] as number[]);
          orders[vehicle] = order.toSpliced(position, 0, visit);
          const attempt = planFrom(instance, orders);
          const clean = attempt !== null && checkPlan(instance, attempt).every(({ kind }) => !RULES.has(kind));
          if (clean) byForce.push(`${vehicle}/${position}`);
        }
      }
      expect(found.places.map(({ vehicle, position }) => `${vehicle}/${position}`).sort()).toEqual(byForce.sort());
      expect(found.best).toBe(found.places[0] ?? null);
      const served = new Set(found.places.map(({ engineer }) => engineer));
      expect(found.refusals.length + served.size).toBe(instance.engineerCount);
    }),
    { numRuns: 300 },
  );
});

/** Rules of visits and engineers; the others (missing, frozen elsewhere) are about the visits this attempt leaves aside. */
const RULES = new Set([
  'skill',
  'level',
  'excluded',
  'required',
  'window',
  'release',
  'shift',
  'capacity',
  'longest',
  'travel',
  'overlap',
  'unavailable',
]);

test('[P2] the reason is the first rule with which no place is left', () => {
  fc.assert(
    fc.property(cases, ([plain, wish]) => {
      const instance = buildInstance(plain);
      const given = aPlanAndVisit(instance, wish);
      if (given === null) return;
      const { plan, visit } = given;
      for (const { engineer, reason } of findPlaces(instance, plan, visit).refusals) {
        // Without the rule named and all that are asked after it, the engineer has a place.
        const eased = buildInstance({
          ...plain,
          engineers: plain.engineers.map((one, e) => (e === engineer ? easedEngineer(one, reason) : one)),
          visits: plain.visits.map((one, i) => (i === visit ? easedVisit(one, reason) : one)),
          ...(!['unavailable'].includes(reason) && {
            travelSeconds: plain.travelSeconds.map(() => 0),
            setupSeconds: Array.from({ length: plain.locationCount }, () => 0),
          }),
        });
        const others = plan.routes.filter((route) => route.engineer !== engineer);
        const own = reason === 'unavailable' ? plan.routes.filter((route) => route.engineer === engineer) : [];
        const after = findPlaces(eased, { routes: [...others, ...own], unassigned: [] }, visit);
        expect(after.refusals.map((refusal) => refusal.engineer)).not.toContain(engineer);
      }
    }),
    { numRuns: 300 },
  );
});

const EASED_BY: Record<string, readonly Refusal[]> = {
  skills: ['skill', 'level'],
  excludedEngineers: ['skill', 'level', 'excluded'],
  requiredEngineer: ['skill', 'level', 'excluded', 'required-other'],
  windows: ['skill', 'level', 'excluded', 'required-other', 'shift', 'window'],
  release: ['skill', 'level', 'excluded', 'required-other', 'shift', 'window', 'release'],
  amount: ['skill', 'level', 'excluded', 'required-other', 'shift', 'window', 'release', 'capacity'],
};

function easedVisit(visit: PlainVisit, reason: Refusal): PlainVisit {
  const kept = Object.entries(visit).filter(([name]) => !EASED_BY[name]?.includes(reason));
  return Object.fromEntries(kept) as unknown as PlainVisit;
}

/** Unavailable time is asked last, so it always goes; the shift only where it is the reason, or comes after it. */
function easedEngineer(engineer: PlainEngineer, reason: Refusal): PlainEngineer {
  const early = ['skill', 'level', 'excluded', 'required-other', 'shift'].includes(reason);
  if (early)
    return {
      ...engineer,
      shifts: [
        aShift({ from: 0, to: 5000 }),
        ...engineer.shifts.slice(1).map((_, s) => aShift({ from: 6000 * (s + 1), to: 6000 * (s + 1) + 100 })),
      ],
    };
  return {
    ...engineer,
    shifts: engineer.shifts.map(({ longestSeconds, capacity, ...shift }) => ({
      ...shift,
      unavailable: [],
      ...(reason === 'unavailable' && longestSeconds !== undefined && { longestSeconds }),
      ...(['travel', 'unavailable'].includes(reason) && capacity !== undefined && { capacity }),
    })),
  };
}

test('[P3] ten engineers, ten reasons', () => {
  // The visit: 30 s away, skill 0 at level 2, 10 s, start in [100, 200], parts at 150.
  const able = [{ skill: 0, level: 2 }];
  const working = (from: number, to: number, rest = {}) =>
    anEngineer({ skills: able, shifts: [aShift({ from, to, ...rest })] });
  const engineers: [string, PlainEngineer][] = [
    ['skill', anEngineer()],
    ['level', anEngineer({ skills: [{ skill: 0, level: 1 }] })],
    ['excluded', working(0, 1000)],
    ['shift', working(0, 9)], // 10 s do not fit into 9
    ['window', working(0, 105)], // must start by 95 to be done by 105
    ['release', working(0, 155)], // could start by 145
    ['capacity', working(0, 1000, { capacity: [9, 2] })], // three of kind 1 are asked for
    ['travel', working(0, 180)], // start 150, done 160, home at 190
    ['unavailable', working(0, 1000, { unavailable: [{ from: 140, to: 195 }] })], // free again 195, would have to leave by 110 and wait
    ['fits', working(0, 190)],
  ];
  const visit = aVisit(1, {
    skills: able,
    excludedEngineers: [2],
    windows: [{ from: 100, to: 194 }],
    release: 150,
    amount: [0, 3],
  });
  const instance = buildInstance(
    onALine([0, 30], { engineers: engineers.map(([, engineer]) => engineer), visits: [visit] }),
  );
  const found = findPlaces(instance, { routes: [], unassigned: [] }, 0);
  expect(found.refusals.map(({ engineer, reason }) => [engineers[engineer]?.[0], reason])).toEqual(
    engineers.slice(0, 9).map(([reason]) => [reason, reason]),
  );
  // Leaves 120, there at 150, done at 160, home at 190: 60 s of driving.
  expect(found.best).toMatchObject({ engineer: 9, arriveAt: 150, startAt: 150, endAt: 160, addedCost: 60 });

  const elsewhere = buildInstance(
    onALine([0, 30], { engineers: [anEngineer(), anEngineer()], visits: [aVisit(1, { requiredEngineer: 1 })] }),
  );
  expect(findPlaces(elsewhere, { routes: [], unassigned: [] }, 0).refusals).toEqual([
    { engineer: 0, reason: 'required-other' },
  ]);
});

test('[P5] a visit that makes a short cut possible is not taken away from its route', () => {
  // Straight to the far hospital takes 50 s, by the near one 10 + 10: without the near visit the far one is too late.
  const travelSeconds = [0, 10, 50, 10, 0, 10, 50, 10, 0];
  const visits = [aVisit(1), aVisit(2, { windows: [{ from: 0, to: 30 }] })];
  const plain = { ...onALine([0, 1, 2], { visits, engineers: [anEngineer(), anEngineer()] }), travelSeconds };
  const instance = buildInstance(plain);
  const plan = planFrom(instance, [[0, 1], []]) as Plan;
  const found = findPlaces(instance, plan, 0);
  expect(found.places.map(({ vehicle, position }) => [vehicle, position])).toEqual([[0, 0]]);
  expect(found.refusals).toEqual([{ engineer: 1, reason: 'travel' }]);
});

test('[P4] a frozen visit is not placed again', () => {
  const visits = [aVisit(0, { frozen: { engineer: 0, shift: 0, startAt: 5 } })];
  const instance = buildInstance(onALine([0], { visits }));
  expect(() => findPlaces(instance, { routes: [], unassigned: [] }, 0)).toThrow(/frozen/);
});
