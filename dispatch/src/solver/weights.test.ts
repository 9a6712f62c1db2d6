import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planFrom } from './brute-force.ts';
import { checkPlan } from './check-plan.ts';
import { type Cost, cost } from './cost.ts';
import { buildInstance, type PlainInstance, type PlainVisit, type Weights } from './instance.ts';
import { onlyTravel } from './plain.ts';
import { solve } from './search.ts';
import { anEngineer, anyInstance, aShift, aVisit, onALine } from './test-cases.ts';

/** Home 0, the visit at 30 s. Three engineers, all at home. */
const oneVisit = (visit: Partial<PlainVisit>, weights: Partial<Weights>): PlainInstance =>
  onALine([0, 30], {
    engineers: [anEngineer(), anEngineer(), anEngineer()],
    visits: [aVisit(1, visit)],
    weights: { ...onlyTravel, ...weights },
  });
const whoGoes = (plain: PlainInstance) =>
  solve(buildInstance(plain), { iterations: 50, seed: 1 }).plan.routes.map(({ engineer }) => engineer);
function costBy(plain: PlainInstance, engineer: number): Cost {
  const instance = buildInstance(plain);
  const orders = plain.engineers.map((_, e) => (e === engineer ? [0] : []));
  return cost(instance, planFrom(instance, orders) ?? { routes: [], unassigned: [] });
}

describe('[W1] who goes', () => {
  const wishes = [
    ['preferredEngineers', 'notPreferred', 'preference'],
    ['familiarEngineers', 'unfamiliar', 'familiarity'],
    ['territoryEngineers', 'outOfTerritory', 'territory'],
  ] as const;
  test.each(wishes)('%s: another one costs weights.%s', (list, weight, term) => {
    const plain = oneVisit({ [list]: [2] }, { [weight]: 70 });
    expect(costBy(plain, 0)).toMatchObject({ [term]: 70, total: 130 });
    expect(costBy(plain, 2)).toMatchObject({ [term]: 0, total: 60 });
    expect(whoGoes(plain)).toEqual([2]);
    expect(costBy(oneVisit({ [list]: [] }, { [weight]: 70 }), 0).total).toBe(60); // nobody in particular
  });

  test('a wish is no rule: where the one preferred cannot come, another does', () => {
    expect(whoGoes(oneVisit({ preferredEngineers: [2], excludedEngineers: [2] }, { notPreferred: 70 }))).toEqual([0]);
  });

  test('who is quicker fits where others do not', () => {
    const plain = oneVisit({ serviceSeconds: 50, serviceSecondsBy: [{ engineer: 1, seconds: 20 }] }, {});
    const short = { ...plain, engineers: plain.engineers.map(() => anEngineer({ shifts: [aShift({ to: 85 })] })) };
    expect(whoGoes(short)).toEqual([1]); // 30 s there, 20 s of work, 30 s back
    const [route] = solve(buildInstance(short), { iterations: 10, seed: 1 }).plan.routes;
    expect(route).toMatchObject({ homeAt: 80, stops: [{ startAt: 30, endAt: 50 }] });
  });
});

describe('[W5] setup at a site', () => {
  // Two visits at A, 30 s away, one at B, 50 s away; getting ready takes 20 s at A.
  const plain = onALine([0, 30, 50], {
    visits: [aVisit(1), aVisit(1), aVisit(2)],
    setupSeconds: [0, 20, 0],
  });
  const instance = buildInstance(plain);
  const timesOf = (order: number[]) =>
    planFrom(instance, [order])?.routes[0]?.stops.map((s) => [s.arriveAt, s.startAt]);

  test('is paid once for visits in a row, takes time and costs no travel', () => {
    expect(timesOf([0, 1, 2])).toEqual([
      [30, 50],
      [60, 60],
      [90, 90],
    ]);
    expect(timesOf([0, 2, 1])?.[2]).toEqual([110, 130]); // back at A it is all to be done again
    expect(cost(instance, planFrom(instance, [[0, 1, 2]]) ?? { routes: [], unassigned: [] }).total).toBe(100);
  });

  test('a plan that leaves it out is refused', () => {
    const plan = planFrom(buildInstance({ ...plain, setupSeconds: [0, 0, 0] }), [[0, 1, 2]]);
    expect(plan && checkPlan(instance, plan)).toEqual([{ kind: 'setup', engineer: 0, vehicle: 0, visit: 0, by: 20 }]);
  });

  test('a shift may not end where there is one', () => {
    expect(() => buildInstance({ ...plain, setupSeconds: [5, 0, 0] })).toThrow('setupSeconds[0]: a shift ends here');
    expect(() => buildInstance({ ...plain, setupSeconds: [0] })).toThrow('must have an entry for each of 3');
  });
});

