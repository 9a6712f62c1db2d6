import type { SolveResult } from './port.ts';

type Costs = Pick<SolveResult, 'cost' | 'startCost'>;

/** Of what the plan costs; the curves of risk alone move it by about as much within an hour. */
const MIN_GAIN = 0.02;

/**
 * Whether a plan found because time passed is worth ringing people again for: a gain well beyond what moving costs, work
 * that would come late, or that the plan in force has no place for. Else the days of engineers turn with every small change.
 */
export function isWorthMoving({ cost, startCost }: Costs): boolean {
  return rescues(cost, startCost) || startCost.total - cost.total > Math.max(MIN_GAIN * startCost.total, cost.churn);
}

/** Whether a plan finds a place for what has none without it, or is in time with what would be late. */
export function rescues(plan: SolveResult['cost'], without: SolveResult['cost']): boolean {
  return without.unassigned > plan.unassigned || without.lateness - plan.lateness > plan.churn;
}

/** A visit that moves costs so many times as much in a second search, where the first moved more than may be. */
export const DEARER = 8;
