import type { Chain } from './chain.ts';
import type { Instance } from './instance.ts';
import { takeOutNeedy } from './linked-routes.ts';
import { HOURS } from './modes.ts';
import type { Orders } from './orders.ts';
import type { Recreate } from './recreate.ts';
import type { Rng } from './rng.ts';
import type { Routes } from './routes.ts';

/**
 * Fleet minimisation, section 5.4 of the SISR paper: one route is given up, its visits stay absent until the others have
 * room for them. `absences` counts how often a visit was absent after an iteration: a plan is better when those that are
 * rarely absent are, so that the hard ones get in first.
 */
export class FewerVehicles {
  private readonly routes: Routes;
  private readonly recreate: Recreate;
  private readonly chain: Chain;
  private readonly rng: Rng;
  private readonly absences: Float64Array;
  private readonly fewest: number;
  /** The plan with all visits in it and the fewest vehicles so far. */
  complete: Orders | null = null;

  constructor(routes: Routes, recreate: Recreate, chain: Chain, rng: Rng) {
    this.routes = routes;
    this.recreate = recreate;
    this.chain = chain;
    this.rng = rng;
    this.absences = new Float64Array(routes.instance.visitCount);
    this.fewest = fewestVehicles(routes.instance);
  }

  /** No plan has fewer vehicles than the one at hand. */
  get done(): boolean {
    return this.routes.absentCount === 0 && this.routes.usedCount <= this.fewest;
  }

  /** One iteration. The chain remembers each complete plan, as it costs less than the one with a vehicle more. */
  step(temperature: number): void {
    const { routes, recreate, chain } = this;
    if (routes.absentCount === 0) {
      if (routes.cost < chain.bestCost) chain.remember();
      this.complete = routes.copyOrders();
      this.giveUpRoute();
    }
    const cost = routes.cost;
    const sum = this.sumOfAbsences();
    const count = routes.absentCount;
    recreate.mostUsed = routes.usedCount;
    chain.ruinAndRecreate(STRINGS_ONLY, Number.POSITIVE_INFINITY);
    recreate.mostUsed = Number.POSITIVE_INFINITY;
    const better = this.sumOfAbsences() < sum || routes.absentCount < count;
    const alike = routes.absentCount <= count && routes.cost < cost - temperature * Math.log(1 - this.rng.unit());
    for (let k = 0; k < routes.absentCount; k++) this.count(routes.absentList[k] as number);
    if (!better && !alike) routes.rollBack();
  }

  /** The one whose visits were absent least often. */
  private giveUpRoute(): void {
    const { routes, absences } = this;
    let least = Number.POSITIVE_INFINITY;
    let vehicle = -1;
    for (let k = 0; k < routes.usedCount; k++) {
      const candidate = routes.usedList[k] as number;
      const order = routes.order(candidate);
      if (order.some((visit) => routes.instance.frozenVehicle(visit) >= 0)) continue;
      const sum = order.reduce((total, visit) => total + 1e-3 + (absences[visit] as number), 0);
      if (sum >= least) continue;
      least = sum;
      vehicle = candidate;
    }
    if (vehicle >= 0) routes.replace(vehicle, []);
    takeOutNeedy(routes);
  }

  private sumOfAbsences(): number {
    const { routes, absences } = this;
    let sum = 0;
    for (let k = 0; k < routes.absentCount; k++) sum += absences[routes.absentList[k] as number] as number;
    return sum;
  }

  private count(visit: number): void {
    this.absences[visit] = (this.absences[visit] as number) + 1;
  }
}

const STRINGS_ONLY = 0.5;

/** Whether having a vehicle in use costs something: only then fewer of them are worth a search of their own. */
export function vehiclesCost(instance: Instance): boolean {
  for (let vehicle = 0; vehicle < instance.vehicleCount; vehicle++) if (instance.fixedCost(vehicle) > 0) return true;
  return false;
}

/**
 * Whether few vehicles are a good start even where they cost nothing: everybody must be visited, only the way there costs, and
 * days may last only so long, so that a plan with some vehicles too many ends far off, and closing one is what the search
 * cannot do. To open one is easy. Where only windows limit the day it gains nothing, as measured.
 */
export function fewFirst(routes: Routes): boolean {
  const { instance, mode } = routes;
  for (let visit = 0; visit < instance.visitCount; visit++) if (!instance.isMandatory(visit)) return false;
  return instance.links === null && routes.absentCount === 0 && mode.every((one) => one === HOURS);
}

/** So many at least, by what there is to carry. */
function fewestVehicles(instance: Instance): number {
  let fewest = Math.min(1, instance.visitCount);
  for (let kind = 0; kind < instance.kindCount; kind++) {
    let all = 0;
    for (let visit = 0; visit < instance.visitCount; visit++) all += instance.amount(visit, kind);
    let most = 0;
    for (let vehicle = 0; vehicle < instance.vehicleCount; vehicle++)
      most = Math.max(most, instance.capacity(vehicle, kind));
    if (most > 0) fewest = Math.max(fewest, Math.ceil(all / most));
  }
  return fewest;
}
