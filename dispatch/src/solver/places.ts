import type { Instance } from './instance.ts';
import { HOURS, PLAIN, SIMULATED } from './modes.ts';
import { homeLegCost, overtimeCost, stopCost, wayCost, workCost } from './pricing.ts';
import type { Routes } from './routes.ts';
import { earliestStart, NEVER } from './schedule.ts';

/**
 * The cheapest place for a visit in the route of a vehicle, remembered until the route changes: most routes are as they
 * were when the visit was last looked at. What is remembered holds again when a change is undone, as versions are too.
 */
export class Places {
  /** The node after which the place found last lies, or -1. */
  after = -1;
  private readonly instance: Instance;
  private readonly routes: Routes;
  private readonly costs: Float64Array; // visit x vehicle
  private readonly nodes: Int32Array;
  private readonly versions: Uint32Array;
  private readonly hasChurn: boolean;
  private readonly hoursCost: boolean;
  private readonly speedsChange: boolean;
  private readonly perSecond: number; // cost of travel, where distance costs nothing; else 0

  constructor(routes: Routes) {
    const { instance } = routes;
    const cells = instance.visitCount * instance.vehicleCount;
    this.instance = instance;
    this.routes = routes;
    this.costs = new Float64Array(cells);
    this.nodes = new Int32Array(cells);
    this.versions = new Uint32Array(cells);
    const { travelSecond, distanceMetre } = instance.plain.weights;
    this.perSecond = distanceMetre === 0 && instance.plain.setupSeconds === undefined ? travelSecond : 0;
    this.hasChurn = instance.plain.weights.churnPerMovedVisit > 0;
    this.hoursCost = instance.hoursCost;
    this.speedsChange = instance.speeds !== null;
  }

  /** What the routes cost more with `visit` at its cheapest place in the route, or NEVER. That place lies behind `after`. */
  cheapest(vehicle: number, visit: number): number {
    const cell = visit * this.instance.vehicleCount + vehicle;
    const version = this.routes.version[vehicle] as number;
    if (this.versions[cell] === version) {
      this.after = this.nodes[cell] as number;
      return this.costs[cell] as number;
    }
    const cost = this.look(vehicle, visit);
    this.versions[cell] = version;
    this.costs[cell] = cost;
    this.nodes[cell] = this.after;
    return cost;
  }

  /** The same for a visit that is held otherwise than when the route was last looked at: nothing is remembered. */
  cheapestNow(vehicle: number, visit: number): number {
    return this.look(vehicle, visit);
  }

  /** What the routes cost more with the visit after the node if it starts then; without what it delays, about. */
  costAt(vehicle: number, node: number, visit: number, startAt: number, withDelays: boolean): number {
    const { routes, instance } = this;
    const after = routes.next[node] as number;
    const here = routes.place[visit] as number;
    const engineer = instance.engineerOf(vehicle);
    const cost =
      instance.legCost(routes.place[node] as number, here) +
      instance.legCost(here, routes.place[after] as number) -
      (routes.legCost[after] as number) +
      stopCost(instance, visit, engineer, startAt) +
      this.fixedCost(vehicle);
    const service = instance.serviceSeconds(visit, vehicle);
    return withDelays ? cost + this.delayCost(vehicle, after, startAt + service, visit) : cost;
  }

  private look(vehicle: number, visit: number): number {
    const { routes, instance } = this;
    this.after = -1;
    for (let kind = 0; kind < instance.kindCount; kind++) {
      const load = routes.loads[vehicle * instance.kindCount + kind] as number;
      if (load + instance.amount(visit, kind) > instance.capacity(vehicle, kind)) return NEVER;
    }
    if ((routes.open[visit] as number) > (routes.close[visit] as number)) return NEVER;
    const mode = routes.mode[vehicle] as number;
    if (mode === PLAIN) return this.lookPlain(vehicle, visit);
    if (mode === HOURS) return this.lookHours(vehicle, visit);
    if (mode === SIMULATED || instance.prefersHours(visit)) return this.lookSimulated(vehicle, visit);
    return this.lookTimed(vehicle, visit);
  }

