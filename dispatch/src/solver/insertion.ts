import { shiftRefusal } from './candidates.ts';
import { type HeldPlan, heldAround } from './held-plan.ts';
import type { Instance } from './instance.ts';
import { Lanes } from './lanes.ts';
import { type Plan, REFUSALS, type Refusal, type Route, type Stop, type UnassignedReason } from './plan.ts';
import { leftOutCost, plannedCost, routeCost } from './pricing.ts';
import { NEVER, timeRoute } from './schedule.ts';
import { timedRoute } from './timed-route.ts';

/** One way to serve one more visit: at `position` in the order of `vehicle`. */
export interface Place {
  readonly vehicle: number;
  readonly engineer: number;
  readonly position: number;
  readonly arriveAt: number;
  readonly startAt: number;
  readonly endAt: number;
  /** What the route costs more: driving, waiting, overtime, promises broken, delays of the visits after it. */
  readonly addedCost: number;
  /** Change of the whole plan's cost: `addedCost` less the cost of leaving the visit out. */
  readonly delta: number;
}

export interface Places {
  readonly visit: number;
  /** Cheapest first; then the earlier start, the lower vehicle, the earlier position. */
  readonly places: readonly Place[];
  readonly best: Place | null;
  /** The engineers without any place, each with the first reason. */
  readonly refusals: readonly { readonly engineer: number; readonly reason: Refusal }[];
  readonly leftOutCost: number;
}

/**
 * Every place for one visit in a plan, in one scan; a visit already in the plan is taken out first (`takeOut`). Visits before
 * and after a place keep their order and start as early as they can, those it is tied to when they do now. Where the visit's old route cannot be driven without it,
 * the only places are in that route: anywhere else (refused for "travel") would leave it broken.
 */
export function findPlaces(instance: Instance, plan: Plan, visit: number): Places {
  if (!(visit >= 0 && visit < instance.visitCount)) throw new Error(`there is no visit ${visit}`);
  if (instance.frozenVehicle(visit) >= 0) throw new Error(`visit ${visit} is frozen: it has its place`);
  const base = takeOut(instance, plan, visit);
  const routes = new Map(base.routes.map((route) => [route.vehicle, route]));
  const held = heldAround(instance, plan, visit);
  const scan: Scan = {
    visit,
    routes,
    held,
    lanes: new Lanes(held.instance),
    broken: base.broken,
    leftOutCost: leftOutCost(instance, visit),
  };
  const places: Place[] = [];
  const refusals: { engineer: number; reason: Refusal }[] = [];
  let free: Scan | null = null; // made when first needed

  for (let engineer = 0; engineer < instance.engineerCount; engineer++) {
    let reason = instance.refusalOf(engineer, visit);
    if (reason === null) {
      const found = placesOf(instance, scan, engineer);
      reason = found.reason;
      places.push(...found.places);
    }
    if (reason === 'travel' && isEverBusy(instance, engineer)) {
      free ??= withoutUnavailability(scan);
      if (placesOf(instance.withoutUnavailability(), free, engineer).places.length > 0) reason = 'unavailable';
    }
    if (reason !== null) refusals.push({ engineer, reason });
  }
  places.sort((a, b) => a.delta - b.delta || a.startAt - b.startAt || a.vehicle - b.vehicle || a.position - b.position);
  return { visit, places, best: places[0] ?? null, refusals, leftOutCost: scan.leftOutCost };
}

/** The plan with the visit at that place; only that route changes. The other unassigned visits keep their reasons. */
export function placeVisit(instance: Instance, plan: Plan, visit: number, place: Place): Plan {
  const base = takeOut(instance, plan, visit);
  const held = heldAround(instance, plan, visit).instance;
  const order = orderOf(base.routes.find((route) => route.vehicle === place.vehicle)).toSpliced(
    place.position,
    0,
    visit,
  );
  const starts = new Float64Array(order.length);
  const homeAt = timeRoute(held, place.vehicle, order, starts);
  if (homeAt === NEVER) throw new Error(`visit ${visit} does not fit at ${place.position} of vehicle ${place.vehicle}`);
  const routes = base.routes.filter((route) => route.vehicle !== place.vehicle);
  routes.push(timedRoute(held, place.vehicle, order, starts, homeAt));
  routes.sort((a, b) => a.vehicle - b.vehicle);
  return { routes, unassigned: base.unassigned.filter((entry) => entry.visit !== visit) };
}

export interface WithoutVisit {
  readonly routes: readonly Route[];
  readonly unassigned: Plan['unassigned'];
  /** The vehicle whose route cannot be driven without the visit (the way by it was the quicker one), or -1. */
  readonly broken: number;
}

/**
 * The plan without the visit (it is in no route and not named as unassigned either). Its route is timed anew; a broken one
 * keeps the times it had.
 */
