import { closestRefusal, findPlaces } from './insertion.ts';
import type { Instance } from './instance.ts';
import type { Plan, Route, Stop } from './plan.ts';
import type { Routes } from './routes.ts';
import { timeRoute } from './schedule.ts';
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
export function withReasons(instance: Instance, routes: readonly Route[]): Plan {
  const bare: Plan = { routes, unassigned: [] };
  const served = new Set(routes.flatMap((route) => route.stops.map((stop: Stop) => stop.visit)));
  const left = Array.from({ length: instance.visitCount }, (_, visit) => visit).filter((visit) => !served.has(visit));
  return {
    routes,
    unassigned: left.map((visit) => ({ visit, reason: closestRefusal(findPlaces(instance, bare, visit)) })),
  };
}
