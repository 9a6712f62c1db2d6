import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planFrom } from './brute-force.ts';
import { checkPlan, type ViolationKind } from './check-plan.ts';
import { buildInstance, type PlainVisit } from './instance.ts';
import { frozenOrder } from './orders.ts';
import type { Plan, Route, Stop } from './plan.ts';
import { anEngineer, anyInstance, aShift, aVisit, onALine } from './test-cases.ts';

/**
 * Home at 0, A at 30, B at 50. Ana (skill 0 at level 2) works [0, 300), is at the dentist [200, 220), may stay 20 s longer.
 * Ben knows nothing and works the same hours.
 * The good plan, visits of 10 s: Ana leaves at 0, A 30-40, leaves at 40, B 60-70, home at 120.
 */
const ana = anEngineer({
  skills: [{ skill: 0, level: 2 }],
  shifts: [aShift({ to: 300, overtimeSeconds: 20, unavailable: [{ from: 200, to: 220 }] })],
});
const ben = anEngineer({ shifts: [aShift({ to: 300 })] });

function world(first: Partial<PlainVisit> = {}) {
  const visits = [aVisit(1, first), aVisit(2)];
  const instance = buildInstance(onALine([0, 30, 50], { engineers: [ana, ben], visits }));
  return {
    instance,
    plan: planFrom(buildInstance(onALine([0, 30, 50], { engineers: [ana, ben], visits: [aVisit(1), aVisit(2)] })), [
      [0, 1],
      [],
    ]) as Plan,
  };
}

/** The good plan with its only route, or that route's first stop, changed. */
function changed(plan: Plan, route: Partial<Route>, first: Partial<Stop> = {}): Plan {
  const [only] = plan.routes as [Route];
  const stops = only.stops.map((stop, i) => (i === 0 ? { ...stop, ...first } : stop));
  return { ...plan, routes: [{ ...only, stops, ...route }] };
}

function kinds(
  first: Partial<PlainVisit>,
  route: Partial<Route> = {},
  stop: Partial<Stop> = {},
): [ViolationKind, number, number][] {
  const { instance, plan } = world(first);
  return checkPlan(instance, changed(plan, route, stop)).map(({ kind, visit, by }) => [kind, visit, by]);
}

/** The whole route `seconds` later. */
function later(seconds: number): Partial<Route> {
  const [route] = world().plan.routes as [Route];
  const shift = (stop: Stop): Stop => ({
    visit: stop.visit,
    departAt: stop.departAt + seconds,
    arriveAt: stop.arriveAt + seconds,
    startAt: stop.startAt + seconds,
    endAt: stop.endAt + seconds,
  });
  return { stops: route.stops.map(shift), homeDepartAt: route.homeDepartAt + seconds, homeAt: route.homeAt + seconds };
}

test('[K1] the good plan is good', () => {
  expect(kinds({})).toEqual([]);
  expect(
    kinds({
      skills: [{ skill: 0, level: 2 }],
      windows: [
        { from: 0, to: 1 },
        { from: 30, to: 30 },
      ],
    }),
  ).toEqual([]);
});

test('[K2] what the visit asks for', () => {
  expect(kinds({ skills: [{ skill: 1, level: 1 }] })).toEqual([['skill', 0, 1]]);
  expect(kinds({ skills: [{ skill: 0, level: 3 }] })).toEqual([['level', 0, 1]]);
  expect(kinds({ excludedEngineers: [0] })).toEqual([['excluded', 0, 1]]);
  expect(kinds({ requiredEngineer: 1 })).toEqual([['required', 0, 1]]);
  expect(kinds({ release: 35 })).toEqual([['release', 0, 5]]);
  expect(
    kinds({
      windows: [
        { from: 0, to: 10 },
        { from: 37, to: 90 },
      ],
    }),
  ).toEqual([['window', 0, 7]]);
});