test('[W3] even days cost less than a long one and a short one', () => {
  const day = (more: Partial<Weights>) =>
    onALine([0, 600], {
      engineers: [0, 1].map(() => anEngineer({ shifts: [aShift({ to: 36_000 })] })),
      visits: Array.from({ length: 6 }, () => aVisit(1, { serviceSeconds: 3_600 })),
      weights: { ...onlyTravel, unassignedByPriority: [100_000], ...more },
    });
  const found = (more: Partial<Weights>) => solve(buildInstance(day(more)), { iterations: 300, seed: 1 });
  const sizes = ({ plan }: ReturnType<typeof found>) => plan.routes.map(({ stops }) => stops.length).sort();
  expect(sizes(found({}))).toEqual([6]); // one way there and back is the least driving
  const even = found({ unevenHours: 90 });
  expect(sizes(even)).toEqual([3, 3]);
  expect(even.cost).toMatchObject({ fairness: 2 * 1_000, travel: 2_400 }); // twice 3 h 20 min: 90 x 11.1
});

test('[W4] uneven days at a weight of zero: the same plan as if nobody had thought of it', () => {
  fc.assert(
    fc.property(anyInstance({ visits: 6, engineers: 3, shifts: 2 }), (plain) => {
      const { unevenHours: _, ...weights } = plain.weights;
      const [never, off] = [weights, { ...weights, unevenHours: 0 }].map((each) =>
        solve(buildInstance({ ...plain, weights: each }), { iterations: 60, seed: 3 }),
      );
      expect(off?.cost.fairness).toBe(0);
      expect(off?.plan).toEqual(never?.plan);
    }),
    { numRuns: 60 },
  );
});

/** For each term that can be switched off: its weight at zero, and the problem as if nobody had ever heard of the term. */
const terms: readonly (readonly [keyof Cost, Partial<Weights>, (visit: PlainVisit) => PlainVisit])[] = [
  ['lateness', { lateSecond: 0 }, ({ due: _, ...visit }) => visit],
  ['urgency', { waitingSecondByPriority: [0, 0, 0] }, ({ waitingSince: _, ...visit }) => visit],
  ['downtime', { downtime: 0 }, ({ downtime: _, ...visit }) => visit],
  ['churn', { churnPerMovedVisit: 0 }, ({ previous: _, ...visit }) => visit],
  ['preference', { notPreferred: 0 }, ({ preferredEngineers: _, ...visit }) => visit],
  ['familiarity', { unfamiliar: 0 }, ({ familiarEngineers: _, ...visit }) => visit],
  ['territory', { outOfTerritory: 0 }, ({ territoryEngineers: _, ...visit }) => visit],
  ['hours', { outsidePreferred: 0 }, ({ preferred: _, ...visit }) => visit],
];

test.each(terms)('[W2] with its weight at zero the plan is the one without the term: %s', (term, zero, without) => {
  fc.assert(
    fc.property(anyInstance({ visits: 6, engineers: 3, shifts: 2 }), (plain) => {
      const off = { ...plain, weights: { ...plain.weights, ...zero } };
      const options = { iterations: 60, seed: 3 };
      const switchedOff = solve(buildInstance(off), options);
      const never = solve(buildInstance({ ...off, visits: off.visits.map(without) }), options);
      expect(switchedOff.cost[term]).toBe(0);
      expect(switchedOff.plan).toEqual(never.plan);
      expect(switchedOff.cost).toEqual(never.cost);
    }),
    { numRuns: 60 },
  );
});