  private fixedCost(vehicle: number): number {
    return this.routes.isEmpty(vehicle) ? this.instance.fixedCost(vehicle) : 0;
  }

  /** Nobody is sooner anywhere further down the route: once too late, always too late. */
  private lookPlain(vehicle: number, visit: number): number {
    const { routes, instance } = this;
    const { next, place, ready, latest, legCost, wayTo } = routes;
    const { perSecond } = this;
    const { ways, legCosts, waysTo, legCostsTo } = instance;
    const side = instance.locationCount + 1;
    const row = (place[visit] as number) * side;
    const opens = routes.open[visit] as number;
    const closes = routes.close[visit] as number;
    const service = instance.serviceSeconds(visit, vehicle);
    const soonest = opens + service; // done with it
    const end = routes.endNode + vehicle;
    let least = NEVER;
    let best = -1;
    let node = routes.startNode + vehicle;
    while (node !== end) {
      const leave = ready[node] as number;
      if (leave > closes) break;
      const after = next[node] as number;
      const by = latest[after] as number;
      if (by >= soonest) {
        const from = row + (place[node] as number);
        const to = row + (place[after] as number);
        const wayIn = waysTo[from] as number;
        const wayOut = ways[to] as number;
        const added =
          perSecond > 0
            ? perSecond * (wayIn + wayOut - (wayTo[after] as number))
            : (legCostsTo[from] as number) + (legCosts[to] as number) - (legCost[after] as number);
        if (added < least) {
          let start = leave + wayIn;
          if (start <= closes) {
            if (start < opens) start = opens;
            if (start + service + wayOut <= by) {
              least = added;
              best = node;
            }
          }
        }
      }
      node = after;
    }
    this.after = best;
    return best < 0 ? NEVER : least + this.fixedCost(vehicle);
  }

  /** See `Routes.countHours`: the three parts of the shortest working time, with the visit in. */
  private lookHours(vehicle: number, visit: number): number {
    const { routes, instance, hoursCost } = this;
    const { next, place, ready, latest, legCost, wayTo, busySoFar, setOutBy, homeFrom } = routes;
    const { ways, legCosts, waysTo, legCostsTo } = instance;
    const side = instance.locationCount + 1;
    const row = (place[visit] as number) * side;
    const opens = routes.open[visit] as number;
    const closes = routes.close[visit] as number;
    const service = instance.serviceSeconds(visit, vehicle);
    const soonest = opens + service; // done with it
    const longest = instance.longestSeconds(vehicle);
    const end = routes.endNode + vehicle;
    const hoursNow = routes.hours[vehicle] as number;
    const totalNow = busySoFar[end] as number;
    let least = NEVER;
    let best = -1;
    for (let node = routes.startNode + vehicle, after = 0; node !== end; node = after) {
      const leave = ready[node] as number;
      if (leave > closes) break;
      after = next[node] as number;
      const by = latest[after] as number;
      if (by < soonest) continue;
      const from = row + (place[node] as number);
      const to = row + (place[after] as number);
      let added = (legCostsTo[from] as number) + (legCosts[to] as number) - (legCost[after] as number);
      if (added >= least && !hoursCost) continue;
      const wayIn = waysTo[from] as number;
      const wayOut = ways[to] as number;
      let start = leave + wayIn;
      if (start > closes) continue;
      if (start < opens) start = opens;
      const arriveAt = start + service + wayOut;
      if (arriveAt > by) continue;
      const busy = busySoFar[node] as number;
      const total = totalNow + wayIn + service + wayOut - (wayTo[after] as number);
      const toGo = totalNow - (busySoFar[after] as number) + (after === end ? 0 : (routes.service[after] as number));
      const homeAt = Math.max(arriveAt + toGo, homeFrom[after] as number);
      const startBy = Math.min(closes, by - wayOut - service);
      const leaveBy = Math.min(setOutBy[node] as number, startBy - busy - wayIn);
      const hours = Math.max(total, homeAt - leaveBy);
      if (hours > longest) continue;
      if (hoursCost) added += workCost(instance, hours) - workCost(instance, hoursNow);
      if (added >= least) continue;
      least = added;
      best = node;
    }
    this.after = best;
    return best < 0 ? NEVER : least + this.fixedCost(vehicle);
  }