test('[K3] times that do not follow from one another', () => {
  expect(kinds({}, {}, { departAt: -5 })).toEqual([['shift', 0, 5]]);
  expect(kinds({}, {}, { departAt: 3 })).toEqual([['travel', 0, 3]]);
  expect(kinds({}, {}, { arriveAt: 32 })).toEqual([['overlap', 0, 2]]); // starts at 30
  expect(kinds({}, {}, { endAt: 39 })).toEqual([['duration', 0, 1]]);
  expect(kinds({ serviceSeconds: 14 }, {}, { endAt: 44 })).toEqual([['overlap', 1, 4]]); // leaves for B at 40
  expect(kinds({}, { homeDepartAt: 66, homeAt: 120 })).toEqual([['overlap', 1, 4]]);
  expect(kinds({}, { homeAt: 110 })).toEqual([['travel', 1, 10]]);
  expect(kinds({}, {}, { startAt: 30.5 })).toEqual([['unknown', 0, 1]]);
});

test('[K4] unavailable time and the end of the shift', () => {
  // 165 s later: A 195-205, five seconds of it at the dentist's; on the way to B 205-225 for the other fifteen.
  expect(kinds({}, later(165))).toEqual([
    ['unavailable', 0, 5],
    ['unavailable', 1, 15],
  ]);
  // 220 s later she is home at 340, and should be by 320.
  expect(kinds({}, later(220))).toEqual([['shift', 1, 20]]);
});

test('[K5] each visit once, in a shift that exists', () => {
  const { instance, plan } = world();
  const [route] = plan.routes as [Route];
  const of = (other: Plan) => checkPlan(instance, other).map(({ kind, visit }) => [kind, visit]);
  expect(of({ routes: [], unassigned: [{ visit: 1, reason: 'cost' }] })).toEqual([['missing', 0]]);
  expect(of({ ...plan, unassigned: [{ visit: 1, reason: 'cost' }] })).toEqual([['twice', 1]]);
  expect(of({ routes: [route, { ...route, vehicle: 1, engineer: 1 }], unassigned: [] })).toEqual([
    ['twice', 0],
    ['twice', 1],
  ]);
  expect(of({ routes: [route, { ...route, stops: [] }], unassigned: [] })).toEqual([['twice', -1]]);
  expect(of(changed(plan, { engineer: 1 }))).toEqual([['unknown', -1]]);
  expect(of(changed(plan, { vehicle: 9 }))).toEqual([['unknown', -1]]);
  expect(of(changed(plan, {}, { visit: 7 })).map(([kind]) => kind)).toContain('unknown');
});

test('[K6] a frozen visit stays where it is', () => {
  expect(kinds({ frozen: { engineer: 0, shift: 0, startAt: 30 } })).toEqual([]);
  expect(kinds({ frozen: { engineer: 0, shift: 0, startAt: 33 } })).toEqual([['frozen', 0, 3]]);
  expect(kinds({ frozen: { engineer: 1, shift: 0, startAt: 30 } })).toEqual([['frozen', 0, 1]]);
  const { instance } = world({ frozen: { engineer: 0, shift: 0, startAt: 30 } });
  const left: Plan = { routes: [], unassigned: [0, 1].map((visit) => ({ visit, reason: 'cost' })) };
  expect(checkPlan(instance, left)).toEqual([{ kind: 'frozen', engineer: 0, vehicle: -1, visit: 0, by: 1 }]);
});

test('[K7] what a person fixed is held against the plan only when asked', () => {
  const first: Partial<PlainVisit> = { excludedEngineers: [0], frozen: { engineer: 0, shift: 0, startAt: 30 } };
  const { instance, plan } = world(first);
  expect(checkPlan(instance, plan)).toEqual([]);
  expect(checkPlan(instance, plan, { judgeFrozen: true })).toEqual([
    { kind: 'excluded', engineer: 0, vehicle: 0, visit: 0, by: 1 },
  ]);
});

test('[K8] frozen visits alone never make a plan bad, however they contradict each other', () => {
  fc.assert(
    fc.property(anyInstance({ visits: 6, engineers: 2, shifts: 2 }), (plain) => {
      const instance = buildInstance(plain);
      const orders = Array.from({ length: instance.vehicleCount }, (_, vehicle) => frozenOrder(instance, vehicle));
      expect(checkPlan(instance, planFrom(instance, orders) as Plan)).toEqual([]);
    }),
  );
});
