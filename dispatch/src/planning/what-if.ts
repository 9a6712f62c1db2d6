import { MINUTE, type OpenWorkOrder, type PlanChange, type WhatIfAnswer } from '@uptower/domain';
import { checkPlan, type Violation } from '../solver/check-plan.ts';
import { cost } from '../solver/cost.ts';
import { type Instance, ownInstance } from '../solver/instance.ts';
import { causeOf } from './causes.ts';
import { diffOf } from './diff.ts';
import { describeViolations, toVisits } from './from-solution.ts';
import type { SolverPlan } from './port.ts';
import type { PlanningProblem } from './to-instance.ts';

/** A problem and the plan in force, repaired. */
export interface Day {
  readonly problem: PlanningProblem;
  readonly plan: SolverPlan;
}

/**
 * What a person's moves would do: the day repaired around them, against the day as it is. `before` has no moves in it, `after`
 * has them as facts. Costs are both taken from the problem without the moves, so that what is moved counts as moved. Pure.
 */
export function whatIf({ problem: before, plan: day }: Day, { problem: after, plan: next }: Day): WhatIfAnswer {
  const [known, moved] = [ownInstance(before.plain), ownInstance(after.plain)];
  const orders: OpenWorkOrder[] = after.orders.map(({ order }) => order);
  const changes = diffOf({
    orders,
    visits: toVisits(after, next),
    withdrawn: [],
    causes: [causeOf('moved-by-hand', 'dispatch', after.now)],
    toleranceMs: after.policy.weights.movedToleranceMinutes * MINUTE,
  });
  const outside = (after.placed ?? []).some(({ workOrderId }) => {
    const visit = orders.findIndex(({ id }) => id === workOrderId);
    return after.plain.visits[visit]?.frozen === undefined;
  });
  return {
    before: { ...cost(known, day) },
    after: outside ? null : { ...cost(known, next) },
    violations: describeViolations(after, newViolations(known, day, moved, next)),
    changes: changes.map(({ cause: _, ...change }): Omit<PlanChange, 'cause'> => change),
  };
}

/** Facts are judged here too: a person's move is one, and may break rules. What is broken already is no news. */
function newViolations(known: Instance, day: SolverPlan, moved: Instance, next: SolverPlan): Violation[] {
  const key = ({ kind, visit, engineer }: Violation) => `${kind} ${visit} ${engineer}`;
  const old = new Set(checkPlan(known, day, { judgeFrozen: true }).map(key));
  return checkPlan(moved, next, { judgeFrozen: true }).filter((found) => !old.has(key(found)));
}
