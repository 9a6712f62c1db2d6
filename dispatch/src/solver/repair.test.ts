import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planFrom } from './brute-force.ts';
import { checkPlan } from './check-plan.ts';
import { cost } from './cost.ts';
import { findPlaces } from './insertion.ts';
import { buildInstance, type Instance, type PlainInstance, type PlainVisit } from './instance.ts';
import { onlyTravel } from './plain.ts';
import type { Plan } from './plan.ts';
import { type RepairOptions, repairPlan } from './repair.ts';
import { searchAround } from './repair-search.ts';
import { solve } from './search.ts';
import { anEngineer, anyInstance, aShift, aVisit, onALine, withLinks, withSpeeds } from './test-cases.ts';
import { toldBy } from './told.ts';

/** Each visit twice, once without most of what closes doors: full days, in which somebody could do another's visit. */
const fullDays = anyInstance({ visits: 8, engineers: 3, shifts: 2 }).map((plain): PlainInstance => {
  const easy = plain.visits.map(({ location, serviceSeconds, priority, previous, due, downtime }): PlainVisit => {
    const wanted = { ...(previous && { previous }), ...(due !== undefined && { due }), ...(downtime && { downtime }) };
    return { location, serviceSeconds, priority, ...wanted };
  });
  return { ...plain, visits: [...plain.visits, ...easy] };
});

/** More simple work than three engineers can do, so that whoever comes late finds them busy. */
const tooMuchWork = fc
  .tuple(
    fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 5, maxLength: 5 }),
    fc.array(fc.tuple(fc.nat(4), fc.integer({ min: 10, max: 40 }), fc.nat(3), fc.nat(120), fc.nat(2)), {
      minLength: 10,
      maxLength: 14,
    }),
  )
  .map(([positions, work]): PlainInstance => {
    const skills = (kind: number) => (kind < 2 ? [{ skill: kind, level: 1 }] : []);
    const day = aShift({ from: 0, to: 150, overtimeSeconds: 10 });
    return onALine(positions, {
      engineers: [0, 1, 2].map((kind) =>
        anEngineer({ skills: kind < 2 ? skills(kind) : [...skills(0), ...skills(1)], shifts: [day] }),
      ),
      visits: work.map(([location, serviceSeconds, kind, from, priority]) =>
        aVisit(location, { serviceSeconds, priority, skills: skills(kind), windows: [{ from, to: from + 60 }] }),
      ),
      weights: { ...onlyTravel, overtimeSecond: 1, unassignedByPriority: [100, 200, 300] },
    });
  });

/** A day, a visit that comes late, and how it may be repaired. Others move even where there is room: `tooDear` is below all. */
const cases = fc.record({
  plain: fc.oneof(
    { weight: 6, arbitrary: tooMuchWork },
    fullDays,
    fullDays.chain(withSpeeds),
    fullDays.chain(withLinks),
  ),
  wish: fc.nat(15),
  maxMoved: fc.constantFrom(0, 1, 2, 3, 3),
  promisedEvery: fc.integer({ min: 2, max: 7 }),
  toleranceSeconds: fc.constantFrom(0, 10, 1000, 1000),
  inPlan: fc.boolean(),
});
type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

/** A plan of all the others, as if the visit came late; or with it; or nothing where there is no such visit. */
function given({ plain, wish, inPlan }: Case): { instance: Instance; plan: Plan; visit: number } | null {
  const visit = wish % Math.max(1, plain.visits.length);
  if (plain.visits.length === 0 || plain.visits[visit]?.frozen !== undefined) return null;
  const instance = buildInstance(plain);
  const never = plain.visits.map((one, index) => (index === visit ? { ...one, release: 100_000 } : one));
  const before = inPlan ? instance : buildInstance({ ...plain, visits: never });
  return { instance, visit, plan: solve(before, { seed: wish, iterations: inPlan ? 1 : 3 }).plan };
}

function optionsOf({ maxMoved, promisedEvery, toleranceSeconds }: Case): RepairOptions {
  const promised = (visit: number) => visit % promisedEvery === 0;
  return { maxMoved, promised, toleranceSeconds, tooDear: Number.NEGATIVE_INFINITY, looks: 2_000 };
}

