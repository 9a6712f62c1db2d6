import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkPlan } from '../solver/check-plan.ts';
import { buildInstance, type PlainVisit } from '../solver/instance.ts';
import { onlyTravel } from '../solver/plain.ts';
import type { Plan } from '../solver/plan.ts';
import { solve } from '../solver/search.ts';
import { anEngineer, aShift, aVisit, onALine } from '../solver/test-cases.ts';
import { MOST_MOVED, repairDay } from './repair-day.ts';

const stop = (visit: number, at: number) => ({ visit, departAt: at, arriveAt: at, startAt: at, endAt: at + 40 });
const weights = { ...onlyTravel, churnPerMovedVisit: 500, churnToleranceSeconds: 40, unassignedByPriority: [1_000] };

/** Ann (skill 0) and Bob, 80 s each at one place; Ann's day is full with one visit Bob could do. The last visit comes late. */
function aFullDay(urgent: Partial<PlainVisit>, leftOut = 1_000) {
  const day = aShift({ from: 0, to: 80 });
  const known = [
    aVisit(0, { serviceSeconds: 40, previous: { engineer: 0, startAt: 0 } }),
    aVisit(0, { serviceSeconds: 40, skills: [{ skill: 0, level: 1 }], requiredEngineer: 0 }),
    aVisit(0, { serviceSeconds: 40 }),
  ];
  const plain = onALine([0], {
    engineers: [anEngineer({ skills: [{ skill: 0, level: 1 }], shifts: [day] }), anEngineer({ shifts: [day] })],
    visits: [...known, aVisit(0, { serviceSeconds: 40, skills: [{ skill: 0, level: 1 }], ...urgent })],
    weights: { ...weights, unassignedByPriority: [leftOut] },
  });
  const start: Plan = {
    routes: [
      { vehicle: 0, engineer: 0, stops: [stop(0, 0), stop(1, 40)], homeDepartAt: 80, homeAt: 80 },
      { vehicle: 1, engineer: 1, stops: [stop(2, 0)], homeDepartAt: 40, homeAt: 40 },
    ],
    unassigned: [],
  };
  const told = [{ from: 0, to: 60 }, { from: 40, to: 60 }, { from: 0, to: 60 }, null];
  return { plain, start, told };
}

test('an urgent visit without a place gets one where another engineer can take over a visit', () => {
  const day = aFullDay({});
  const { plan, moved, lost } = repairDay({ ...day, urgent: [3] });
  expect(plan.unassigned).toEqual([]);
  expect(moved).toEqual([0]);
  expect(lost).toEqual([]);
  expect(plan.routes.find(({ engineer }) => engineer === 1)?.stops.map(({ visit }) => visit)).toContain(0);
  expect(checkPlan(buildInstance(day.plain), plan)).toEqual([]);
  // Another order that nobody is waiting for is left to the search.
  expect(repairDay({ ...day, urgent: [] })).toMatchObject({ tried: [], plan: { unassigned: [{ visit: 3 }] } });
});

test('nobody is moved for what costs less to leave out', () => {
  expect(repairDay({ ...aFullDay({}, 499), urgent: [3] })).toMatchObject({ moved: [], tried: [3] });
});

test('nobody leaves the window told to make room for another', () => {
  const day = aFullDay({});
  const told = day.told.map((window) => window && { from: window.from, to: window.from });
  // Bob could only take the visit after his own, forty seconds late.
  const { plan, moved } = repairDay({ ...day, told, urgent: [3] });
  expect([moved, plan.unassigned.map(({ visit }) => visit)]).toEqual([[], [3]]);
});

test('what goes away leaves a gap, and nobody is there sooner than told', () => {
  const { plain, start, told } = aFullDay({});
  const routes = start.routes.map((route) => ({ ...route, stops: route.stops.filter(({ visit }) => visit !== 0) }));
  const { plan } = repairDay({ plain, start: { ...start, routes }, told: [null, ...told.slice(1)], urgent: [] });
  expect(plan.routes[0]?.stops).toMatchObject([{ visit: 1, startAt: 40 }]);
});

/** Engineers on a line, a plan in force, and one of them away for a while, or busy until later. */
const world = fc.record({
  seed: fc.integer({ min: 1, max: 1_000 }),
  places: fc.array(fc.nat(60), { minLength: 4, maxLength: 14 }),
  engineers: fc.integer({ min: 2, max: 4 }),
  ill: fc.nat(3),
  from: fc.integer({ min: 0, max: 300 }),
  length: fc.integer({ min: 20, max: 500 }),
  overrun: fc.boolean(),
  late: fc.integer({ min: 0, max: 120 }),
});

test('whatever goes wrong: no rule is broken, few others move, none of them out of the window told', () => {
  fc.assert(
    fc.property(world, ({ seed, places, engineers, ill, from, length, overrun, late }) => {
      const shift = aShift({ from: 0, to: 500 });
      const made = (more: object) => {
        const people = Array.from({ length: engineers }, (_, e) =>
          anEngineer({ shifts: [e === ill % engineers ? { ...shift, ...more } : shift] }),
        );
        const visits = places.map((_, i) => aVisit(1 + i, { serviceSeconds: 30 + (i % 3) * 20 }));
        return onALine([0, ...places], {
          engineers: people,
          visits,
          weights: { ...weights, unassignedByPriority: [9_999] },
        });
      };
      const { plan: start } = solve(buildInstance(made({})), { seed, iterations: 20 });
      const at = new Map(start.routes.flatMap((route) => route.stops.map((one) => [one.visit, { ...one, ...route }])));
      const told = places.map((_, visit) => {
        const planned = at.get(visit);
        return planned ? { from: planned.startAt, to: planned.startAt + late } : null;
      });
      const wrong = overrun ? { freeAt: from } : { unavailable: [{ from, to: from + length }] };
      const now = made(wrong);
      const visits = now.visits.map((visit, i) => {
        const planned = at.get(i);
        return planned ? { ...visit, previous: { engineer: planned.engineer, startAt: planned.startAt } } : visit;
      });
      const plain = { ...now, visits };
      const { plan, lost, moved } = repairDay({ plain, start, told, urgent: [] });
      expect(checkPlan(buildInstance(plain), plan)).toEqual([]);
      expect(moved.length).toBeLessThanOrEqual(MOST_MOVED);
      for (const route of plan.routes)
        for (const { visit, startAt } of route.stops) {
          const window = told[visit];
          if (!window || lost.includes(visit)) continue;
          expect(startAt).toBeGreaterThanOrEqual(window.from);
          expect(startAt).toBeLessThanOrEqual(window.to);
          if (!moved.includes(visit)) expect(route.engineer).toBe(at.get(visit)?.engineer);
        }
      const there = new Set(plan.routes.flatMap(({ stops }) => stops.map(({ visit }) => visit)));
      for (const visit of at.keys()) expect(there.has(visit) || lost.includes(visit)).toBe(true);
      // Where nothing went wrong for anybody, nobody notices anything.
      if (lost.length === 0 && !overrun) expect(moved).toEqual([]);
    }),
    { numRuns: 60 },
  );
});
