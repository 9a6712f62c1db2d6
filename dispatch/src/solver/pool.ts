import type { Fleet } from './fleet.ts';
import type { Instance } from './instance.ts';
import { routeCost } from './pricing.ts';
import type { Routes } from './routes.ts';
import { timeRoute } from './schedule.ts';

/** A day's work that some plan of the search had. Any vehicle of the kind can do it, at the same cost. */
export interface PooledRoute {
  readonly kind: number;
  readonly order: readonly number[];
  readonly cost: number;
}

export function isTied({ links }: Instance, order: readonly number[]): boolean {
  return links !== null && order.some((visit) => links.groupOf[visit] !== null);
}

/** Days of good plans, to be recombined (partition.ts). Of those with the same visits the cheapest is kept. */
export class RoutePool {
  private readonly routes: Routes;
  private readonly fleet: Fleet;
  private readonly seen: Float64Array; // version by vehicle when it was last looked at
  private readonly starts: Float64Array;
  private readonly byVisits = new Map<string, PooledRoute>();
  private readonly most: number;

  constructor(routes: Routes, fleet: Fleet, most: number) {
    this.routes = routes;
    this.fleet = fleet;
    this.most = most;
    this.seen = new Float64Array(routes.instance.vehicleCount).fill(Number.NaN);
    this.starts = new Float64Array(routes.instance.visitCount);
  }

  /** Takes up the routes of the present plan. */
  add(): void {
    const { routes, seen } = this;
    for (let vehicle = 0; vehicle < seen.length; vehicle++) {
      const version = routes.version[vehicle] as number;
      if (seen[vehicle] === version || routes.isEmpty(vehicle)) continue;
      seen[vehicle] = version;
      this.put(vehicle, routes.order(vehicle));
    }
  }

  /** Days with visits that are tied to others' days are not kept: they cannot be moved alone. */
  put(vehicle: number, order: readonly number[]): void {
    const { instance } = this.routes;
    if (isTied(instance, order)) return;
    const kind = this.fleet.kindOf[vehicle] as number;
    const key = `${kind}:${[...order].sort((a, b) => a - b).join()}`;
    const homeAt = timeRoute(instance, vehicle, order, this.starts);
    const cost = routeCost(instance, vehicle, order, this.starts, homeAt);
    const known = this.byVisits.get(key);
    this.byVisits.delete(key); // what is found again is kept longest
    this.byVisits.set(key, known !== undefined && known.cost <= cost ? known : { kind, order, cost });
    if (this.byVisits.size <= this.most) return;
    for (const oldest of this.byVisits.keys()) {
      this.byVisits.delete(oldest);
      break;
    }
  }

  all(): PooledRoute[] {
    return [...this.byVisits.values()];
  }
}
