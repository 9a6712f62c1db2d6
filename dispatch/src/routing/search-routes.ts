import { Rng } from '../solver/rng.ts';
import { Countdown, type SearchLimits, type StoppedBy } from './limits.ts';
import { Neighbours } from './neighbours.ts';
import type { ModelRoute, RouteModel } from './route-model.ts';
import { RoutePlan } from './route-plan.ts';
import { ruin } from './ruin-strings.ts';

export interface RouteSearchOptions extends SearchLimits {
  /** Routes to begin with, by vehicle; each must be one the model builds. Nothing worse comes back. */
  readonly start?: readonly (readonly number[])[];
  readonly stopsOf: (task: number) => readonly number[];
  readonly onProgress?: (progress: { iterations: number; cost: number; unassigned: number }) => void;
}

export interface RouteSearchResult<R extends ModelRoute> {
  /** By vehicle, empty ones too. */
  readonly routes: readonly R[];
  readonly unassigned: readonly number[];
  /** Of the routes and of what is left out. */
  readonly cost: number;
  readonly iterations: number;
  readonly stoppedBy: StoppedBy;
}

/**
 * Ruin and recreate under simulated annealing over any `RouteModel`: Christiaens & Vanden Berghe, "Slack Induction by
 * String Removals for Vehicle Routing Problems", Transportation Science 54(2), 2020, algorithm 1. Temperatures follow the
 * mean cost of a leg, because costs here have no fixed scale: T0 = 3, Tf = 0.05 of it (measured on 100 requests with
 * homes, tools and parts).
 */
export function searchRoutes<R extends ModelRoute>(
  model: RouteModel<R>,
  options: RouteSearchOptions,
): RouteSearchResult<R> {
  const rng = new Rng(options.seed);
  const countdown = new Countdown(options);
  const near = new Neighbours(model);
  const plan = new RoutePlan(model, near, options.stopsOf);
  plan.adopt(options.start ?? []);
  plan.recreate(rng, { blink: 0, shuffled: false });

  let best = plan.snapshot();
  const tell = () =>
    options.onProgress?.({ iterations: countdown.iterations, cost: best.cost, unassigned: best.unassigned.length });
  tell();
  const scale = plan.meanLegCost();
  while (model.taskCount > 0) {
    const used = countdown.used();
    if (used >= 1) break;
    const current = plan.cost;
    plan.mark();
    ruin(plan, near, rng);
    plan.recreate(rng, { blink: BLINK_RATE, shuffled: true });
    if (rng.unit() < HAND_OVER_SHARE) {
      const v = plan.vehicleOf(rng.below(model.taskCount));
      if (v >= 0) plan.handOver(v);
    }
    countdown.iterations++;
    const temperature = scale * START_TEMPERATURE * (END_TEMPERATURE / START_TEMPERATURE) ** used;
    if (plan.cost < best.cost - TINY * Math.abs(best.cost)) {
      best = plan.snapshot();
      countdown.better();
      tell();
    } else if (plan.cost >= current - temperature * Math.log(1 - rng.unit())) plan.rollBack();
  }
  return { ...best, iterations: countdown.iterations, stoppedBy: countdown.stoppedBy };
}

const HAND_OVER_SHARE = 0.1;
const BLINK_RATE = 0.01;
const START_TEMPERATURE = 3;
const END_TEMPERATURE = 0.05;
/** Sums kept along in doubles drift; what they gain by that is no better plan. */
const TINY = 1e-12;