export function takeOut(instance: Instance, plan: Plan, visit: number): WithoutVisit {
  const held = heldAround(instance, plan, visit).instance;
  let broken = -1;
  const without = (route: Route): Route[] => {
    const stops = route.stops.filter((stop) => stop.visit !== visit);
    if (stops.length === route.stops.length) return [route];
    if (stops.length === 0) return [];
    const order = stops.map((stop) => stop.visit);
    const starts = new Float64Array(order.length);
    const homeAt = timeRoute(held, route.vehicle, order, starts);
    if (homeAt !== NEVER) return [timedRoute(held, route.vehicle, order, starts, homeAt)];
    broken = route.vehicle;
    const had = Float64Array.from(stops, (stop) => stop.startAt);
    return [timedRoute(instance, route.vehicle, order, had, route.homeAt)];
  };
  const routes = plan.routes.flatMap(without);
  return { routes, unassigned: plan.unassigned.filter((entry) => entry.visit !== visit), broken };
}

/** In one word why a visit has no place: of all engineers the reason that was asked last. */
export function closestRefusal({ places, refusals }: Places): UnassignedReason {
  if (places.length > 0) return 'cost';
  const closest = Math.max(...refusals.map(({ reason }) => REFUSALS.indexOf(reason)));
  return refusals.length === 0 ? 'nobody' : (REFUSALS[closest] as Refusal);
}

/** What stays the same during one scan. */
interface Scan {
  readonly visit: number;
  readonly routes: ReadonlyMap<number, Route>;
  readonly held: HeldPlan;
  /** Of the held instance. */
  readonly lanes: Lanes;
  readonly broken: number;
  readonly leftOutCost: number;
}

/** `reason` when there is no place: shift, window or release if every shift refuses, by the one that came furthest; else travel. */
function placesOf(instance: Instance, scan: Scan, engineer: number) {
  const places: Place[] = [];
  let furthest = REFUSALS.indexOf('shift');
  for (let vehicle = instance.firstVehicleOf(engineer); vehicle < instance.firstVehicleOf(engineer + 1); vehicle++) {
    const full = overloaded(instance, vehicle, [...orderOf(scan.routes.get(vehicle)), scan.visit]);
    const refusal =
      shiftRefusal(instance, vehicle, scan.visit) ?? (full ? 'capacity' : tieRefusal(scan, vehicle)) ?? 'travel';
    furthest = Math.max(furthest, REFUSALS.indexOf(refusal));
    const open = scan.broken < 0 || scan.broken === vehicle;
    if (refusal === 'travel' && open) places.push(...placesIn(scan, vehicle));
  }
  return { places, reason: places.length > 0 ? null : (REFUSALS[furthest] as Refusal) };
}

function tieRefusal({ held, visit }: Scan, vehicle: number): Refusal | null {
  const { instance, refuses } = held;
  const never = refuses(instance.engineerOf(vehicle)) || shiftRefusal(instance, vehicle, visit) !== null;
  return never ? 'link' : null;
}

function withoutUnavailability(scan: Scan): Scan {
  const instance = scan.held.instance.withoutUnavailability();
  return { ...scan, held: { ...scan.held, instance }, lanes: new Lanes(instance) };
}

/** A place that the quick question lets through is timed in full. An order that cannot be driven as it is (`broken`) is not asked. */
function placesIn(scan: Scan, vehicle: number): Place[] {
  const { lanes } = scan;
  const { instance } = lanes;
  const route = scan.routes.get(vehicle);
  const engineer = instance.engineerOf(vehicle);
  const before = plannedCost(instance, vehicle, route);
  const others = orderOf(route);
  const starts = new Float64Array(others.length + 1);
  const places: Place[] = [];
  const lane = lanes.ofRoute(vehicle, route);
  for (let position = 0; position <= others.length; position++) {
    if (lane !== null && !lanes.fits(lane, scan.visit, position)) continue;
    const order = others.toSpliced(position, 0, scan.visit);
    const homeAt = timeRoute(instance, vehicle, order, starts);
    if (homeAt === NEVER) continue;
    const { arriveAt, startAt, endAt } = timedRoute(instance, vehicle, order, starts, homeAt).stops[position] as Stop;
    const addedCost = routeCost(instance, vehicle, order, starts, homeAt) - before;
    const delta = addedCost - scan.leftOutCost;
    places.push({ vehicle, engineer, position, arriveAt, startAt, endAt, addedCost, delta });
  }
  return places;
}

function isEverBusy(instance: Instance, engineer: number): boolean {
  const [from, to] = [instance.firstVehicleOf(engineer), instance.firstVehicleOf(engineer + 1)];
  return instance.firstBusy(from) < instance.firstBusy(to);
}

function orderOf(route: Route | undefined): number[] {
  return route?.stops.map((stop) => stop.visit) ?? [];
}

function overloaded(instance: Instance, vehicle: number, order: readonly number[]): boolean {
  for (let kind = 0; kind < instance.kindCount; kind++) {
    const load = order.reduce((sum, visit) => sum + instance.amount(visit, kind), 0);
    if (load > instance.capacity(vehicle, kind)) return true;
  }
  return false;
}
