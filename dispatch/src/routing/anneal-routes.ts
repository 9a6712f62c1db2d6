import type { Rng } from '../solver/rng.ts';
import type { Countdown } from './limits.ts';
import type { Neighbours } from './neighbours.ts';
import type { ModelRoute } from './route-model.ts';
import type { RoutePlan } from './route-plan.ts';
import { ruin } from './ruin-strings.ts';

export interface PlanSnapshot<R extends ModelRoute> {
  /** By vehicle, empty ones too. */
  readonly routes: readonly R[];
  readonly unassigned: readonly number[];
  /** Of the routes and of what is left out. */
  readonly cost: number;
}

/** Temperatures at its ends, in costs, and the share of the limit at which it ends. */
export interface Cooling {
  readonly from: number;
  readonly to: number;
  readonly until: number;
}

/**
 * Ruin and recreate under simulated annealing, from the plan as it is: Christiaens & Vanden Berghe, "Slack Induction by
 * String Removals for Vehicle Routing Problems", Transportation Science 54(2), 2020, algorithm 1. Returns the best plan met.
 */
export function annealRoutes<R extends ModelRoute>(
  plan: RoutePlan<R>,
  near: Neighbours,
  rng: Rng,
  countdown: Countdown,
  { from, to, until }: Cooling,
  onBetter: (best: PlanSnapshot<R>) => void,
): PlanSnapshot<R> {
  const { model } = plan;
  let best = plan.snapshot();
  onBetter(best);
  const began = countdown.used();
  for (let used = began; used < until; used = countdown.used()) {
    const current = plan.cost;
    plan.mark();
    ruin(plan, near, rng);
    plan.recreate(rng, { blink: BLINK_RATE, shuffled: true });
    if (rng.unit() < HAND_OVER_SHARE) {
      const v = plan.vehicleOf(rng.below(model.taskCount));
      if (v >= 0) plan.handOver(v);
    }
    countdown.iterations++;
    const temperature = from * (to / from) ** ((used - began) / (until - began));
    if (plan.cost < best.cost - TINY * Math.abs(best.cost)) {
      best = plan.snapshot();
      onBetter(best);
    } else if (plan.cost >= current - temperature * Math.log(1 - rng.unit())) plan.rollBack();
  }
  return best;
}

const HAND_OVER_SHARE = 0.1;
const BLINK_RATE = 0.01;
/** Sums kept along in doubles drift; what they gain by that is no better plan. */
export const TINY = 1e-12;