const places = (plan: Plan) =>
  new Map(
    plan.routes.flatMap(({ vehicle, stops }) => stops.map(({ visit, startAt }) => [visit, { vehicle, startAt }])),
  );

test('[R1] few move, nobody who was promised, nobody is lost, and no rule is broken', () => {
  let repaired = 0;
  fc.assert(
    fc.property(cases, (one) => {
      const start = given(one);
      if (start === null) return;
      const { instance, plan, visit } = start;
      const options = optionsOf(one);
      const answer = repairPlan(instance, plan, visit, options);
      expect(checkPlan(instance, answer.plan)).toEqual([]);
      if (answer.by === 'none') {
        expect(answer.plan).toBe(plan);
        return;
      }
      if (answer.by === 'repair') repaired++;
      const [before, after] = [places(plan), places(answer.plan)];
      const moved: number[] = [];
      const shifted: number[] = [];
      for (const [other, was] of before) {
        if (other === visit) continue;
        const is = after.get(other);
        expect(is, `visit ${other} is still served`).toBeDefined();
        const promisedAt = instance.plain.visits[other]?.previous;
        const engineer = instance.engineerOf(was.vehicle);
        const near = (at: number, told: number) => Math.abs(at - told) <= one.toleranceSeconds;
        const kept = promisedAt?.engineer === engineer && near(was.startAt, promisedAt.startAt);
        const told = kept ? promisedAt.startAt : was.startAt;
        const stays = is?.vehicle === was.vehicle && (is.startAt === was.startAt || near(is.startAt, told));
        if (!stays) moved.push(other);
        else if (is.startAt !== was.startAt) shifted.push(other);
      }
      expect(moved.length).toBeLessThanOrEqual(one.maxMoved);
      expect(moved.filter((other) => options.promised?.(other))).toEqual([]);
      expect(answer.moved.map((move) => move.visit).filter((other) => other !== visit)).toEqual(moved.sort(byNumber));
      expect(answer.shifted.map((move) => move.visit).filter((other) => other !== visit)).toEqual(
        shifted.sort(byNumber),
      );
      expect(after.get(visit)).toMatchObject({ vehicle: answer.at?.vehicle, startAt: answer.at?.startAt });
      expect(answer.plan.unassigned.map((entry) => entry.visit)).toEqual(
        plan.unassigned.map((entry) => entry.visit).filter((other) => other !== visit),
      );
      expect(answer.extra?.total).toBe(cost(instance, answer.plan).total - cost(instance, plan).total);
      expect(repairPlan(instance, plan, visit, options)).toEqual(answer);
    }),
    { numRuns: 100 }, // about fifteen in a hundred are repairs
  );
  expect(repaired).toBeGreaterThan(0);
});

const byNumber = (a: number, b: number) => a - b;

test('[R2] the search promises exactly what its plan costs more', () => {
  fc.assert(
    fc.property(cases, (one) => {
      const start = given(one);
      if (start === null) return;
      const { instance, plan, visit } = start;
      const told = toldBy(instance, plan, one.toleranceSeconds);
      const { draft, planOf } = searchAround(instance, plan, visit, told, optionsOf(one));
      if (draft === null) return;
      const without = { ...cost(instance, plan) }.total;
      const leftOut = places(plan).has(visit) ? 0 : findPlaces(instance, plan, visit).leftOutCost;
      expect(cost(instance, planOf(draft)).total - without).toBe(draft.cost - leftOut);
    }),
    { numRuns: 100 },
  );
});

test('[R3] where there is room, the answer is the cheapest place and nobody goes anywhere else', () => {
  fc.assert(
    fc.property(cases, (one) => {
      const start = given({ ...one, inPlan: false });
      if (start === null) return;
      const { instance, plan, visit } = start;
      const { best, refusals } = findPlaces(instance, plan, visit);
      const answer = repairPlan(instance, plan, visit, { maxMoved: 100, toleranceSeconds: 1000 });
      expect(answer.refusals).toEqual(refusals);
      if (best === null || places(plan).has(visit)) return;
      expect(answer).toMatchObject({ by: 'insertion', at: { vehicle: best.vehicle, startAt: best.startAt } });
      expect(answer.moved).toEqual([]);
      expect(answer.extra?.total).toBe(best.delta);
    }),
    { numRuns: 60 },
  );
});

