import { Chain } from './chain.ts';
import { checkPlan } from './check-plan.ts';
import { adopt, complete } from './construct.ts';
import { type Cost, cost } from './cost.ts';
import type { Instance } from './instance.ts';
import { Limit } from './limit.ts';
import { competitors, type Lists, neighbours } from './near.ts';
import { defaultParameters, type Parameters } from './parameters.ts';
import type { Plan } from './plan.ts';
import { Recreate } from './recreate.ts';
import { Rng } from './rng.ts';
import { frozenOrder, type Routes } from './routes.ts';
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

  const { iterations, stoppedBy } = improve(routes, recreate, near, limit, options);

  const found = toPlan(routes);
  const foundCost = cost(instance, found);
  if (kept !== null && startCost.total <= foundCost.total)
    return { plan: kept, cost: startCost, iterations, startCost, stoppedBy };
  return { plan: found, cost: foundCost, iterations, startCost, stoppedBy };
}

/** Anneals: T falls from T_0 to T_f by T_0 (T_f / T_0)^(share of the limit used). Leaves `routes` at the best plan seen. */
function improve(routes: Routes, recreate: Recreate, near: Lists, limit: Limit, options: SolveOptions) {
  const { instance } = routes;
  const parameters = { ...defaultParameters, ...options.parameters };
  const rng = new Rng(options.seed);
  const rivals = competitors(near, (visit) => recreate.vehiclesFor(visit));
  const chain = new Chain(routes, recreate, near, rivals, parameters, rng);
  const { startTemperature, endTemperature } = parameters;
  const scale = meanLeg(routes);
  if (options.start === undefined && options.iterations !== 0 && parameters.thrifty) startThrifty(routes, recreate);
  let iterations = 0;
  let told = Number.POSITIVE_INFINITY;
  const tell = () => {
    if (chain.bestCost >= told) return;
    told = chain.bestCost;
    options.onProgress?.({ iterations, cost: chain.bestCost, unassigned: routes.absentCount });
  };
  tell();
  while (instance.visitCount > 0 && !options.signal?.aborted) {
    const used = limit.used(iterations);
    if (used >= 1) break;
    const temperature = scale * startTemperature * (endTemperature / startTemperature) ** used;
    for (let steps = limit.stepsUntilNextLook(); steps > 0; steps--) {
      chain.step(temperature);
      iterations++;
    }
    tell();
  }
  routes.setOrders(chain.bestOrders());
  complete(routes, recreate);
  return { iterations, stoppedBy: options.signal?.aborted ? ('signal' as const) : stopReason(options, iterations) };
}

/**
 * Starts from few long routes: opening one more is easy for the search, to close one is hard. What comes of it may cost more
 * than the first answer, which the chain remembers; but nobody more is left out.
 */
function startThrifty(routes: Routes, recreate: Recreate): void {
  const first = routes.copyOrders();
  const absent = routes.absentCount;
  routes.setOrders(first.map(([vehicle]) => [vehicle, frozenOrder(routes.instance, vehicle)] as const));
  recreate.thriftily();
  if (routes.absentCount > absent) routes.setOrders(first);
}

/** Cost of travel a visit, or 1. */
function meanLeg(routes: Routes): number {
  let sum = 0;
  for (const cost of routes.legCost) sum += cost;
  return Math.max(1, sum / Math.max(1, routes.instance.visitCount - routes.absentCount + routes.usedCount));
}

function stopReason(options: SolveOptions, iterations: number): 'iterations' | 'time' {
  return options.iterations === undefined || iterations < options.iterations ? 'time' : 'iterations';
}

/** The start as a plan for this instance, or nothing when it may not be committed any more. */
function stillValid(instance: Instance, start: Plan): Plan | null {
  const routes = start.routes.filter((route) => route.stops.length > 0).sort((a, b) => a.vehicle - b.vehicle);
  const violations = checkPlan(instance, { routes, unassigned: start.unassigned });
  return violations.some(({ kind }) => kind !== 'missing') ? null : withReasons(instance, routes);
}
