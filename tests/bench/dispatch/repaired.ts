import { bestPlaces, repairedPlace } from '../../../dispatch/src/offers/best-places.ts';
import { promisesBroken, startsOf } from '../../../dispatch/src/offers/keep-promises.ts';
import { checkPlan } from '../../../dispatch/src/solver/check-plan.ts';
import { findPlaces, type Place, placeVisit } from '../../../dispatch/src/solver/insertion.ts';
import { buildInstance } from '../../../dispatch/src/solver/instance.ts';
import type { PlainInstance } from '../../../dispatch/src/solver/plain.ts';
import type { Plan } from '../../../dispatch/src/solver/plan.ts';

import { solve } from '../../../dispatch/src/solver/search.ts';
import { changesFrom, toldBy } from '../../../dispatch/src/solver/told.ts';

import { cpu, ms, quantile, row } from './figures.ts';

interface Tally {
  placed: number;
  inTime: number;
  readonly moved: number[];
  broken: number;
  wrong: number;
  readonly ms: number[];
  total: number;
}

/**
 * `urgent` visits come one by one into a plan of the others. Each way goes on from its own plans: the cheapest place alone;
 * the repair (at most three others move, nobody in time becomes late); the whole region solved from scratch.
 */
export function repairAgainstScratch(all: PlainInstance, known: number, seed: number, scratchMs: number): void {
  const calls = all.visits.length - known;
  const first = solve(buildInstance({ ...all, visits: all.visits.slice(0, known) }), {
    seed,
    milliseconds: 2_000,
    now: cpu,
  }).plan;
  console.log(`\n${calls} urgent visits one by one into the plan of ${known}, processor time of one thread`);
  row('  way', 'placed', 'in time', 'others moved', 'promises broken', 'time');
  // The first few compile the code of a fresh process.
  const warming: Tally = { placed: 0, inTime: 0, moved: [], broken: 0, wrong: 0, ms: [], total: 0 };
  for (let k = 0; k < 5; k++) for (const way of Object.values(WAYS)) step(all, first, known, warming, way, seed, 50);
  for (const [name, way] of Object.entries(WAYS)) {
    const tally: Tally = { placed: 0, inTime: 0, moved: [], broken: 0, wrong: 0, ms: [], total: 0 };
    let plan = first;
    for (let k = 0; k < calls; k++) plan = step(all, plan, known + k, tally, way, seed, scratchMs);
    if (tally.wrong > 0) throw new Error(`${name}: ${tally.wrong} rules broken`);
    const most = Math.max(...tally.moved);
    row(
      `  ${name.replace('MS', String(scratchMs))}`,
      `${tally.placed} of ${calls}`,
      tally.inTime,
      `${quantile(tally.moved, 0.5)}, most ${most}`,
      tally.broken,
      `p50 ${ms(quantile(tally.ms, 0.5))}, p99 ${ms(quantile(tally.ms, 0.99))}`,
    );
  }
}

function step(
  all: PlainInstance,
  before: Plan,
  visit: number,
  tally: Tally,
  way: Way,
  seed: number,
  scratchMs: number,
): Plan {
  const starts = startsOf(before);
  const engineerOf = new Map(
    before.routes.flatMap(({ engineer, stops }) => stops.map((stop) => [stop.visit, engineer])),
  );
  const visits = all.visits.slice(0, visit + 1).map((one, v) => {
    const startAt = starts.get(v);
    return startAt === undefined ? one : { ...one, previous: { engineer: engineerOf.get(v) as number, startAt } };
  });
  const plain = { ...all, visits };
  const base: Plan = { ...before, unassigned: [...before.unassigned, { visit, reason: 'cost' }] };
  const began = cpu();
  const after = way(plain, base, visit, seed, scratchMs);
  tally.ms.push(cpu() - began);
  const instance = buildInstance(plain);
  tally.wrong += checkPlan(instance, after).filter(({ kind }) => kind !== 'missing').length;
  const startAt = startsOf(after).get(visit);
  tally.placed += startAt === undefined ? 0 : 1;
  tally.inTime += startAt !== undefined && startAt <= (plain.visits[visit]?.due ?? Number.POSITIVE_INFINITY) ? 1 : 0;
  const told = toldBy(instance, base, plain.weights.churnToleranceSeconds);
  tally.moved.push(changesFrom(told, base, after).moved.filter((one) => one.visit !== visit).length);
  tally.broken += promisesBroken(plain, base, after).length;
  return after;
}

type Way = (plain: PlainInstance, base: Plan, visit: number, seed: number, scratchMs: number) => Plan;

const WAYS: Record<string, Way> = {
  'the cheapest place alone': (plain, base, visit) => {
    const instance = buildInstance(plain);
    const { best } = findPlaces(instance, base, visit);
    return best === null ? base : placeVisit(instance, base, visit, best);
  },
  'repair, as the service answers': (plain, base, visit) => {
    const asked = { plain, plan: base, visit, spreads: [], promised: [] };
    const { places } = bestPlaces(asked);
    const due = plain.visits[visit]?.due ?? Number.POSITIVE_INFINITY;
    const good = places.find(
      ({ startAt, breaks, moved }) => startAt <= due && breaks.length === 0 && moved.length <= 3,
    );
    const calm = places.find(({ breaks, moved }) => breaks.length === 0 && moved.length <= 3);
    const put = (place: Place | undefined) => place && placeVisit(buildInstance(plain), base, visit, place);
    return put(good) ?? repairedPlace(asked, cpu)?.plan ?? put(calm ?? places[0]) ?? base;
  },
  'the region solved from scratch, MS ms': (plain, _base, _visit, seed, scratchMs) =>
    solve(buildInstance(plain), { seed, milliseconds: scratchMs, now: cpu }).plan,
};
