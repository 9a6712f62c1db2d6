import { checkPlan } from './check-plan.ts';
import { adopt, complete } from './construct.ts';
import { type Cost, cost } from './cost.ts';
import type { Instance } from './instance.ts';
import { type Cycle, Island, ONE_CYCLE, TWO_CYCLES } from './island.ts';
import { Limit } from './limit.ts';
import { neighbours } from './near.ts';
import { defaultParameters, type Parameters } from './parameters.ts';
import { bestOfPool, type SolveProgram } from './partition.ts';
import type { Plan } from './plan.ts';
import { Recreate } from './recreate.ts';

import { timedRoutes, toPlan, withReasons } from './to-plan.ts';

export interface SolveLimits {
  /** A whole number. Same instance, start, seed and iterations (and no clock): same plan. */
  readonly seed: number;
  /** Stop after so many. 0: the first answer only. */
  readonly iterations?: number;
  /** Stop after so long; needs `now`. At least one of the two limits is needed; with both, the one reached first counts. */
  readonly milliseconds?: number;
  /** The plan in force. Nothing worse comes back, as long as it still passes `checkPlan`; else as much of it as is possible is used. */
  readonly start?: Plan;
}

export interface SolveOptions extends SolveLimits {
  /** Milliseconds, from any origin. The solver never reads a clock itself. */
  readonly now?: () => number;
  /** An AbortSignal, or anything else that says when to stop. The best plan so far is returned. */
  readonly signal?: { readonly aborted: boolean };
  readonly onProgress?: (progress: Progress) => void;
  readonly parameters?: Partial<Parameters>;
  /** Solves set partitioning programs (highs.ts). Without it longer searches do without recombined routes. */
  readonly solveProgram?: SolveProgram;
}

/** Told after the first answer, and when there is a better plan, a few times a second at most. */
export interface Progress {
  readonly iterations: number;
  /** Total cost of the best plan. */
  readonly cost: number;
  readonly unassigned: number;
}

export interface SolveResult {
  readonly plan: Plan;
  readonly cost: Cost;
  readonly iterations: number;
  /** Of the start as it was, or as far as it could be kept, with visits it does not name left out; without a start, of the first answer. */
  readonly startCost: Cost;
  readonly stoppedBy: 'iterations' | 'time' | 'signal';
}

export function solve(instance: Instance, options: SolveOptions): SolveResult {
  const limit = new Limit(options);
  const routes = adopt(instance, options.start);
  const adopted = timedRoutes(routes);
  const near = neighbours(instance);
  const recreate = new Recreate(routes, near);
  complete(routes, recreate);
  const kept = options.start === undefined ? null : stillValid(instance, options.start);
  const began = options.start === undefined ? timedRoutes(routes) : adopted;
  const startCost = cost(instance, kept ?? { routes: began, unassigned: [] });

  const parameters = { ...defaultParameters, ...options.parameters };
  const cycles = cyclesOf(instance, options);
  const islands = [new Island(routes, recreate, near, options.seed, parameters, cycles)];
  for (let k = 1; k < islandsOf(options); k++) {
    const own = adopt(instance, options.start);
    const ownRecreate = new Recreate(own, near);
    complete(own, ownRecreate);
    islands.push(new Island(own, ownRecreate, near, options.seed + k * SEED_STEP, parameters, cycles));
  }
  if (options.start === undefined && options.iterations !== 0 && parameters.thrifty)
    for (const island of islands) island.startThrifty();
  const { routes: improved, iterations, stoppedBy } = improve(islands, limit, options);

  const found = toPlan(improved);
  const foundCost = cost(instance, found);
  if (kept !== null && startCost.total <= foundCost.total)
    return { plan: kept, cost: startCost, iterations, startCost, stoppedBy };
  return { plan: found, cost: foundCost, iterations, startCost, stoppedBy };
}

