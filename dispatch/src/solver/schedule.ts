import type { Instance } from './instance.ts';
import { cheapestTimes } from './waiting.ts';

/** No such moment. */
export const NEVER = Number.POSITIVE_INFINITY;

/**
 * Times in a route follow one recurrence, each as early as the rules allow:
 *   depart_i = first moment from end_(i-1) on with the whole leg outside unavailable time
 *   start_i  = first moment from max(arrival of depart_i, release) on, in a window, with the whole service outside it too
 *   end_i    = start_i + service
 * Each step is non-decreasing in the one before (waiting never lets anybody arrive sooner), and lateness, downtime and
 * overtime never fall with time: so for a given order these are the cheapest times, churn apart. (Where speeds change with
 * the hour a later leg may be quicker. Visits are as early as can be all the same.)
 * A leg or a service is never split by an unavailable interval: nobody knows where an engineer spends it.
 */

/** Visits that keep about the hour they have: service starts in `[from, to]`, by visit. Those in `loose` are not held. */
export interface Hold {
  readonly from: Float64Array;
  readonly to: Float64Array;
  readonly loose: readonly number[];
}

/** The earliest moment from `from` on at which `seconds` in a row are free. No time at all is always free: who stays put does not drive. */
export function earliestFree(instance: Instance, vehicle: number, from: number, seconds: number): number {
  if (seconds === 0) return from;
  let moment = from;
  const last = instance.firstBusy(vehicle + 1);
  for (let k = instance.firstBusy(vehicle); k < last; k++) {
    if (instance.busyTo(k) <= moment) continue;
    if (instance.busyFrom(k) >= moment + seconds) break;
    moment = instance.busyTo(k);
  }
  return moment;
}

/** The latest moment from which `seconds` in a row are free and over by `by`. */
export function latestFree(instance: Instance, vehicle: number, by: number, seconds: number): number {
  if (seconds === 0) return by;
  let moment = by - seconds;
  const first = instance.firstBusy(vehicle);
  for (let k = instance.firstBusy(vehicle + 1) - 1; k >= first; k--) {
    if (instance.busyFrom(k) >= moment + seconds) continue;
    if (instance.busyTo(k) <= moment) break;
    moment = instance.busyFrom(k) - seconds;
  }
  return moment;
}

/** When somebody who may leave `from` at `ready` leaves for `to`, if as soon as can be. */
export function earliestDeparture(
  instance: Instance,
  vehicle: number,
  ready: number,
  from: number,
  to: number,
): number {
  const seconds = instance.travelSeconds(from, to);
  const setup = instance.setupSeconds(from, to);
  const { speeds } = instance;
  if (speeds === null || seconds === 0) return earliestFree(instance, vehicle, ready, seconds + setup);
  let moment = ready;
  const last = instance.firstBusy(vehicle + 1);
  for (let k = instance.firstBusy(vehicle); k < last; k++) {
    if (instance.busyTo(k) <= moment) continue;
    if (instance.busyFrom(k) >= speeds.arrival(from, moment, seconds) + setup) break;
    moment = instance.busyTo(k);
  }
  return moment;
}

/** The latest moment at which to leave `from` and be ready at `to` by `readyBy`. */
export function latestDeparture(
  instance: Instance,
  vehicle: number,
  readyBy: number,
  from: number,
  to: number,
): number {
  const seconds = instance.travelSeconds(from, to);
  const setup = instance.setupSeconds(from, to);
  const { speeds } = instance;
  if (speeds === null || seconds === 0) return latestFree(instance, vehicle, readyBy, seconds + setup);
  let moment = speeds.departure(from, readyBy - setup, seconds);
  const first = instance.firstBusy(vehicle);
  for (let k = instance.firstBusy(vehicle + 1) - 1; k >= first; k--) {
    if (instance.busyFrom(k) >= speeds.arrival(from, moment, seconds) + setup) continue;
    if (instance.busyTo(k) <= moment) break;
    moment = speeds.departure(from, instance.busyFrom(k) - setup, seconds);
  }
  return moment;
}

