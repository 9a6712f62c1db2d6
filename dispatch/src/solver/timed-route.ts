import type { Instance } from './instance.ts';
import type { Route, Stop } from './plan.ts';
import { arrival, departureFor, earliestDeparture } from './schedule.ts';

/**
 * A route with every time written out. Visits start as `timeRoute` said; each leg is driven as late as still gets there in
 * time, so that nobody waits on a doorstep who may wait where they were. The way home starts as soon as it can.
 */
export function timedRoute(
  instance: Instance,
  vehicle: number,
  visits: readonly number[],
  starts: Float64Array,
  homeAt: number,
): Route {
  const stops: Stop[] = [];
  let location = instance.startLocation(vehicle);
  let ready = instance.earliestDeparture(vehicle);
  visits.forEach((visit, i) => {
    const startAt = starts[i] as number;
    const endAt = startAt + instance.serviceSeconds(visit, vehicle);
    const here = instance.locationOf(visit);
    const reachable = arrival(instance, vehicle, ready, location, here) <= startAt; // else frozen, and a contradiction
    const departAt = departureFor(instance, vehicle, ready, location, here, startAt);
    const arriveAt = reachable ? departAt + instance.travelSecondsAt(location, here, departAt) : startAt;
    stops.push({ visit, departAt, arriveAt, startAt, endAt });
    ready = Math.max(ready, endAt);
    location = here;
  });
  const home = instance.endLocation(vehicle);
  const homeDepartAt = home < 0 ? ready : earliestDeparture(instance, vehicle, ready, location, home);
  return { vehicle, engineer: instance.engineerOf(vehicle), stops, homeDepartAt, homeAt };
}
