import { expect, test } from 'vitest';
import { checkPlan } from '../solver/check-plan.ts';
import { buildInstance } from '../solver/instance.ts';
import type { PlainVisit } from '../solver/plain.ts';
import { onlyTravel } from '../solver/plain.ts';
import type { Plan } from '../solver/plan.ts';
import { standingPlan } from '../solver/standing.ts';
import { anEngineer, aShift, aVisit, onALine } from '../solver/test-cases.ts';
import { bestPlaces, repairedPlace } from './best-places.ts';

const KNOWS = [{ skill: 0, level: 1 as const }];
const stop = (visit: number, at: number) => ({ visit, departAt: at, arriveAt: at, startAt: at, endAt: at + 40 });

/**
 * Ann (skill 0) and Bob at one place, until 130. Ann is busy with visit 0 (anybody's) and 1; Bob with 2. Visit 3 needs Ann and
 * is due at 10.
 */
function aFullDay({ first, until = 130 }: { first?: Partial<PlainVisit>; until?: number } = {}) {
  const day = aShift({ from: 0, to: until });
  const plain = onALine([0], {
    engineers: [anEngineer({ skills: KNOWS, shifts: [day] }), anEngineer({ shifts: [day] })],
    visits: [
      aVisit(0, { serviceSeconds: 40, previous: { engineer: 0, startAt: 0 }, due: 100, ...first }),
      aVisit(0, { serviceSeconds: 40, skills: KNOWS, due: 80 }),
      aVisit(0, { serviceSeconds: 40 }),
      aVisit(0, { serviceSeconds: 40, skills: KNOWS, due: 10, latePerSecond: 100 }),
    ],
    weights: {
      ...onlyTravel,
      lateSecond: 1,
      churnPerMovedVisit: 5,
      churnToleranceSeconds: 30,
      unassignedByPriority: [9_000],
    },
  });
  const plan: Plan = {
    routes: [
      { vehicle: 0, engineer: 0, stops: [stop(0, 0), stop(1, 40)], homeDepartAt: 80, homeAt: 80 },
      { vehicle: 1, engineer: 1, stops: [stop(2, 0)], homeDepartAt: 40, homeAt: 40 },
    ],
    unassigned: [],
  };
  return { plain, plan, visit: 3, spreads: [30, 40, 0, 0], promised: [] as number[] };
}

test('the best place of each engineer with an honest arrival, whom it moves and makes late, and who refuses it', () => {
  const { places, refusals } = bestPlaces(aFullDay());
  expect(refusals).toEqual([{ engineer: 1, reason: 'skill' }]);
  expect(places).toHaveLength(1);
  // First in the day nobody is before her; then both others start 40 s later, and visit 1 is still in time.
  expect(places[0]).toMatchObject({ engineer: 0, startAt: 0, arriveBy: 0, breaks: [] });
  expect(places[0]?.moved.map(({ visit, by }) => [visit, by])).toEqual([
    [0, 40],
    [1, 40],
  ]);
  const strict = bestPlaces(aFullDay({ first: { due: 20, latePerSecond: 100_000 } })).places[0];
  // After visit 0, whose work takes 30 s longer one time in five.
  expect(strict).toMatchObject({ startAt: 40, arriveBy: 70, breaks: [] });
  expect(strict?.moved.map(({ visit }) => visit)).toEqual([1]);
});

test('room is made by moving one other, nobody in time becomes late, and the checker agrees', () => {
  const day = aFullDay({ until: 90 });
  const repaired = repairedPlace(day);
  expect(repaired).toMatchObject({ engineer: 0, startAt: 0, breaks: [] });
  expect(repaired?.moved.map(({ visit, to }) => [visit, to.engineer])).toEqual([[0, 1]]);
  expect(checkPlan(buildInstance(day.plain), repaired?.plan as Plan)).toEqual([]);
  // Who was promised an hour keeps it, so nobody makes room.
  expect(repairedPlace({ ...day, promised: [0, 1, 2] })?.moved ?? []).toEqual([]);
  // Visit 0 would be late behind Bob's own: it goes before that, and is in time.
  const tight = repairedPlace(aFullDay({ first: { due: 20 }, until: 90 }));
  expect(tight?.breaks).toEqual([]);
  expect(tight?.moved.map(({ visit, to }) => [visit, to.engineer, to.startAt])).toEqual([
    [0, 1, 0],
    [2, 1, 40],
  ]);
});

test('a plan as it stands leaves nothing but what no longer fits, and gives that another place', () => {
  const { plain } = aFullDay();
  const late = anEngineer({ skills: KNOWS, shifts: [aShift({ from: 0, to: 130, freeAt: 60 })] });
  const instance = buildInstance({ ...plain, engineers: [late, ...plain.engineers.slice(1)] });
  const start: Plan = {
    routes: [
      { vehicle: 0, engineer: 0, stops: [stop(1, 0), stop(0, 40)], homeDepartAt: 80, homeAt: 80 },
      { vehicle: 1, engineer: 1, stops: [stop(2, 0)], homeDepartAt: 40, homeAt: 40 },
    ],
    unassigned: [],
  };
  const standing = standingPlan(instance, start) as Plan;
  expect(standing.unassigned.map(({ visit }) => visit)).toEqual([3]);
  expect(checkPlan(instance, standing).filter(({ kind }) => kind !== 'missing')).toEqual([]);
  // Ann is free at 60 and has time for one: the other goes to Bob, before his own.
  expect(standing.routes.map(({ engineer, stops }) => [engineer, stops.map(({ visit }) => visit)])).toEqual([
    [0, [1]],
    [1, [0, 2]],
  ]);
});
