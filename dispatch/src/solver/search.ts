import { checkPlan } from './check-plan.ts';
import { adopt, complete } from './construct.ts';
import { type Cost, cost } from './cost.ts';
import type { Instance } from './instance.ts';
import { defaultParameters, type Parameters } from './parameters.ts';
import type { Plan } from './plan.ts';
import { Recreate } from './recreate.ts';
import { Rng } from './rng.ts';
import type { Routes } from './routes.ts';
import { competitors, neighbours, ruin } from './ruin.ts';
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

/** Told after the first answer and at each better plan. */
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
  const share = shareUsed(options);
  const routes = adopt(instance, options.start);
  const adopted = timedRoutes(routes);
  const recreate = new Recreate(instance, routes);
  complete(routes, recreate);
  const kept = options.start === undefined ? null : stillValid(instance, options.start);
  const began = options.start === undefined ? timedRoutes(routes) : adopted;
  const startCost = cost(instance, kept ?? { routes: began, unassigned: [] });

  const { iterations, stoppedBy } = improve(routes, recreate, share, options);

  const found = toPlan(routes);
  const foundCost = cost(instance, found);
  if (kept !== null && startCost.total <= foundCost.total)
    return { plan: kept, cost: startCost, iterations, startCost, stoppedBy };
  return { plan: found, cost: foundCost, iterations, startCost, stoppedBy };
}

/**
 * Ruin and recreate under simulated annealing, algorithm 1 of the SISR paper: an iteration's result replaces the current
 * plan when it costs less than current - T ln U(0,1), and T falls from T_0 to T_f by T_0 (T_f / T_0)^(share of the limit used).
 * T_0 and T_f are multiples of the median cost that the first `SAMPLES` iterations added, while only better plans were taken.
 * Leaves `routes` at the best plan seen.
 */
function improve(routes: Routes, recreate: Recreate, share: (iteration: number) => number, options: SolveOptions) {
  const { instance } = routes;
  const parameters = { ...defaultParameters, ...options.parameters };
  const rng = new Rng(options.seed);
  const near = neighbours(instance);
  const vehiclesFor = (visit: number) => recreate.vehiclesFor(visit);
  const rivals = competitors(near, vehiclesFor);
  const worse: number[] = [];
  let scale = 0;
  let best = routes.copyOrders();
  let bestCost = routes.cost;
  let iterations = 0;
  const tell = () => options.onProgress?.({ iterations, cost: bestCost, unassigned: routes.absent().length });
  tell();

  let used = 0;
  while (instance.visitCount > 0 && !options.signal?.aborted) {
    used = share(iterations);
    if (used >= 1) break;
    const current = routes.cost;
    routes.mark();
    ruin(routes, rng.unit() < parameters.competingShare ? rivals : near, vehiclesFor, parameters, rng);
    recreate.withBlinks(routes, parameters.blinkRate, rng);
    iterations++;

    const temperature =
      scale * parameters.startTemperature * (parameters.endTemperature / parameters.startTemperature) ** used;
    const threshold = current - temperature * Math.log(1 - rng.unit());
    if (iterations <= SAMPLES && routes.cost > current) worse.push(routes.cost - current);
    if (iterations === SAMPLES) scale = median(worse);
    if (routes.cost < bestCost) {
      best = routes.copyOrders();
      bestCost = routes.cost;
      tell();
    } else if (routes.cost >= threshold && routes.cost !== current) routes.rollBack();
  }
  routes.setOrders(best);
  complete(routes, recreate);
  return { iterations, stoppedBy: options.signal?.aborted ? ('signal' as const) : stopReason(options, iterations) };
}

const SAMPLES = 50;

function median(values: number[]): number {
  values.sort((a, b) => a - b);
  return values[values.length >> 1] ?? 0;
}

function stopReason(options: SolveOptions, iterations: number): 'iterations' | 'time' {
  return options.iterations === undefined || iterations < options.iterations ? 'time' : 'iterations';
}

/** How much of the limit is used up, 0 to 1. */
function shareUsed({ seed, iterations, milliseconds, now }: SolveOptions): (iteration: number) => number {
  if (!Number.isSafeInteger(seed)) throw new Error(`seed must be a whole number, is ${seed}`);
  if (iterations === undefined && milliseconds === undefined)
    throw new Error('a limit is needed: iterations or milliseconds');
  if (iterations !== undefined && !(iterations >= 0))
    throw new Error(`iterations must not be negative, is ${iterations}`);
  if (milliseconds !== undefined && !(milliseconds >= 0))
    throw new Error(`milliseconds must not be negative, is ${milliseconds}`);
  if (milliseconds !== undefined && now === undefined)
    throw new Error('milliseconds needs now: the solver reads no clock');
  const began = now?.() ?? 0;
  return (iteration) => {
    const ofIterations = iterations === undefined ? 0 : iteration / iterations;
    const ofTime = milliseconds === undefined || now === undefined ? 0 : (now() - began) / milliseconds;
    return Number.isNaN(ofIterations + ofTime) ? 1 : Math.max(ofIterations, ofTime); // 0 of 0 is all of it
  };
}

/** The start as a plan for this instance, or nothing when it may not be committed any more. */
function stillValid(instance: Instance, start: Plan): Plan | null {
  const routes = start.routes.filter((route) => route.stops.length > 0).sort((a, b) => a.vehicle - b.vehicle);
  const violations = checkPlan(instance, { routes, unassigned: start.unassigned });
  return violations.some(({ kind }) => kind !== 'missing') ? null : withReasons(instance, routes);
}
