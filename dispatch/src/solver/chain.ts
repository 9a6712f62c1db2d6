import type { Lists } from './near.ts';
import { type Holds, type Orders, ordered } from './orders.ts';
import type { Parameters } from './parameters.ts';
import type { Recreate } from './recreate.ts';
import type { Rng } from './rng.ts';
import type { Routes } from './routes.ts';
import { Ruin } from './ruin.ts';

/**
 * Ruin and recreate under simulated annealing, algorithm 1 of the SISR paper: an iteration's result replaces the current
 * plan when it costs less than current - T ln U(0,1). Remembers the best plan seen since it began.
 */
export class Chain {
  readonly routes: Routes;
  bestCost: number;
  private readonly recreate: Recreate;
  private readonly ruin: Ruin;
  private readonly near: Lists;
  private readonly rivals: Lists;
  private readonly parameters: Parameters;
  private readonly rng: Rng;
  private readonly best: number[][]; // orders by vehicle
  private readonly bestHolds: (Holds | undefined)[]; // by vehicle
  private readonly bestVersions: Float64Array;

  constructor(routes: Routes, recreate: Recreate, near: Lists, rivals: Lists, parameters: Parameters, rng: Rng) {
    this.routes = routes;
    this.recreate = recreate;
    this.ruin = new Ruin(routes, (visit) => recreate.vehiclesFor(visit));
    this.near = near;
    this.rivals = rivals;
    this.parameters = parameters;
    this.rng = rng;
    this.best = Array.from({ length: routes.instance.vehicleCount }, (_, vehicle) => routes.order(vehicle));
    this.bestHolds = this.best.map((order) => routes.holdsOf(order));
    this.bestVersions = Float64Array.from(routes.version);
    this.bestCost = routes.cost;
  }

  /** One iteration. */
  step(temperature: number): void {
    const { routes, rng, parameters, recreate } = this;
    const current = routes.cost;
    const threshold = current - temperature * Math.log(1 - rng.unit());
    const kind = rng.unit();
    if (kind < parameters.wholeRouteShare) recreate.mostUsed = routes.usedCount - 1;
    this.ruinAndRecreate(kind, threshold);
    recreate.mostUsed = Number.POSITIVE_INFINITY;
    if (routes.cost < this.bestCost) this.remember();
    else if (routes.cost >= threshold && routes.cost !== current) routes.rollBack();
  }

  /** To be undone with `rollBack`. `kind`, in [0, 1): the least ones take a whole route out, the largest open one. */
  ruinAndRecreate(kind: number, atMost: number): void {
    const { routes, rng, parameters, recreate } = this;
    const absentBefore = routes.absentCount;
    routes.mark();
    const near = this.rivals !== this.near && rng.unit() < parameters.competingShare ? this.rivals : this.near;
    this.ruin.strings(near, kind < parameters.wholeRouteShare, parameters, rng);
    recreate.linked?.takeOutTorn(absentBefore);
    recreate.withBlinks(absentBefore, kind >= 1 - parameters.openingShare, atMost, parameters, rng);
  }

  /** The plan as it is now is the best. */
  remember(): void {
    const { routes } = this;
    this.bestCost = routes.cost;
    for (let vehicle = 0; vehicle < this.best.length; vehicle++) {
      const version = routes.version[vehicle] as number;
      if (version === this.bestVersions[vehicle]) continue;
      this.bestVersions[vehicle] = version;
      const order = routes.order(vehicle);
      this.best[vehicle] = order;
      this.bestHolds[vehicle] = routes.holdsOf(order);
    }
  }

  /** Forgets the best plan: the one at hand is where another search begins. */
  beginAnew(): void {
    this.bestCost = Number.POSITIVE_INFINITY;
    this.remember();
  }

  bestOrders(): Orders {
    return this.best.map((order, vehicle) => ordered(vehicle, order, this.bestHolds[vehicle]));
  }
}
