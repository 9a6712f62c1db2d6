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
      if (routes.instance.isMandatory(visit) && makeRoom(routes, recreate, visit)) rescued = true;
    }
    if (rescued) recreate.greedily();
  }
}

function makeRoom(routes: Routes, recreate: Recreate, visit: number): boolean {
  const { instance } = routes;
  const here = routes.cost;
  let best: { vehicle: number; order: readonly number[]; cost: number } | null = null;
  for (const vehicle of recreate.vehiclesFor(visit)) {
    const full = routes.order(vehicle);
    const must = full.filter((other) => instance.isMandatory(other) || instance.frozenVehicle(other) >= 0);
    for (let place = 0; place <= must.length; place++) {
      const order = must.toSpliced(place, 0, visit);
      if (!routes.replace(vehicle, order)) continue;
      if (routes.cost < (best?.cost ?? here)) best = { vehicle, order, cost: routes.cost };
      routes.setOrders([[vehicle, full]]);
    }
  }
  return best !== null && routes.replace(best.vehicle, best.order);
}
