import { Chain } from './chain.ts';
import { complete } from './construct.ts';
import { takeOver } from './cross.ts';
import { type Cycle, cyclesOf, ONE_CYCLE } from './cycles.ts';
import { FewerVehicles, fewFirst, vehiclesCost } from './fewer.ts';
import { loosenAll } from './linked-routes.ts';
import { HOURS } from './modes.ts';
import { competitors, type Lists } from './near.ts';
import { frozenOrder, type Orders } from './orders.ts';
import type { Parameters } from './parameters.ts';
import { RoutePool } from './pool.ts';
import type { Recreate } from './recreate.ts';
import { Rng } from './rng.ts';
import type { Routes } from './routes.ts';

/**
 * One annealing search with a plan, a temperature and random numbers of its own. T falls from T_0 to T_f by
 * T_0 (T_f / T_0)^(share of the cycle), of which there are several where there is time for them (cycles.ts).
 */
export class Island {
  readonly routes: Routes;
  readonly recreate: Recreate;
  readonly chain: Chain;
  readonly pool: RoutePool;
  iterations = 0;
  private readonly parameters: Parameters;
  private fewer: FewerVehicles | null = null;
  private fewFirst = false; // although they cost nothing
  private fewerUntil: number; // share of the limit
  private readonly fewerRng: Rng;
  private readonly scale: number;
  private readonly startTemperature: number;
  private meanLength = 1; // of routes, in legs
  private cycles = ONE_CYCLE;
  private planned = false; // the cycles
  private cycle = 0;
  /** What the cycles before came to, the cheapest first. */
  private readonly elite: { readonly cost: number; readonly orders: Orders }[] = [];
  private first: Orders = []; // where a cycle begins that begins anew
  private readonly near: Lists;
  private readonly crossRng: Rng;

  constructor(routes: Routes, recreate: Recreate, near: Lists, seed: number, parameters: Parameters) {
    this.routes = routes;
    this.recreate = recreate;
    this.parameters = parameters;
    this.near = near;
    this.crossRng = new Rng(seed + CROSS_SEED);
    this.pool = new RoutePool(routes, recreate.fleet, parameters.largestPool);
    const rivals = competitors(near, (visit) => recreate.vehiclesFor(visit));
    this.chain = new Chain(routes, recreate, near, rivals, parameters, new Rng(seed));
    this.scale = meanLeg(routes);
    const limited = routes.mode.every((mode) => mode === HOURS);
    this.startTemperature = parameters.startTemperature * (limited ? parameters.hoursHeat : 1);
    this.meanLength = meanLength(routes);
    this.fewerUntil = parameters.fewerShare;
    this.fewerRng = new Rng(seed + FEWER_SEED);
    this.first = routes.copyOrders();
    if (vehiclesCost(routes.instance)) this.fewer = new FewerVehicles(routes, recreate, this.chain, this.fewerRng);
  }

  get bestCost(): number {
    return Math.min(this.chain.bestCost, this.elite[0]?.cost ?? Number.POSITIVE_INFINITY);
  }

  /** Some iterations at the temperature of this moment, `used` being the share of the limit used up. */
  run(used: number, steps: number): void {
    const { chain, parameters } = this;
    if (this.fewer !== null && used < this.fewerUntil && !this.fewer.done) {
      const { complete } = this.fewer;
      for (let step = 0; step < steps; step++) this.fewer.step(this.scale * FEWER_TEMPERATURE);
      this.iterations += steps;
      // Worth as long again as it took to come this far.
      if (this.fewFirst && this.fewer.complete !== complete)
        this.fewerUntil = Math.min(parameters.fewFirstShare, LEAST_FEWER + PATIENCE * used);
      return;
    }
    if (this.fewer !== null) {
      if (this.routes.absentCount > 0) this.routes.setOrders(this.fewer.complete ?? this.chain.bestOrders());
      this.first = this.fewer.complete ?? this.first;
      this.fewer = null;
    }
    const { endTemperature } = parameters;
    const cycle = this.cycleAt(used);
    const within = Math.min(1, (used - cycle.from) / (cycle.to - cycle.from));
    const start = Math.max(endTemperature, cycle.heat * this.startTemperature * this.meanLength);
    const temperature = this.scale * start * (endTemperature / start) ** within;
    const before = chain.bestCost;
    for (let step = 0; step < steps; step++) chain.step(temperature);
    this.iterations += steps;
    if (within > POOL_FROM || chain.bestCost < before) this.pool.add();
  }

