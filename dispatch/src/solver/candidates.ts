import type { Instance } from './instance.ts';
import type { Refusal } from './plan.ts';

/**
 * The first of shift, window and release that keeps `visit` out of `vehicle` whatever else is planned, or nothing. Each
 * question narrows the moments at which service could start: within the shift, then in a window, then after the release.
 */
export function shiftRefusal(instance: Instance, vehicle: number, visit: number): Refusal | null {
  const from = instance.earliestDeparture(vehicle);
  const to = Math.min(instance.startBy(visit), instance.latestEnd(vehicle) - instance.serviceSeconds(visit, vehicle));
  if (from > to) return 'shift';
  if (!startsInWindow(instance, visit, from, to)) return 'window';
  if (!startsInWindow(instance, visit, Math.max(from, instance.release(visit)), to)) return 'release';
  return null;
}

function startsInWindow(instance: Instance, visit: number, from: number, to: number): boolean {
  if (from > to) return false;
  const first = instance.firstWindow(visit);
  const last = instance.firstWindow(visit + 1);
  if (first === last) return true;
  for (let k = first; k < last; k++) {
    if (Math.max(from, instance.windowFrom(k)) <= Math.min(to, instance.windowTo(k))) return true;
  }
  return false;
}

/** For each visit the vehicles worth pricing. Frozen visits have none: they are not moved. */
export function candidateVehicles(instance: Instance): Int32Array[] {
  return Array.from({ length: instance.visitCount }, (_, visit) => {
    const vehicles: number[] = [];
    if (instance.frozenVehicle(visit) >= 0) return new Int32Array(0);
    for (let vehicle = 0; vehicle < instance.vehicleCount; vehicle++) {
      if (instance.refusalOf(instance.engineerOf(vehicle), visit) !== null) continue;
      if (shiftRefusal(instance, vehicle, visit) === null) vehicles.push(vehicle);
    }
    return Int32Array.from(vehicles);
  });
}
