import { arriveBy } from '../planning/arrive-by.ts';
import { checkPlan } from '../solver/check-plan.ts';
import { findPlaces, type Place, placeVisit, takeOut } from '../solver/insertion.ts';
import { type Instance, ownInstance } from '../solver/instance.ts';
import type { PlainInstance } from '../solver/plain.ts';
import type { Plan, Refusal, Stop } from '../solver/plan.ts';
import { leftOutCost } from '../solver/pricing.ts';
import { repairPlan } from '../solver/repair.ts';
import { solve } from '../solver/search.ts';
import { standingPlan } from '../solver/standing.ts';
import { changesFrom, type Moved, type Told, toldBy } from '../solver/told.ts';
import { keepingPromises, promisesBroken } from './keep-promises.ts';

export interface PlacesQuestion {
  /** Is frozen. */
  readonly plain: PlainInstance;
  /** The plan in force. */
  readonly plan: Plan;
  readonly visit: number;
  /** By visit: how many seconds its work may well take longer than planned (p80). */
  readonly spreads: readonly number[];
  /** Visits that keep engineer and hour whatever it costs: hospitals were promised them. */
  readonly promised: readonly number[];
}

export interface PlaceFound extends Place {
  readonly departAt: number;
  /** There by then four times in five. */
  readonly arriveBy: number;
  /** Others who would start at a noticeably other time. */
  readonly moved: readonly Moved[];
  /** Others in time now who would be late. */
  readonly breaks: readonly number[];
}

export interface RoomFound extends PlaceFound {
  /** The plan with the visit there. */
  readonly plan: Plan;
}

export interface PlacesFound {
  /** Best of each engineer, cheapest first. */
  readonly places: readonly PlaceFound[];
  readonly refusals: readonly { readonly engineer: number; readonly reason: Refusal }[];
}

/** The best place of each engineer for a visit beside the plan in force, and who refuses it and why. Nobody else changes hands. */
export function bestPlaces({ plain, plan, visit, spreads }: PlacesQuestion): PlacesFound {
  const instance = ownInstance(plain);
  const base = standing(instance, plan);
  const found = findPlaces(instance, base, visit);
  const told = toldBy(instance, base, plain.weights.churnToleranceSeconds);
  const taken = new Set<number>();
  const places = found.places.flatMap((place): PlaceFound[] => {
    if (taken.has(place.engineer)) return [];
    taken.add(place.engineer);
    const after = placeVisit(instance, base, visit, place);
    return [{ ...place, ...about(instance, told, base, after, visit, spreads) }];
  });
  return { places, refusals: found.refusals };
}

/** The plan in force as it can still be driven. */
export function standing(instance: Instance, plan: Plan): Plan {
  return standingPlan(instance, plan) ?? solve(instance, { seed: 1, iterations: 0, start: plan }).plan;
}

/** Routes asked for a place: a hundred milliseconds or two. With 60,000 most urgent visits in a full day find no room. */
const LOOKS = 150_000;
/** Whoever asks waits no longer, on a busy machine either. */
const REPAIR_MS = 250;

/**
 * Room for the visit by moving up to three others: none that is frozen or promised, and nobody in time becomes late. The
 * cheapest way found; null where there is none. A plan that the independent checker objects to is no answer. `addedCost` is that of
 * all days together. With `now` it takes a quarter of a second at most.
 */
export function repairedPlace(question: PlacesQuestion, now?: () => number): RoomFound | null {
  const { plain, plan, visit, spreads, promised } = question;
  const present = standing(ownInstance(plain), plan);
  const instance = ownInstance(keepingPromises(plain, present, visit));
  const kept = new Set(promised);
  const without = takeOut(instance, present, visit);
  if (without.broken >= 0) return null; // the day it is in cannot be driven without it
  const before: Plan = { ...without, unassigned: [...without.unassigned, { visit, reason: 'cost' }] };
  const repair = repairPlan(instance, before, visit, {
    promised: (other) => kept.has(other),
    tooDear: 0,
    looks: LOOKS,
    ...(now ? { now, milliseconds: REPAIR_MS } : {}),
  });
  if (repair.at === null || repair.extra === null) return null;
  const broken = checkPlan(instance, repair.plan).filter(({ kind }) => kind !== 'missing');
  if (broken.length > 0) return null;
  const route = repair.plan.routes.find(({ vehicle }) => vehicle === repair.at?.vehicle);
  const position = route?.stops.findIndex((stop) => stop.visit === visit) ?? 0;
  const delta = repair.extra.total;
  const place: Place = { ...repair.at, position, addedCost: delta + leftOutCost(instance, visit), delta };
  const told = toldBy(instance, before, plain.weights.churnToleranceSeconds);
  return { ...place, ...about(instance, told, before, repair.plan, visit, spreads), plan: repair.plan };
}

function about(instance: Instance, told: Told, before: Plan, after: Plan, visit: number, spreads: readonly number[]) {
  const stops = after.routes.find((route) => route.stops.some((stop) => stop.visit === visit))?.stops ?? [];
  const k = stops.findIndex((stop) => stop.visit === visit);
  const latest = arriveBy(
    stops,
    stops.map((stop) => spreads[stop.visit] ?? 0),
  );
  const stop = stops[k] as Stop;
  return {
    departAt: stop.departAt,
    arriveBy: latest[k] ?? stop.arriveAt,
    moved: changesFrom(told, before, after).moved.filter((one) => one.visit !== visit),
    breaks: promisesBroken(instance.plain, before, after).filter((other) => other !== visit),
  };
}