/** When somebody who may leave `from` at `ready` can be at `to` and ready to begin. */
export function arrival(instance: Instance, vehicle: number, ready: number, from: number, to: number): number {
  const { speeds } = instance;
  const seconds = instance.travelSeconds(from, to);
  const setup = instance.setupSeconds(from, to);
  if (speeds === null || seconds === 0)
    return earliestFree(instance, vehicle, ready, seconds + setup) + seconds + setup;
  return speeds.arrival(from, earliestDeparture(instance, vehicle, ready, from, to), seconds) + setup;
}

/** When they leave for a service that begins at `startAt`: as late as is in time. */
export function departureFor(
  instance: Instance,
  vehicle: number,
  ready: number,
  from: number,
  to: number,
  startAt: number,
): number {
  if (arrival(instance, vehicle, ready, from, to) <= startAt)
    return latestDeparture(instance, vehicle, startAt, from, to);
  return Math.min(ready, startAt); // frozen, and a contradiction
}

/**
 * When service of `visit` can start for somebody who is there at `arriveAt`, or NEVER. It must be done within the shift and
 * its overtime, even before a frozen visit that is not. Frozen visits themselves are not asked.
 */
export function earliestStart(instance: Instance, vehicle: number, visit: number, arriveAt: number): number {
  const needed = Math.max(1, instance.serviceSeconds(visit, vehicle)); // a service of no length still is a moment
  const latest = Math.min(
    instance.startBy(visit),
    instance.latestEnd(vehicle) - instance.serviceSeconds(visit, vehicle),
  );
  let moment = Math.max(arriveAt, instance.release(visit));
  const first = instance.firstWindow(visit);
  const last = instance.firstWindow(visit + 1);
  if (first === last) {
    moment = earliestFree(instance, vehicle, moment, needed);
    return moment <= latest ? moment : NEVER;
  }
  for (let k = first; k < last && moment <= latest; k++) {
    if (instance.windowTo(k) < moment) continue;
    moment = earliestFree(instance, vehicle, Math.max(moment, instance.windowFrom(k)), needed);
    if (moment <= instance.windowTo(k)) return moment <= latest ? moment : NEVER;
  }
  return NEVER;
}

/** When somebody who is done at `location` at `ready` is at the end of the route. */
export function homeArrival(instance: Instance, vehicle: number, location: number, ready: number): number {
  const home = instance.endLocation(vehicle);
  return home < 0 ? ready : arrival(instance, vehicle, ready, location, home);
}

/**
 * Writes the start of each visit to `starts` and returns the arrival at the end location, or NEVER if the order cannot be
 * driven. Frozen visits are facts: they start when they start, even where two of them, or the first one and the way to
 * it, contradict each other. What the solver puts between them must fit.
 *
 * Where hours count (a longest shift, or a cost of working time) everybody is done as early as can be, and sets out as late
 * as still gets there by then: for visits with one window each no other times are shorter. With a frozen visit in it the
 * day begins as early as ever.
 *
 * Where a visit prefers some hours, visits may wait for them (waiting.ts). Not where hours count, nor where visits are held to
 * the hours they have: there they are as ever.
 */
export function timeRoute(
  instance: Instance,
  vehicle: number,
  visits: readonly number[],
  starts: Float64Array,
  hold?: Hold,
): number {
  if (hold === undefined && waits(instance, vehicle, visits)) return cheapestTimes(instance, vehicle, visits, starts);
  const homeAt = timesFrom(instance, vehicle, visits, starts, instance.earliestDeparture(vehicle), hold);
  if (homeAt === NEVER || visits.length === 0 || !instance.countsHours(vehicle)) return homeAt;
  if (visits.every((visit) => instance.frozenVehicle(visit) < 0))
    timesFrom(instance, vehicle, visits, starts, latestSettingOut(instance, vehicle, visits, homeAt, hold), hold);
  else if (visits.every((visit) => instance.frozenVehicle(visit) >= 0)) return homeAt;
  const hours = homeAt - setOutAt(instance, vehicle, visits, starts);
  return hours <= instance.longestSeconds(vehicle) ? homeAt : NEVER;
}

