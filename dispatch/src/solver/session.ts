import { checkPlan } from './check-plan.ts';
import { adopt, complete } from './construct.ts';
import { type Cost, cost } from './cost.ts';
import type { Instance } from './instance.ts';
import { Island } from './island.ts';
import { Limit } from './limit.ts';
import { neighbours } from './near.ts';
import type { Orders } from './orders.ts';
import { defaultParameters } from './parameters.ts';
import { bestOfPool } from './partition.ts';
import type { Plan } from './plan.ts';
import { isTied, type PooledRoute } from './pool.ts';
import { Recreate } from './recreate.ts';
import type { SolveLimits, SolveOptions, SolveResult, StoppedBy } from './search.ts';
import { timedRoutes, toPlan, withReasons } from './to-plan.ts';

/**
 * One of the searches that run side by side on one instance, on this thread or on one of its own. All of them run up to the
 * same share of their limits, tell what they have, and go on from the best of it: when that happens depends on iterations
 * alone where those are the limit, so that it does not matter how many threads there are.
 */
export class Session {
  private readonly instance: Instance;
  private readonly options: SolveOptions;
  private readonly limit: Limit;
  private readonly island: Island;
  private readonly startCost: Cost;
  private readonly kept: Plan | null;
  /** Nothing is left to search: of at most one visit every place was looked at. */
  readonly isOptimal: boolean;

  /** The `index`-th of `count`. */
  constructor(instance: Instance, options: SolveOptions, index: number, count: number) {
    this.instance = instance;
    this.options = options;
    const share = options.iterations === undefined ? undefined : Math.floor((options.iterations + index) / count);
    const own = { ...options, ...(share !== undefined && { iterations: share }) };
    this.limit = new Limit(own);
    const routes = adopt(instance, options.start);
    const adopted = timedRoutes(routes);
    const near = neighbours(instance);
    const recreate = new Recreate(routes, near);
    // Without iterations what is there stays: a first answer moves nobody.
    this.isOptimal = options.iterations !== 0 && instance.links === null && recreate.movable.length <= 1;
    if (this.isOptimal)
      for (const visit of recreate.movable) if (routes.vehicleOf(visit) >= 0) routes.remove(visit, visit);
    complete(routes, recreate);
    this.kept = options.start === undefined ? null : stillValid(instance, options.start);
    const began = options.start === undefined ? timedRoutes(routes) : adopted;
    this.startCost = cost(instance, this.kept ?? { routes: began, unassigned: [] });
    const parameters = { ...defaultParameters, ...options.parameters };
    const seed = options.seed + index * SEED_STEP;
    this.island = new Island(routes, recreate, near, seed, parameters);
    if (options.start === undefined && options.iterations !== 0 && !this.isOptimal) this.island.startThrifty();
  }

  get bestCost(): number {
    return this.island.bestCost;
  }
  get iterations(): number {
    return this.island.iterations;
  }
  get unassigned(): number {
    return this.island.routes.absentCount;
  }
  get pool(): PooledRoute[] {
    return this.island.pool.all();
  }

  /** Until so much of the limit is used up. `tell` is called now and then. */
  runUntil(share: number, tell: () => void): void {
    const { limit, island, options } = this;
    while (!this.isOptimal && !options.signal?.aborted) {
      const used = limit.used(island.iterations);
      if (used >= share) return;
      island.run(used, limit.stepsUntilNextLook());
      tell();
    }
  }

  /** The best plan that can be made of these routes and the best one so far. */
  review(pools: readonly (readonly PooledRoute[])[]): Orders {
    const { island, limit, options } = this;
    if (options.solveProgram !== undefined) {
      const own = island.bestOrders();
      for (const [vehicle, order] of own) if (order.length > 0) island.pool.put(vehicle, order);
      const limits = { nodes: PROGRAM_NODES, ...limit.secondsFor(PROGRAM_SHARE) };
      const found = bestOfPool(
        island.routes,
        island.recreate.fleet,
        [...island.pool.all(), ...pools.flat()],
        options.solveProgram,
        limits,
        own.filter(([, order]) => isTied(this.instance, order)),
      );
      // Where its limits end the program early, what it has then may be far worse.
      if (found !== null && !island.adoptIfBetter(found)) island.toBest();
    }
    return island.bestOrders();
  }

  adopt(orders: Orders): void {
    this.island.adopt(orders);
  }

  /** `iterations` of all searches together. */
  result(iterations: number): SolveResult {
    const { island, instance, kept, startCost, options } = this;
    island.finish();
    const found = toPlan(island.routes);
    const foundCost = cost(instance, found);
    const stoppedBy = this.isOptimal ? 'optimum' : stopReason(options, iterations);
    if (kept !== null && startCost.total <= foundCost.total)
      return { plan: kept, cost: startCost, iterations, startCost, stoppedBy };
    return { plan: found, cost: foundCost, iterations, startCost, stoppedBy };
  }
}

const SEED_STEP = 0x1000003;
const PROGRAM_NODES = 200;
/** Of the time allowed: as long as recombining may take. */
const PROGRAM_SHARE = 0.08;
const SHORT_MILLISECONDS = 800;
const LONG_MILLISECONDS = 3000;

/** Shares of the limit up to which searches run before they tell each other what they have. Where time is short, only the end. */
export function sharesOf({ iterations, milliseconds }: SolveLimits): readonly number[] {
  const time = milliseconds ?? Number.POSITIVE_INFINITY;
  if (time < SHORT_MILLISECONDS || (iterations ?? Number.POSITIVE_INFINITY) < MANY_ITERATIONS) return [1];
  return time < LONG_MILLISECONDS ? [0.85, 1] : [0.6, 0.94, 1];
}

/**
 * How many searches run side by side. Limited by time: one on each thread. By iterations alone: two where there are many,
 * whatever the threads, so that these change nothing in what is found.
 */
export function searchesOf({ iterations, milliseconds }: SolveLimits, threads: number): number {
  if (milliseconds !== undefined) return threads;
  return (iterations ?? 0) >= MANY_ITERATIONS ? 2 : 1;
}

const MANY_ITERATIONS = 20_000;

function stopReason(options: SolveOptions, iterations: number): StoppedBy {
  if (options.signal?.aborted) return 'signal';
  return options.iterations === undefined || iterations < options.iterations ? 'time' : 'iterations';
}

/** The start as a plan for this instance, or nothing when it may not be committed any more. */
function stillValid(instance: Instance, start: Plan): Plan | null {
  const routes = start.routes.filter((route) => route.stops.length > 0).sort((a, b) => a.vehicle - b.vehicle);
  const violations = checkPlan(instance, { routes, unassigned: start.unassigned });
  return violations.some(({ kind }) => kind !== 'missing') ? null : withReasons(instance, routes);
}
