import { checkPlan } from '../../../dispatch/src/solver/check-plan.ts';
import { cost } from '../../../dispatch/src/solver/cost.ts';
import { findPlaces, placeVisit } from '../../../dispatch/src/solver/insertion.ts';
import { buildInstance, type Instance, type PlainInstance } from '../../../dispatch/src/solver/instance.ts';
import type { Plan } from '../../../dispatch/src/solver/plan.ts';
import { repairPlan } from '../../../dispatch/src/solver/repair.ts';
import { solve } from '../../../dispatch/src/solver/search.ts';
import { FAMILIES, type Family, tightProblem } from './urgent.ts';

/**
 * Visits that come one by one into a full plan: 580 of 600 customers are planned, no van is to spare, the other 20 call. Each
 * of them is placed four ways, every way going on from its own plan: by the cheapest place alone; by `repairPlan`, where the
 * promise is the customer's window; by `repairPlan` where everybody was told an hour (15 minutes either way) and a third may
 * not be moved at all; and by a search over everything from the plan in force, which may move whom it likes.
 *   tight   the fewest vans found for the 580
 *   day     the fewest found for all 600, as if the day had been foreseen
 */
const KNOWN = 580;
const ALL = 600;
const MOST_VANS = 120;
const QUARTER = 900;
/** A place that adds more driving than that is worth ringing somebody for. */
const DEAR = 20 * 60;
/** What the search over everything may take for each visit: about what VROOM 1.x at -x 0 was measured to take. */
const SEARCH_MS = 300;
const isPromised = (visit: number) => visit % 3 === 0;

type Fleet = 'tight' | 'day';
interface Way {
  readonly name: string;
  readonly tolerance: number;
  readonly promised: (visit: number) => boolean;
  place(instance: Instance, plan: Plan, visit: number): Plan;
}
interface Tally {
  placed: number;
  extra: number; // minutes of driving
  moved: number[];
  broken: number;
  ms: number[];
}

export function runUrgent(seeds: readonly number[], seconds: number, now: () => number): void {
  const ways: readonly Way[] = [
    way('cheapest place', Infinity, (instance, plan, visit) => {
      const { best } = findPlaces(instance, plan, visit);
      return best === null ? plan : placeVisit(instance, plan, visit, best);
    }),
    way(
      'repair, windows',
      Infinity,
      (instance, plan, visit) => repairPlan(instance, plan, visit, { toleranceSeconds: Infinity, tooDear: DEAR }).plan,
    ),
    way(
      'repair, hours told',
      QUARTER,
      (instance, plan, visit) =>
        repairPlan(instance, plan, visit, { toleranceSeconds: QUARTER, tooDear: DEAR, promised: isPromised }).plan,
    ),
    way(
      `search, ${SEARCH_MS} ms`,
      Infinity,
      (instance, plan, visit) => solve(instance, { seed: visit, milliseconds: SEARCH_MS, now, start: plan }).plan,
    ),
  ];
  const totals = new Map<string, Tally[]>();
  const builds: number[] = [];
  const answers: number[] = [];
  for (const seed of seeds) {
    for (const family of FAMILIES) {
      for (const fleet of ['tight', 'day'] as const) {
        const { plain, plan } = planned(family, fleet, seed, seconds, now);
        // Instances as they are when each visit calls; the first one also warms the code up, as a service is.
        const instances = Array.from({ length: ALL - KNOWN }, (_, k) => {
          const began = now();
          const instance = buildInstance({ ...plain, visits: plain.visits.slice(0, KNOWN + k + 1) });
          builds.push(now() - began);
          return instance;
        });
        for (const instance of instances) repairPlan(instance, plan, KNOWN);
        instances.forEach((instance, k) => {
          const began = now();
          findPlaces(instance, plan, KNOWN + k);
          answers.push(now() - began);
        });
        console.log(
          `${family} seed ${seed}, ${fleet}: ${plan.routes.length} vans, ${minutes(instances[0], plan)} min of driving`,
        );
        for (const one of ways) {
          const tally = arrivals(one, instances, plan, now);
          const key = `${fleet}: ${one.name}`;
          totals.set(key, [...(totals.get(key) ?? []), tally]);
          report(`  ${one.name}`, [tally]);
        }
      }
    }
  }
  console.log(
    `\nfirst answer (every place or every reason): ${milliseconds(answers)}; instance built: ${milliseconds(builds)}`,
  );
  for (const [name, tallies] of totals) report(name, tallies);
}

function way(name: string, tolerance: number, place: Way['place']): Way {
  return { name, tolerance, promised: tolerance === Infinity ? () => false : isPromised, place };
}