  private lookSimulated(vehicle: number, visit: number): number {
    const { routes } = this;
    const order = routes.order(vehicle);
    const before = routes.costOf(vehicle, order);
    const longer = [visit, ...order];
    let least = NEVER;
    for (let position = 0; position <= order.length; position++) {
      if (position > 0) {
        longer[position - 1] = order[position - 1] as number;
        longer[position] = visit;
      }
      const after = routes.costOf(vehicle, longer);
      if (after === NEVER || after - before >= least) continue;
      least = after - before;
      this.after = position === 0 ? routes.startNode + vehicle : (order[position - 1] as number);
    }
    return least;
  }

  private lookTimed(vehicle: number, visit: number): number {
    const { routes, instance } = this;
    const end = routes.endNode + vehicle;
    const closes = routes.close[visit] as number;
    const engineer = instance.engineerOf(vehicle);
    let least = NEVER;
    for (let node = routes.startNode + vehicle; node !== end; node = routes.next[node] as number) {
      const leave = routes.ready[node] as number;
      if (leave > closes) break;
      const after = routes.next[node] as number;
      const start = earliestStart(instance, vehicle, visit, routes.arrival(vehicle, leave, node, visit));
      if (start === NEVER) continue;
      const ready = start + instance.serviceSeconds(visit, vehicle);
      const arriveAt = routes.arrival(vehicle, ready, visit, after);
      if (arriveAt > (routes.latest[after] as number)) continue;
      const here = routes.place[visit] as number;
      const wayIn = wayCost(instance, vehicle, leave, routes.place[node] as number, here, start);
      const wayOut = this.speedsChange
        ? 0 // delayCost knows
        : instance.legCost(here, routes.place[after] as number) - (routes.legCost[after] as number);
      const own = wayIn + wayOut + stopCost(instance, visit, engineer, start);
      // Whoever comes later costs no less, promises apart, and quicker ways at other hours.
      if (own >= least && !this.hasChurn && !this.speedsChange) continue;
      const added = own + this.delayCost(vehicle, after, ready, visit);
      if (added >= least) continue;
      least = added;
      this.after = node;
    }
    return least === NEVER ? NEVER : least + this.fixedCost(vehicle);
  }

  /**
   * What it costs the rest of the route that somebody leaves the new visit at `ready`, with its ways where speeds change.
   * What is hard is known to hold.
   */
  private delayCost(vehicle: number, from: number, readyAt: number, visit: number): number {
    const { routes, instance } = this;
    const end = routes.endNode + vehicle;
    const engineer = instance.engineerOf(vehicle);
    let cost = 0;
    let ready = readyAt;
    let before = visit;
    for (let node = from; node !== end; node = routes.next[node] as number) {
      const frozen = instance.frozenVehicle(node) >= 0;
      const start = frozen
        ? instance.frozenStart(node)
        : earliestStart(instance, vehicle, node, routes.arrival(vehicle, ready, before, node));
      if (this.speedsChange) cost += this.wayChange(vehicle, ready, before, node, start);
      if (frozen || start === routes.start[node]) return cost;
      cost += stopCost(instance, node, engineer, start) - (routes.stopCosts[node] as number);
      ready = start + (routes.service[node] as number);
      before = node;
    }
    const homeAt = routes.arrival(vehicle, ready, before, end);
    if (this.speedsChange)
      cost += homeLegCost(instance, vehicle, routes.place[before] as number, ready) - (routes.legCost[end] as number);
    return cost + overtimeCost(instance, vehicle, homeAt) - routes.overtimeOf(vehicle);
  }

  private wayChange(vehicle: number, ready: number, before: number, node: number, start: number): number {
    const { routes, instance } = this;
    const [from, to] = [routes.place[before] as number, routes.place[node] as number];
    return wayCost(instance, vehicle, ready, from, to, start) - (routes.legCost[node] as number);
  }
}
