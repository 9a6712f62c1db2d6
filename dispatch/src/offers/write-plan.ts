import { MINUTE, streams, type UptowerEvent, type WorkOrderId } from '@uptower/domain';
import type { Append } from '@uptower/platform';
import { changesOf } from '../planning/changes.ts';
import { appendsOf } from '../planning/commit.ts';
import { toUnassigned, toVisits } from '../planning/from-solution.ts';
import type { Planner } from '../planning/planner.ts';
import { underwayVisits } from '../planning/snapshot.ts';
import type { PlanningProblem } from '../planning/to-instance.ts';
import { cost } from '../solver/cost.ts';
import { ownInstance } from '../solver/instance.ts';
import type { Plan } from '../solver/plan.ts';
import type { DispatchState } from '../state.ts';

/** What writes a plan that somebody asked for and that the checker has seen; nothing where the plan in force is the same. */
export function appendsOfPlan(
  trigger: string,
  problem: PlanningProblem,
  plan: Plan,
  state: DispatchState,
  planner: Planner,
): Append<UptowerEvent>[] {
  const visits = toVisits(problem, plan);
  // Who had no place before keeps the reason; who has not been asked for yet is not named.
  const before = new Map(state.plan?.unassigned.map((one) => [one.workOrderId, one]));
  const isScheduled = (id: WorkOrderId) => state.orders.get(id)?.order.state === 'scheduled';
  const unassigned = toUnassigned(problem, plan).flatMap(
    (one) => before.get(one.workOrderId) ?? (isScheduled(one.workOrderId) ? one : []),
  );
  const orders = problem.orders.map(({ order }) => order);
  const tolerance = problem.policy.weights.movedToleranceMinutes * MINUTE;
  const changes = changesOf(orders, visits, unassigned, state.plan, problem.now, tolerance);
  if (changes === null) return [];
  const costs = { ...cost(ownInstance(problem.plain), plan) };
  const all = [...underwayVisits(state), ...visits];
  return appendsOf(planner.planOf(trigger, all, unassigned, costs, changes.moved), changes, state);
}

/** One more event on an order, before what the plan says of it. */
export function withEvent(
  appends: readonly Append<UptowerEvent>[],
  id: WorkOrderId,
  event: UptowerEvent,
  state: DispatchState,
): Append<UptowerEvent>[] {
  const stream = streams.workOrder(id);
  if (appends.some((append) => append.stream === stream))
    return appends.map((append) =>
      append.stream === stream ? { ...append, events: [event, ...append.events] } : append,
    );
  return [...appends, { stream, expectedVersion: state.orders.get(id)?.version ?? 0, events: [event] }];
}