/** The search itself. Leaves the routes at the best plan seen. */
function improve(islands: readonly Island[], limit: Limit, options: SolveOptions) {
  const [first] = islands as readonly [Island, ...Island[]];
  const { routes } = first;
  const best = () => islands.reduce((a, b) => (b.bestCost < a.bestCost ? b : a));
  let told = Number.POSITIVE_INFINITY;
  let iterations = 0;
  const tell = () => {
    const { bestCost } = best();
    if (bestCost >= told) return;
    told = bestCost;
    options.onProgress?.({ iterations, cost: bestCost, unassigned: routes.absentCount });
  };
  tell();
  const reviews = reviewsOf(options);
  let reviewed = 0;
  while (routes.instance.visitCount > 0 && !options.signal?.aborted) {
    const used = limit.used(iterations);
    if (used >= 1) break;
    if (used >= (reviews[reviewed] ?? 2)) {
      reviewed++;
      review(islands, limit, options);
      tell();
      continue;
    }
    const steps = limit.stepsUntilNextLook();
    const each = Math.floor(steps / islands.length);
    islands.forEach((island, k) => {
      const more = k < steps - each * islands.length ? 1 : 0;
      if (each + more > 0) island.run(used, each + more);
    });
    iterations += steps;
    tell();
  }
  const winner = best();
  winner.finish();
  return {
    routes: winner.routes,
    iterations,
    stoppedBy: options.signal?.aborted ? ('signal' as const) : stopReason(options, iterations),
  };
}

/** Recombines the routes of all islands; those go on from the best plan there is. */
function review(islands: readonly Island[], limit: Limit, options: SolveOptions): void {
  const best = islands.reduce((a, b) => (b.bestCost < a.bestCost ? b : a));
  let orders = best.chain.bestOrders();
  if (options.solveProgram !== undefined) {
    for (const [vehicle, order] of orders) if (order.length > 0) best.pool.put(vehicle, order);
    const pool = islands.flatMap((island) => island.pool.all());
    const found = bestOfPool(best.routes, best.recreate.fleet, pool, options.solveProgram, {
      nodes: PROGRAM_NODES,
      ...limit.secondsFor(PROGRAM_SHARE),
    });
    if (found !== null) {
      best.adopt(found);
      orders = best.chain.bestOrders();
    }
  }
  for (const island of islands) island.adopt(orders);
}

const PROGRAM_NODES = 200;
/** Of the time allowed: as long as recombining may take. */
const PROGRAM_SHARE = 0.05;

/** Shares of the limit after which the routes found are recombined. Where time is short, never. */
function reviewsOf({ iterations, milliseconds }: SolveOptions): readonly number[] {
  const enough = (milliseconds ?? Number.POSITIVE_INFINITY) >= 3000 && (iterations ?? Number.POSITIVE_INFINITY) >= 20_000;
  return enough ? [0.6, 0.94] : [];
}

/** A second cycle pays where the first has had some thousand iterations a visit. */
function cyclesOf({ visitCount }: Instance, { iterations, milliseconds }: SolveOptions): readonly Cycle[] {
  const enough =
    (milliseconds ?? Number.POSITIVE_INFINITY) >= 60 * visitCount &&
    (iterations ?? Number.POSITIVE_INFINITY) >= 3000 * visitCount;
  return enough ? TWO_CYCLES : ONE_CYCLE;
}

/** So many searches side by side, by the limits alone: how many threads there are changes nothing in what is found. */
function islandsOf(_options: SolveOptions): number {
  return 1;
}
const SEED_STEP = 0x1000003;

function stopReason(options: SolveOptions, iterations: number): 'iterations' | 'time' {
  return options.iterations === undefined || iterations < options.iterations ? 'time' : 'iterations';
}

/** The start as a plan for this instance, or nothing when it may not be committed any more. */
function stillValid(instance: Instance, start: Plan): Plan | null {
  const routes = start.routes.filter((route) => route.stops.length > 0).sort((a, b) => a.vehicle - b.vehicle);
  const violations = checkPlan(instance, { routes, unassigned: start.unassigned });
  return violations.some(({ kind }) => kind !== 'missing') ? null : withReasons(instance, routes);
}