/** Two engineers at 0. Ann knows skill 0, Bob nothing; each day has time for two visits of 40 s at their doorstep. */
function twoFullDays(promisedHour?: number) {
  const day = aShift({ from: 0, to: 80 });
  const plain = onALine([0], {
    engineers: [anEngineer({ skills: [{ skill: 0, level: 1 }], shifts: [day] }), anEngineer({ shifts: [day] })],
    visits: [
      aVisit(0, {
        serviceSeconds: 40,
        ...(promisedHour !== undefined && { windows: [{ from: promisedHour, to: 40 }] }),
      }),
      aVisit(0, { serviceSeconds: 40, skills: [{ skill: 0, level: 1 }] }),
      aVisit(0, { serviceSeconds: 40 }),
      aVisit(0, { serviceSeconds: 40, skills: [{ skill: 0, level: 1 }] }), // comes late, and only Ann can
    ],
  });
  const instance = buildInstance(plain);
  return { instance, plan: planFrom(instance, [[0, 1], [2]]) as Plan };
}

test('[R4] Ann gives a visit to Bob to take the urgent one that only she can', () => {
  const { instance, plan } = twoFullDays();
  expect(findPlaces(instance, plan, 3).best).toBeNull();
  const answer = repairPlan(instance, plan, 3, { maxMoved: 1, toleranceSeconds: 40 });
  expect(answer.by).toBe('repair');
  expect(answer.at).toMatchObject({ engineer: 0 });
  expect(answer.moved).toHaveLength(1);
  expect(answer.moved[0]).toMatchObject({ visit: 0, from: { engineer: 0 }, to: { engineer: 1 } });
  expect(answer.refusals).toEqual([
    { engineer: 0, reason: 'travel' },
    { engineer: 1, reason: 'skill' },
  ]);
  // Not when nobody may move, and not when that one was promised to Ann.
  expect(repairPlan(instance, plan, 3, { maxMoved: 0, toleranceSeconds: 40 }).by).toBe('none');
  const promised = (visit: number) => visit === 0;
  expect(repairPlan(instance, plan, 3, { maxMoved: 3, promised, toleranceSeconds: 40 })).toMatchObject({
    by: 'none',
    plan,
  });
});

test('[R5] a place that takes somebody from the hour told is a move, and refused where it was promised', () => {
  // One engineer, one visit at 0 s for 10 s; the urgent one must start at 0, so the other starts 10 s later.
  const plain = onALine([0], { visits: [aVisit(0), aVisit(0, { windows: [{ from: 0, to: 0 }] })] });
  const instance = buildInstance(plain);
  const plan = planFrom(instance, [[0]]) as Plan;
  const late = repairPlan(instance, plan, 1, { maxMoved: 1, toleranceSeconds: 9 });
  expect(late).toMatchObject({ by: 'insertion', moved: [{ visit: 0, by: 10 }], shifted: [] });
  const near = repairPlan(instance, plan, 1, { maxMoved: 0, toleranceSeconds: 10 });
  expect(near).toMatchObject({ by: 'insertion', moved: [], shifted: [{ visit: 0, by: 10 }] });
  const moves = repairPlan(instance, plan, 1, { maxMoved: 0, toleranceSeconds: 9 });
  expect(moves).toMatchObject({ by: 'none', refusals: [{ engineer: 0, reason: 'moves' }] });
  const promise = repairPlan(instance, plan, 1, { promised: () => true, toleranceSeconds: 9 });
  expect(promise).toMatchObject({ by: 'none', refusals: [{ engineer: 0, reason: 'promise' }] });
});

test('[R6] a time limit needs a clock', () => {
  const { instance, plan } = twoFullDays();
  expect(() => repairPlan(instance, plan, 3, { milliseconds: 5 })).toThrow(/now/);
  let now = 0;
  expect(repairPlan(instance, plan, 3, { milliseconds: 5, now: () => now++, toleranceSeconds: 40 }).by).toBe('repair');
});
