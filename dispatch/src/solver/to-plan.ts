import { shiftRefusal } from './candidates.ts';
import { closestRefusal, findPlaces } from './insertion.ts';
import type { Instance } from './instance.ts';
import { asPlanned, loosenAll } from './linked-routes.ts';
import { ordered } from './orders.ts';
import { Places } from './places.ts';
import type { Plan, Route, Stop } from './plan.ts';
import { Routes } from './routes.ts';
import { NEVER, timeRoute } from './schedule.ts';
import { timedRoute } from './timed-route.ts';

export function toPlan(routes: Routes): Plan {
  return withReasons(routes.instance, timedRoutes(routes));
}

export function timedRoutes(routes: Routes): Route[] {
  const { instance } = routes;
  const starts = new Float64Array(instance.visitCount);
  const timed: Route[] = [];
  for (let vehicle = 0; vehicle < instance.vehicleCount; vehicle++) {
    const order = routes.order(vehicle);
    if (order.length === 0) continue;
    const homeAt = timeRoute(instance, vehicle, order, starts);
    timed.push(timedRoute(instance, vehicle, order, starts, homeAt));
  }
  return timed;
}

/** Names every visit in no route, with the reason it has none. */
export function withReasons(instance: Instance, timed: readonly Route[]): Plan {
  const bare: Plan = { routes: timed, unassigned: [] };
  const served = new Set(timed.flatMap((route) => route.stops.map((stop: Stop) => stop.visit)));
  const left = Array.from({ length: instance.visitCount }, (_, visit) => visit).filter((visit) => !served.has(visit));
  if (left.length === 0) return bare;
  const routes = new Routes(instance);
  routes.setOrders(
    timed.map(({ vehicle, stops }) => {
      const order = stops.map(({ visit }) => visit);
      return ordered(vehicle, order, asPlanned(instance, stops));
    }),
  );
  loosenAll(routes);
  const places = new Places(routes);
  return {
    routes: timed,
    unassigned: left.map((visit) => ({
      visit,
      reason: hasPlace(places, instance, visit) ? 'cost' : closestRefusal(findPlaces(instance, bare, visit)),
    })),
  };
}

/** Most visits left out of a full plan have one: this is much quicker than to look at every place there is. */
function hasPlace(places: Places, instance: Instance, visit: number): boolean {
  if (instance.links?.groupOf[visit]) return false; // its place depends on others: findPlaces knows
  for (let vehicle = 0; vehicle < instance.vehicleCount; vehicle++) {
    if (instance.refusalOf(instance.engineerOf(vehicle), visit) !== null) continue;
    if (shiftRefusal(instance, vehicle, visit) === null && places.cheapest(vehicle, visit) < NEVER) return true;
  }
  return false;
}