/** The plan of those known, each of its vans in use. */
function planned(family: Family, fleet: Fleet, seed: number, seconds: number, now: () => number) {
  const plain = tightProblem(family, seed, ALL, MOST_VANS);
  const known = { ...plain, visits: plain.visits.slice(0, KNOWN) };
  const search = (one: PlainInstance) => solve(buildInstance(one), { seed, milliseconds: 1000 * seconds, now }).plan;
  const foreseen = search(fleetFirst(fleet === 'tight' ? known : plain));
  const vans = plain.engineers.slice(0, foreseen.routes.length);
  const found = fleet === 'tight' ? foreseen : search({ ...known, engineers: vans });
  if (found.unassigned.length > 0)
    throw new Error(`${family} ${seed}: ${found.unassigned.length} of the known have no van`);
  const routes = found.routes.map((route, van) => ({ ...route, vehicle: van, engineer: van }));
  const plan: Plan = { routes, unassigned: [] };
  return { plain: { ...plain, engineers: vans.slice(0, routes.length) }, plan };
}

/** Each van costs more than any way about. */
function fleetFirst(plain: PlainInstance): PlainInstance {
  return {
    ...plain,
    engineers: plain.engineers.map(({ skills, shifts }) => ({
      skills,
      shifts: shifts.map((shift) => ({ ...shift, fixedCost: 1_000_000 })),
    })),
    weights: { ...plain.weights, unassignedByPriority: [10_000_000] },
  };
}

function arrivals(one: Way, instances: readonly Instance[], start: Plan, now: () => number): Tally {
  const tally: Tally = { placed: 0, extra: 0, moved: [], broken: 0, ms: [] };
  let plan = start;
  instances.forEach((instance, k) => {
    const visit = KNOWN + k;
    const named = { ...plan, unassigned: [...plan.unassigned, { visit, reason: 'cost' as const }] };
    const began = now();
    const after = one.place(instance, named, visit);
    tally.ms.push(now() - began);
    const wrong = checkPlan(instance, after);
    if (wrong.length > 0) throw new Error(`${one.name}, visit ${visit}: ${JSON.stringify(wrong.slice(0, 3))}`);
    if (after.routes.some(({ stops }) => stops.some((stop) => stop.visit === visit)))
      tally.moved.push(movedBetween(plan, after, one.tolerance, () => true));
    tally.broken += movedBetween(plan, after, one.tolerance, one.promised);
    plan = after;
  });
  const last = instances.at(-1) as Instance;
  tally.placed = ALL - KNOWN - plan.unassigned.length;
  tally.extra = minutes(last, plan) - minutes(last, start);
  return tally;
}

/** Counted here from the two plans alone: in another van, out of the plan, or further than the tolerance from the start before. */
function movedBetween(before: Plan, after: Plan, tolerance: number, counts: (visit: number) => boolean): number {
  const starts = new Map(
    after.routes.flatMap(({ vehicle, stops }) => stops.map(({ visit, startAt }) => [visit, { vehicle, startAt }])),
  );
  let moved = 0;
  for (const { vehicle, stops } of before.routes) {
    for (const { visit, startAt } of stops) {
      const now = starts.get(visit);
      const same = now?.vehicle === vehicle && Math.abs(now.startAt - startAt) <= tolerance;
      if (!same && counts(visit)) moved++;
    }
  }
  return moved;
}

const minutes = (instance: Instance | undefined, plan: Plan) =>
  instance === undefined ? 0 : Math.round(cost(instance, plan).travel / 60);

function report(name: string, tallies: readonly Tally[]): void {
  const sum = (of: (tally: Tally) => number) => tallies.reduce((total, tally) => total + of(tally), 0);
  const placed = sum(({ placed }) => placed);
  const moved = tallies.flatMap((tally) => tally.moved);
  console.log(
    `${name.padEnd(26)} ${(placed / tallies.length).toFixed(1).padStart(5)} of ${ALL - KNOWN} placed, ` +
      `${(sum(({ extra }) => extra) / Math.max(1, placed)).toFixed(1)} min more driving each, ` +
      `others moved ${quantile(moved, 0.5)} (most ${Math.max(0, ...moved)}), ${sum(({ broken }) => broken)} promises broken, ` +
      `${milliseconds(tallies.flatMap(({ ms }) => ms))}`,
  );
}

function quantile(list: readonly number[], share: number): number {
  const sorted = [...list].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

const milliseconds = (list: readonly number[]) =>
  `CPU ms p50 ${quantile(list, 0.5).toFixed(1)}, p99 ${quantile(list, 0.99).toFixed(1)}`;
