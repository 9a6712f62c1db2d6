import type { Instance } from './instance.ts';

/**
 * How the places of a vehicle are priced (places.ts):
 *   PLAIN     times matter for what is possible, not for what it costs
 *   HOURS     the same, and hours count
 *   TIMED     costs depend on times, or there are appointments or frozen visits
 *   SIMULATED hours count and something of TIMED too, or a visit prefers some hours: the whole day is timed anew for each
 *             place
 */
export const PLAIN = 0;
export const HOURS = 1;
export const TIMED = 2;
export const SIMULATED = 3;

/** By vehicle, while no visit in it prefers some hours. */
export function modesOf(instance: Instance): Uint8Array {
  const { visitCount, vehicleCount, plain } = instance;
  const withFrozen = new Set(plain.visits.map((_, visit) => instance.frozenVehicle(visit)));
  const visits = Array.from({ length: visitCount }, (_, visit) => visit);
  const alike =
    instance.speeds !== null || stopsCost(instance) || visits.some((visit) => windowsOf(instance, visit) > 1);
  return Uint8Array.from({ length: vehicleCount }, (_, vehicle) => {
    const overtime = plain.weights.overtimeSecond > 0 && instance.latestEnd(vehicle) > instance.shiftEnd(vehicle);
    const busy = instance.firstBusy(vehicle + 1) > instance.firstBusy(vehicle);
    const timed = alike || overtime || busy || withFrozen.has(vehicle);
    return instance.countsHours(vehicle) ? (timed ? SIMULATED : HOURS) : timed ? TIMED : PLAIN;
  });
}

function windowsOf(instance: Instance, visit: number): number {
  return instance.firstWindow(visit + 1) - instance.firstWindow(visit);
}

/** Whether a visit may cost something by when it is, or by whose it is. */
export function stopsCost(instance: Instance): boolean {
  const { visits, weights } = instance.plain;
  return visits.some(
    (visit, v) =>
      (visit.due !== undefined && weights.lateSecond > 0) ||
      (visit.downtime !== undefined && weights.downtime > 0) ||
      (visit.previous !== undefined && weights.churnPerMovedVisit > 0) ||
      ((visit.skills?.length ?? 0) > 0 && weights.overQualifiedLevel > 0) ||
      ((visit.preferredEngineers?.length ?? 0) > 0 && (weights.notPreferred ?? 0) > 0) ||
      ((visit.familiarEngineers?.length ?? 0) > 0 && (weights.unfamiliar ?? 0) > 0) ||
      instance.prefersHours(v) ||
      (visit.waitingSince !== undefined && instance.waitingPerSecond(v) > 0) ||
      ((visit.territoryEngineers?.length ?? 0) > 0 && (weights.outOfTerritory ?? 0) > 0),
  );
}
