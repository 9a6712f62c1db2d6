import type { Lists } from './near.ts';
import { frozenOrder, type Orders } from './orders.ts';
import type { Parameters } from './parameters.ts';
import type { Recreate } from './recreate.ts';
import type { Rng } from './rng.ts';
import type { Routes } from './routes.ts';

/**
 * Takes over some whole routes of another plan, those that pass nearest to one visit, gives them the vehicles of the kind that
 * serve most of the same visits now, and finds new places for whoever loses theirs: selective route exchange, Nagata, Bräysy
 * and Dullaert, "A penalty-based edge assembly memetic algorithm for the vehicle routing problem with time windows",
 * Computers & Operations Research 37(4), 2010, in its simplest form. Frozen visits stay; nothing may be tied.
 */
export function takeOver(
  routes: Routes,
  other: Orders,
  recreate: Recreate,
  near: Lists,
  parameters: Parameters,
  rng: Rng,
): void {
  const { instance } = routes;
  const { kindOf } = recreate.fleet;
  const frozen = (visit: number) => instance.frozenVehicle(visit) >= 0;
  const routeOf = new Int32Array(instance.visitCount).fill(-1);
  let inUse = 0;
  other.forEach(([, order], k) => {
    if (order.some(frozen)) return;
    for (const visit of order) routeOf[visit] = k;
    if (order.length > 0) inUse++;
  });
  if (inUse === 0) return;
  const wanted = Math.max(1, Math.floor(inUse * (LEAST_SHARE + rng.unit() * (MOST_SHARE - LEAST_SHARE))));
  const chosen = new Set<number>();
  for (const visit of near[rng.below(instance.visitCount)] as Int32Array) {
    if (chosen.size >= wanted) break;
    const k = routeOf[visit] as number;
    if (k >= 0) chosen.add(k);
  }
  const given = new Map<number, readonly number[]>(); // by vehicle
  for (const k of chosen) {
    const [from, order] = other[k] as Orders[number];
    const vehicle = mostAlike(routes, kindOf, order, kindOf[from] as number, given);
    if (vehicle >= 0) given.set(vehicle, order);
  }
  for (const vehicle of given.keys()) routes.replace(vehicle, []);
  for (const order of given.values())
    for (const visit of order) if (routes.vehicleOf(visit) >= 0) routes.remove(visit, visit);
  for (const [vehicle, order] of given) routes.replace(vehicle, order);
  recreate.withBlinks(0, false, Number.POSITIVE_INFINITY, parameters, rng);
}

/** Of the vehicles of a kind that are not given away and have nothing frozen. -1: there is none. */
function mostAlike(
  routes: Routes,
  kindOf: ArrayLike<number>,
  order: readonly number[],
  kind: number,
  given: ReadonlyMap<number, unknown>,
): number {
  const shared = new Map<number, number>();
  for (const visit of order) {
    const vehicle = routes.vehicleOf(visit);
    if (vehicle >= 0) shared.set(vehicle, (shared.get(vehicle) ?? 0) + 1);
  }
  let best = -1;
  let most = -1;
  for (let vehicle = 0; vehicle < routes.instance.vehicleCount; vehicle++) {
    if (kindOf[vehicle] !== kind || given.has(vehicle)) continue;
    const both = shared.get(vehicle) ?? 0;
    if (both <= most || frozenOrder(routes.instance, vehicle).length > 0) continue;
    most = both;
    best = vehicle;
  }
  return best;
}

const LEAST_SHARE = 0.2;
const MOST_SHARE = 0.6;