  private cycleAt(used: number): Cycle {
    if (!this.planned && used >= PLAN_AT) {
      this.planned = true;
      const { visitCount, links } = this.routes.instance;
      const mayCross = links === null && !vehiclesCost(this.routes.instance);
      this.cycles = cyclesOf(this.iterations / used / visitCount, mayCross, this.parameters);
    }
    const { cycles } = this;
    const found = cycles.findIndex(({ to }) => used < to);
    const now = found < 0 ? cycles.length - 1 : found;
    if (now !== this.cycle) this.begin(cycles[now] as Cycle);
    this.cycle = now;
    return cycles[now] as Cycle;
  }

  private begin({ begin }: Cycle): void {
    const { chain, elite, routes } = this;
    if (begin === 'on') return;
    this.keep();
    if (begin === 'anew') routes.setOrders(this.first);
    else {
      const [one, other] = elite.length < 2 ? [elite[0], elite[0]] : this.parents();
      routes.setOrders(one?.orders ?? []);
      takeOver(routes, other?.orders ?? [], this.recreate, this.near, this.parameters, this.crossRng);
    }
    chain.beginAnew();
  }

  private parents() {
    const { elite, crossRng } = this;
    const one = Math.min(crossRng.below(elite.length), crossRng.below(elite.length));
    const other = (one + 1 + crossRng.below(elite.length - 1)) % elite.length;
    return [elite[one], elite[other]] as const;
  }

  /** Takes what the cycle came to among the elite. */
  private keep(): void {
    const { chain, elite } = this;
    const cost = chain.bestCost;
    const at = elite.findIndex((one) => one.cost >= cost);
    if (elite[at]?.cost === cost) return; // most likely the same plan
    elite.splice(at < 0 ? elite.length : at, 0, { cost, orders: chain.bestOrders() });
    if (elite.length > MOST_ELITE) elite.pop();
  }

  /** The best plan it had. */
  bestOrders(): Orders {
    const best = this.elite[0];
    return best !== undefined && best.cost < this.chain.bestCost ? best.orders : this.chain.bestOrders();
  }

  /** Goes on from this plan. */
  adopt(orders: Orders): void {
    this.routes.setOrders(orders);
    if (this.routes.cost < this.chain.bestCost) this.chain.remember();
  }

  /** Goes on from this plan if it costs less than the best one so far. */
  adoptIfBetter(orders: Orders): boolean {
    const { routes, chain } = this;
    routes.mark();
    routes.setOrders(orders);
    if (routes.cost < this.bestCost) {
      chain.remember();
      return true;
    }
    routes.rollBack();
    return false;
  }

  /** Goes on from the best plan it had. */
  toBest(): void {
    this.routes.setOrders(this.bestOrders());
  }

  /**
   * Starts from few long routes: to open one more is easy for the search, to close one is hard. What comes of it may cost
   * more than the first answer, which is remembered; but nobody more is left out.
   */
  startThrifty(): void {
    const { routes, recreate } = this;
    const first = routes.copyOrders();
    const absent = routes.absentCount;
    routes.setOrders(first.map(([vehicle]) => [vehicle, frozenOrder(routes.instance, vehicle)] as const));
    recreate.thriftily();
    if (routes.absentCount > absent) routes.setOrders(first);
    this.meanLength = meanLength(routes);
    this.first = routes.copyOrders();
    if (routes.cost < this.chain.bestCost) this.chain.remember();
    if (this.fewer !== null || !fewFirst(routes)) return;
    this.fewFirst = true;
    this.fewer = new FewerVehicles(routes, recreate, this.chain, this.fewerRng);
    this.fewerUntil = LEAST_FEWER;
  }

  /** Leaves the routes at the best plan, with all in it that could be had for less than leaving it out. */
  finish(): void {
    this.toBest();
    loosenAll(this.routes);
    complete(this.routes, this.recreate);
    loosenAll(this.routes);
    if (this.routes.cost < this.chain.bestCost) this.chain.remember();
  }
}

/** In mean legs, while vehicles are given up: warm enough to shuffle, as better is told by who is left out. */
const FEWER_TEMPERATURE = 0.3;
const FEWER_SEED = 7919;
const CROSS_SEED = 104_729;
const MOST_ELITE = 6;
/** Of the limit: tells how many iterations there will be. */
const PLAN_AT = 0.03;
const LEAST_FEWER = 0.03;
const PATIENCE = 2;

/** Routes of the later part of a cycle are worth keeping. */
const POOL_FROM = 0.6;

/** Cost of travel a visit, or 1. */
function meanLeg(routes: Routes): number {
  let sum = 0;
  for (const cost of routes.legCost) sum += cost;
  return Math.max(1, sum / Math.max(1, routes.instance.visitCount - routes.absentCount + routes.usedCount));
}

function meanLength(routes: Routes): number {
  const present = routes.instance.visitCount - routes.absentCount;
  return (present + routes.usedCount) / Math.max(1, routes.usedCount);
}
