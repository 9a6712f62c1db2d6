import type { Instance } from './instance.ts';
import type { Route } from './plan.ts';
import { departureFor, earliestDeparture, setOutAt } from './schedule.ts';

/** The fast side of the objective, over packed numbers. The slow side is cost.ts; tests hold the two together. */

/** Lateness, urgency and downtime of a visit whose service starts at `startAt`. */
export function waitingCost(instance: Instance, visit: number, startAt: number): number {
  let cost = startAt > instance.due(visit) ? instance.latePerSecond(visit) * (startAt - instance.due(visit)) : 0;
  const since = instance.waitingSince(visit);
  if (startAt > since) cost += instance.waitingPerSecond(visit) * (startAt - since);
  const last = instance.firstSegment(visit + 1);
  for (let k = instance.firstSegment(visit); k < last; k++) {
    const from = instance.segmentFrom(k);
    if (from >= startAt) break;
    const to = k + 1 < last ? Math.min(startAt, instance.segmentFrom(k + 1)) : startAt;
    cost += instance.segmentPerSecond(k) * (to - from);
  }
  return cost;
}

function hoursCost(instance: Instance, visit: number, startAt: number): number {
  const last = instance.firstPreferred(visit + 1);
  const first = instance.firstPreferred(visit);
  for (let k = first; k < last; k++)
    if (instance.preferredFrom(k) <= startAt && startAt <= instance.preferredTo(k)) return 0;
  return first === last ? 0 : (instance.plain.weights.outsidePreferred ?? 0);
}

/** Everything about one stop but the way to it. */
export function stopCost(instance: Instance, visit: number, engineer: number, startAt: number): number {
  let cost = waitingCost(instance, visit, startAt) + instance.engineerCost(engineer, visit);
  if (instance.prefersHours(visit)) cost += hoursCost(instance, visit, startAt);
  const promisedTo = instance.previousEngineer(visit);
  if (promisedTo < 0) return cost;
  const { churnPerMovedVisit, churnToleranceSeconds } = instance.plain.weights;
  const kept = promisedTo === engineer && Math.abs(startAt - instance.previousStart(visit)) <= churnToleranceSeconds;
  return kept ? cost : cost + churnPerMovedVisit;
}

/** A visit left out waits to the end of the horizon, breaks its promise, and pays for its priority. */
export function leftOutCost(instance: Instance, visit: number): number {
  const { weights, visits } = instance.plain;
  const churn = instance.previousEngineer(visit) < 0 ? 0 : weights.churnPerMovedVisit;
  const priority = visits[visit]?.priority as number;
  const penalty = instance.isMandatory(visit)
    ? instance.mandatoryPenalty
    : (weights.unassignedByPriority[priority] as number);
  return waitingCost(instance, visit, instance.horizonEnd) + churn + penalty;
}

export function homeLegCost(instance: Instance, vehicle: number, location: number, ready: number): number {
  const home = instance.endLocation(vehicle);
  if (home < 0) return 0;
  if (instance.speeds === null) return instance.legCost(location, home);
  return instance.legCostAt(location, home, earliestDeparture(instance, vehicle, ready, location, home));
}

/** Of the leg to a service that begins at `startAt`, for somebody who may leave at `ready`. */
export function wayCost(
  instance: Instance,
  vehicle: number,
  ready: number,
  from: number,
  to: number,
  startAt: number,
): number {
  if (instance.speeds === null) return instance.legCost(from, to);
  return instance.legCostAt(from, to, departureFor(instance, vehicle, ready, from, to, startAt));
}

export function overtimeCost(instance: Instance, vehicle: number, homeAt: number): number {
  return instance.plain.weights.overtimeSecond * Math.max(0, homeAt - instance.shiftEnd(vehicle));
}

/** Of a shift with visits: the cost of having any, and of the hours from setting out until home. */
export function shiftCost(instance: Instance, vehicle: number, setOutAt: number, homeAt: number): number {
  const hours = workCost(instance, Math.max(0, homeAt - setOutAt));
  return instance.fixedCost(vehicle) + hours + overtimeCost(instance, vehicle, homeAt);
}

/** Of so many seconds between setting out and being home. */
export function workCost(instance: Instance, seconds: number): number {
  const { workSecond = 0, unevenHours = 0 } = instance.plain.weights;
  return workSecond * seconds + (unevenHours === 0 ? 0 : Math.floor((unevenHours * seconds * seconds) / HOUR_SQUARED));
}
const HOUR_SQUARED = 3_600 * 3_600;

/** What a shift costs without visits: the way from where the engineer is to where the day ends, zero for most. */
export function idleCost(instance: Instance, vehicle: number): number {
  const home = instance.endLocation(vehicle);
  const free = instance.earliestDeparture(vehicle);
  return home < 0 ? 0 : instance.legCostAt(instance.startLocation(vehicle), home, free);
}

/** Cost of one route from its order and start times (as `timeRoute` gives them). */
export function routeCost(
  instance: Instance,
  vehicle: number,
  visits: readonly number[],
  starts: Float64Array,
  homeAt: number,
): number {
  if (visits.length === 0) return idleCost(instance, vehicle);
  const engineer = instance.engineerOf(vehicle);
  let cost = shiftCost(instance, vehicle, setOutAt(instance, vehicle, visits, starts), homeAt);
  let location = instance.startLocation(vehicle);
  let ready = instance.earliestDeparture(vehicle);
  for (let i = 0; i < visits.length; i++) {
    const visit = visits[i] as number;
    const startAt = starts[i] as number;
    cost += wayCost(instance, vehicle, ready, location, instance.locationOf(visit), startAt);
    cost += stopCost(instance, visit, engineer, startAt);
    location = instance.locationOf(visit);
    ready = Math.max(ready, startAt + instance.serviceSeconds(visit, vehicle));
  }
  return cost + homeLegCost(instance, vehicle, location, ready);
}

/** By the plan's own times, which may be later than need be. */
export function plannedCost(instance: Instance, vehicle: number, route: Route | undefined): number {
  if (route === undefined) return idleCost(instance, vehicle);
  const starts = Float64Array.from(route.stops, (stop) => stop.startAt);
  const order = route.stops.map(({ visit }) => visit);
  return routeCost(instance, vehicle, order, starts, route.homeAt);
}
