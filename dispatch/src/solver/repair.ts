import { type Cost, cost } from './cost.ts';
import { findPlaces, type Place, type Places, placeVisit } from './insertion.ts';
import type { Instance } from './instance.ts';
import type { Plan, Refusal } from './plan.ts';
import { MOST_MOVED, type SearchLimits, searchAround } from './repair-search.ts';
import { changesFrom, type PlanChanges, type Told, toldBy } from './told.ts';

export interface RepairOptions extends SearchLimits {
  /** Seconds a start may shift without being moved. Default: `weights.churnToleranceSeconds`. */
  readonly toleranceSeconds?: number;
  /** Others are moved only where a place without that adds more than this, in cost units. Default: only where there is none. */
  readonly tooDear?: number;
}

/**
 *   promise   has places, but each takes a promised visit from its hour
 *   moves     has places, but each moves more visits than allowed
 */
export type RepairRefusal = Refusal | 'promise' | 'moves';

export interface Repair extends PlanChanges {
  /** `insertion`: nobody goes anywhere else. `repair`: others change places. `none`: it stays out, and the plan is as it was. */
  readonly by: 'insertion' | 'repair' | 'none';
  readonly plan: Plan;
  /** Where the visit is now. */
  readonly at: {
    readonly vehicle: number;
    readonly engineer: number;
    readonly arriveAt: number;
    readonly startAt: number;
    readonly endAt: number;
  } | null;
  /** By term, against the plan handed in, in which the visit, if it had no place, cost what leaving it out costs. */
  readonly extra: Cost | null;
  /** The engineers whose days cannot take the visit as they are, each with a reason. */
  readonly refusals: readonly { readonly engineer: number; readonly reason: RepairRefusal }[];
  /** Routes asked for a place. */
  readonly looks: number;
}

/**
 * One more visit in a plan: at its cheapest place; or, where it has none (or only a dear one), with a few others moved to make
 * room. At most `maxMoved` others move, none that is frozen or promised; nobody is dropped, and routes that do not change
 * are the ones handed in. A visit already in the plan is taken out first.
 */
export function repairPlan(instance: Instance, plan: Plan, visit: number, options: RepairOptions = {}): Repair {
  const { maxMoved = MOST_MOVED, promised = nobody, tooDear = Number.POSITIVE_INFINITY } = options;
  const places = findPlaces(instance, plan, visit);
  const told = toldBy(instance, plan, options.toleranceSeconds ?? instance.plain.weights.churnToleranceSeconds);
  const judge: Judge = { instance, plan, visit, told, maxMoved, promised };
  const { place, refusals } = admissible(judge, places);
  const inserted = place === null ? null : { plan: placeVisit(instance, plan, visit, place), moves: false };

  let found = inserted;
  let looks = 0;
  if (place === null || place.addedCost > tooDear) {
    const searched = searchAround(instance, plan, visit, told, options);
    looks = searched.looks;
    const { draft } = searched;
    if (draft !== null) {
      const moves = draft.ejected.length > 0;
      const repaired = { plan: searched.planOf(draft), moves };
      const price = (one: Plan) => cost(instance, one).total;
      if (found === null || price(repaired.plan) < price(found.plan)) found = repaired;
    }
  }
  if (found === null) return { by: 'none', plan, at: null, extra: null, refusals, looks, moved: [], shifted: [] };
  return {
    by: found.moves ? 'repair' : 'insertion',
    plan: found.plan,
    at: placeIn(found.plan, visit),
    extra: difference(cost(instance, found.plan), cost(instance, plan)),
    refusals,
    looks,
    ...changesFrom(told, plan, found.plan),
  };
}

const nobody = () => false;

/** What stays the same during one repair. */
interface Judge {
  readonly instance: Instance;
  readonly plan: Plan;
  readonly visit: number;
  readonly told: Told;
  readonly maxMoved: number;
  readonly promised: (visit: number) => boolean;
}

/** The cheapest place that keeps every promise and moves few enough, and who has none, and why. */
function admissible(judge: Judge, { places, refusals }: Places) {
  const reasons = new Map<number, RepairRefusal | null>();
  let best: Place | null = null;
  for (const place of places) {
    const { engineer } = place;
    if (reasons.get(engineer) === null) continue;
    const reason = objection(judge, place);
    if (reason === null) best ??= place;
    if (reason !== 'promise' || !reasons.has(engineer)) reasons.set(engineer, reason);
  }
  const more = [...reasons].flatMap(([engineer, reason]) => (reason === null ? [] : [{ engineer, reason }]));
  const all: Repair['refusals'] = [...refusals, ...more].sort((a, b) => a.engineer - b.engineer);
  return { place: best, refusals: all };
}

/** A place is taken by timing the route anew: visits after it start later, those after the old place sooner. */
function objection({ instance, plan, visit, told, maxMoved, promised }: Judge, place: Place): RepairRefusal | null {
  const { moved } = changesFrom(told, plan, placeVisit(instance, plan, visit, place));
  const others = moved.filter((one) => one.visit !== visit);
  if (others.some((one) => promised(one.visit))) return 'promise';
  return others.length > maxMoved ? 'moves' : null;
}

function placeIn(plan: Plan, visit: number): Repair['at'] {
  for (const { vehicle, engineer, stops } of plan.routes) {
    const stop = stops.find((one) => one.visit === visit);
    if (stop !== undefined)
      return { vehicle, engineer, arriveAt: stop.arriveAt, startAt: stop.startAt, endAt: stop.endAt };
  }
  return null;
}

function difference(a: Cost, b: Cost): Cost {
  const terms = Object.keys(a) as (keyof Cost)[];
  return Object.fromEntries(terms.map((term) => [term, a[term] - b[term]])) as unknown as Cost;
}
