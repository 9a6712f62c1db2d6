import type { Instance } from './instance.ts';
import { takeOutNeedy } from './linked-routes.ts';
import type { Recreate } from './recreate.ts';
import type { Routes } from './routes.ts';

/**
 * No mandatory visit stays out because optional ones are in its way: for each absent one, every shift is tried with its
 * optional visits taken out (frozen ones stay), the cheapest is taken, and what came out goes back where it still fits.
 * The derived penalty (penalty.ts) makes each such step an improvement. Afterwards no absent mandatory visit would fit into
 * any shift stripped of its optional visits. (To find room by reshuffling mandatory visits is the search's work.)
 */
export function rescueMandatory(routes: Routes, recreate: Recreate): void {
  let rescued = true;
  while (rescued) {
    rescued = false;
    for (const visit of routes.absent()) {
      if (!routes.instance.isMandatory(visit) || routes.vehicleOf(visit) >= 0) continue;
      const tied = recreate.linked?.isTied(visit) === true;
      if (tied ? makeRoomForGroup(routes, recreate, visit) : makeRoom(routes, recreate, visit)) rescued = true;
    }
    if (rescued) recreate.greedily();
  }
}

function makeRoom(routes: Routes, recreate: Recreate, visit: number): boolean {
  const { instance } = routes;
  const here = routes.cost;
  const before = recreate.linked === null ? null : routes.copyOrders(); // others may have to go too
  let best: { vehicle: number; order: readonly number[]; cost: number } | null = null;
  for (const vehicle of recreate.vehiclesFor(visit)) {
    const full = routes.order(vehicle);
    const must = full.filter((other) => isKept(instance, other));
    for (let place = 0; place <= must.length; place++) {
      const order = must.toSpliced(place, 0, visit);
      if (!routes.replace(vehicle, order)) continue;
      takeOutNeedy(routes);
      if (routes.cost < (best?.cost ?? here)) best = { vehicle, order, cost: routes.cost };
      routes.setOrders(before ?? [[vehicle, full]]);
    }
  }
  if (best === null || !routes.replace(best.vehicle, best.order)) return false;
  takeOutNeedy(routes);
  return true;
}

/** The same for visits that are tied to each other: with everything optional out, where they go decides which shifts make room. */
function makeRoomForGroup(routes: Routes, recreate: Recreate, visit: number): boolean {
  const { instance } = routes;
  const here = routes.cost;
  const before = routes.copyOrders();
  const strip = (isOpen: (vehicle: number) => boolean) => {
    for (const [vehicle, order] of before)
      if (isOpen(vehicle)) for (const other of order) if (!isKept(instance, other)) takeOut(routes, other);
    takeOutNeedy(routes);
  };
  strip(() => true);
  recreate.linked?.place(visit, Number.POSITIVE_INFINITY);
  const members = instance.links?.groupOf[visit]?.flat() ?? [];
  const used = new Set(members.map((member) => routes.vehicleOf(member)));
  const found = routes.vehicleOf(visit) >= 0;
  routes.setOrders(before);
  if (found) {
    strip((vehicle) => used.has(vehicle));
    recreate.linked?.place(visit, Number.POSITIVE_INFINITY);
    if (routes.cost < here) return true;
  }
  routes.setOrders(before);
  return false;
}

function takeOut(routes: Routes, visit: number): void {
  if (routes.vehicleOf(visit) >= 0) routes.remove(visit, visit);
}

/** Optional visits make room; those a mandatory one is tied to are as mandatory as that one. */
function isKept(instance: Instance, visit: number): boolean {
  if (instance.frozenVehicle(visit) >= 0 || instance.isMandatory(visit)) return true;
  return instance.links?.groupOf[visit]?.some((crew) => crew.some((other) => instance.isMandatory(other))) === true;
}
