import type { Instance } from './instance.ts';
import type { Plan } from './plan.ts';
import type { Recreate } from './recreate.ts';
import { rescueMandatory } from './rescue.ts';
import { Routes } from './routes.ts';
import { NEVER } from './schedule.ts';

/** Frozen visits, then as much of the order of `start` as is still possible. Nothing else is put in. */
export function adopt(instance: Instance, start: Plan | undefined): Routes {
  const routes = new Routes(instance);
  for (const { vehicle, stops } of start?.routes ?? []) {
    if (!(vehicle >= 0 && vehicle < instance.vehicleCount)) continue;
    const wanted = stops.map((stop) => stop.visit).filter((visit) => mayServe(routes, vehicle, visit));
    if (keepsFrozen(routes, vehicle, wanted) && routes.replace(vehicle, wanted)) continue;
    for (const visit of wanted) insertCheapest(routes, vehicle, visit);
  }
  return routes;
}

/** The first answer: what is there, plus every absent visit at its cheapest place, mandatory visits before all others. */
export function complete(routes: Routes, recreate: Recreate): void {
  recreate.greedily(routes);
  rescueMandatory(routes, recreate);
}

function mayServe(routes: Routes, vehicle: number, visit: number): boolean {
  const { instance } = routes;
  if (!(visit >= 0 && visit < instance.visitCount)) return false;
  const frozen = instance.frozenVehicle(visit);
  if (frozen >= 0) return frozen === vehicle;
  return routes.vehicleOf(visit) < 0 && instance.refusalOf(instance.engineerOf(vehicle), visit) === null;
}

function keepsFrozen(routes: Routes, vehicle: number, wanted: readonly number[]): boolean {
  const frozen = wanted.filter((visit) => routes.instance.frozenVehicle(visit) >= 0);
  return new Set(wanted).size === wanted.length && frozen.join() === routes.order(vehicle).join();
}

function insertCheapest(routes: Routes, vehicle: number, visit: number): void {
  if (routes.vehicleOf(visit) >= 0) return;
  let least = NEVER;
  let best = -1;
  for (let place = 0; place <= routes.order(vehicle).length; place++) {
    const added = routes.priceInsertion(vehicle, place, visit);
    if (added >= least) continue;
    least = added;
    best = place;
  }
  if (best >= 0) routes.insert(vehicle, best, visit);
}
