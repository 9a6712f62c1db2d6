import type { Instance } from './instance.ts';
import { keptTogether, loosenAll, takeOutNeedy } from './linked-routes.ts';
import type { Plan } from './plan.ts';
import type { Recreate } from './recreate.ts';
import { rescueMandatory } from './rescue.ts';
import { Routes } from './routes.ts';
import { NEVER } from './schedule.ts';

/** Frozen visits, then as much of the order of `start` as is still possible. Nothing else is put in. */
export function adopt(instance: Instance, start: Plan | undefined): Routes {
  const routes = new Routes(instance);
  const kept = start === undefined ? new Map() : keepTied(routes, start);
  for (const { vehicle, stops } of start?.routes ?? []) {
    if (!(vehicle >= 0 && vehicle < instance.vehicleCount)) continue;
    const wanted = stops
      .map((stop) => stop.visit)
      .filter((visit) => mayServe(routes, vehicle, visit) && (!instance.links?.groupOf[visit] || kept.has(visit)));
    if (keepsFrozen(routes, vehicle, wanted) && routes.replace(vehicle, wanted)) continue;
    for (const visit of wanted) insertCheapest(routes, vehicle, visit);
  }
  for (const visit of kept.keys()) {
    if (routes.vehicleOf(visit) >= 0) continue;
    routes.hold(visit, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
    takeOutNeedy(routes);
  }
  loosenAll(routes);
  return routes;
}

/** Visits tied to each other keep their starts, or are not kept. They are held to them from here on. */
function keepTied(routes: Routes, start: Plan): ReadonlyMap<number, number> {
  const { instance } = routes;
  const kept = keptTogether(
    instance,
    start,
    (visit, vehicle) => vehicle >= 0 && vehicle < instance.vehicleCount && mayServe(routes, vehicle, visit),
  );
  for (const [visit, startAt] of kept) if (instance.frozenVehicle(visit) < 0) routes.hold(visit, startAt, startAt);
  return kept;
}

/** The first answer: what is there, plus every absent visit at its cheapest place, mandatory visits before all others. */
export function complete(routes: Routes, recreate: Recreate): void {
  recreate.greedily();
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
  const order = routes.order(vehicle);
  let least = NEVER;
  let best: readonly number[] | null = null;
  for (let place = 0; place <= order.length; place++) {
    const longer = order.toSpliced(place, 0, visit);
    if (!routes.replace(vehicle, longer)) continue;
    if (routes.cost >= least) continue;
    least = routes.cost;
    best = longer;
  }
  routes.replace(vehicle, best ?? order);
}
