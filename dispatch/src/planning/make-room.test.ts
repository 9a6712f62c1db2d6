import { expect, test } from 'vitest';
import { checkPlan } from '../solver/check-plan.ts';
import { cost } from '../solver/cost.ts';
import { buildInstance, type PlainVisit } from '../solver/instance.ts';
import { onlyTravel } from '../solver/plain.ts';
import { solve } from '../solver/search.ts';
import { anEngineer, aShift, aVisit, onALine } from '../solver/test-cases.ts';
import { makeRoom } from './make-room.ts';

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
    weights: { ...onlyTravel, churnPerMovedVisit: 500, churnToleranceSeconds: 40, unassignedByPriority: [leftOut] },
  });
  const instance = buildInstance(plain);
  const stop = (visit: number, at: number) => ({ visit, departAt: at, arriveAt: at, startAt: at, endAt: at + 40 });
  const before = {
    routes: [
      { vehicle: 0, engineer: 0, stops: [stop(0, 0), stop(1, 40)], homeDepartAt: 80, homeAt: 80 },
      { vehicle: 1, engineer: 1, stops: [stop(2, 0)], homeDepartAt: 40, homeAt: 40 },
    ],
    unassigned: [],
  };
  return { instance, before, first: solve(instance, { seed: 1, iterations: 0, start: before }) };
}

test('an urgent visit without a place gets one where another engineer can take over a visit', () => {
  const { instance, before, first } = aFullDay({});
  expect(first.plan.unassigned.map(({ visit }) => visit)).toEqual([3]);
  const { plan, cost: after } = makeRoom(instance, first, 3, before);
  expect(plan.unassigned).toEqual([]);
  expect(plan.routes.find(({ engineer }) => engineer === 1)?.stops.map(({ visit }) => visit)).toContain(0);
  expect(checkPlan(instance, plan)).toEqual([]);
  expect(after).toEqual(cost(instance, plan));
  // Another order that nobody is waiting for is left to the search.
  expect(makeRoom(instance, first, 2, before)).toBe(first);
});

test('nobody is moved for what costs less to leave out', () => {
  const { instance, before, first } = aFullDay({}, 499);
  expect(makeRoom(instance, first, 3, before)).toBe(first);
});