function waits(instance: Instance, vehicle: number, visits: readonly number[]): boolean {
  return (
    instance.hasPreferredHours && !instance.countsHours(vehicle) && visits.some((visit) => instance.prefersHours(visit))
  );
}

/** When somebody leaves for the first visit: as late as is in time, but not before they may. */
export function setOutAt(instance: Instance, vehicle: number, visits: readonly number[], starts: Float64Array): number {
  const first = visits[0] as number;
  const ready = instance.earliestDeparture(vehicle);
  const from = instance.startLocation(vehicle);
  return departureFor(instance, vehicle, ready, from, instance.locationOf(first), starts[0] as number);
}

/** The latest moment up to `by` at which service of `visit` may start, or -Infinity. */
export function latestStart(instance: Instance, vehicle: number, visit: number, by: number): number {
  const service = instance.serviceSeconds(visit, vehicle);
  const needed = Math.max(1, service);
  const first = instance.firstWindow(visit);
  const release = instance.release(visit);
  const most = Math.min(by, instance.startBy(visit), instance.latestEnd(vehicle) - service);
  if (first === instance.firstWindow(visit + 1)) {
    const moment = latestFree(instance, vehicle, most + needed, needed);
    return moment >= release ? moment : Number.NEGATIVE_INFINITY;
  }
  for (let k = instance.firstWindow(visit + 1) - 1; k >= first; k--) {
    const moment = latestFree(instance, vehicle, Math.min(most, instance.windowTo(k)) + needed, needed);
    if (moment < release) break;
    if (moment >= instance.windowFrom(k)) return moment;
  }
  return Number.NEGATIVE_INFINITY;
}

function latestSettingOut(
  instance: Instance,
  vehicle: number,
  visits: readonly number[],
  homeAt: number,
  hold?: Hold,
): number {
  const home = instance.endLocation(vehicle);
  let by = homeAt;
  let location = home;
  for (let i = visits.length - 1; i >= 0; i--) {
    const visit = visits[i] as number;
    const here = instance.locationOf(visit);
    if (location >= 0) by = latestDeparture(instance, vehicle, by, here, location);
    by -= instance.serviceSeconds(visit, vehicle);
    if (isHeld(hold, visit)) by = Math.min(by, hold.to[visit] as number);
    by = latestStart(instance, vehicle, visit, by);
    location = here;
  }
  return latestDeparture(instance, vehicle, by, instance.startLocation(vehicle), location);
}

export function isHeld(hold: Hold | undefined, visit: number): hold is Hold {
  return hold !== undefined && !hold.loose.includes(visit);
}

/** As `timeRoute`, by somebody who can leave at `departAt`, however long the day is. */
export function timesFrom(
  instance: Instance,
  vehicle: number,
  visits: readonly number[],
  starts: Float64Array,
  departAt: number,
  hold?: Hold,
): number {
  let ready = departAt;
  let location = instance.startLocation(vehicle);
  let given = true; // the stop before is none of the solver's doing
  for (let i = 0; i < visits.length; i++) {
    const visit = visits[i] as number;
    const next = instance.locationOf(visit);
    const arriveAt = arrival(instance, vehicle, ready, location, next);
    if (instance.frozenVehicle(visit) >= 0) {
      const start = instance.frozenStart(visit);
      if (!given && arriveAt > start) return NEVER;
      starts[i] = start;
      ready = Math.max(ready, start + instance.serviceSeconds(visit, vehicle));
      given = true;
    } else {
      const held = isHeld(hold, visit);
      const from = held ? Math.max(arriveAt, hold.from[visit] as number) : arriveAt;
      const start = earliestStart(instance, vehicle, visit, from);
      if (start === NEVER || (held && start > (hold.to[visit] as number))) return NEVER;
      starts[i] = start;
      ready = start + instance.serviceSeconds(visit, vehicle);
      given = false;
    }
    location = next;
  }
  const homeAt = homeArrival(instance, vehicle, location, ready);
  return given || homeAt <= instance.latestEnd(vehicle) ? homeAt : NEVER;
}
