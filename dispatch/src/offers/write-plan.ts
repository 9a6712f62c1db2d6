import { MINUTE, streams, type UptowerEvent, type WorkOrderEvent, type WorkOrderId } from '@uptower/domain';
import type { Append } from '@uptower/platform';
import type { Cause } from '../planning/causes.ts';
import { changesOf } from '../planning/changes.ts';
import { appendsOf } from '../planning/commit.ts';
import { diffOf } from '../planning/diff.ts';
import { toUnassigned, toVisits } from '../planning/from-solution.ts';
import { withdrawnVisits } from '../planning/live-day.ts';
import type { Planner } from '../planning/planner.ts';
import { underwayVisits } from '../planning/snapshot.ts';
import type { PlanningProblem } from '../planning/to-instance.ts';
import { cost } from '../solver/cost.ts';
import { ownInstance } from '../solver/instance.ts';
import type { Plan } from '../solver/plan.ts';
import type { DispatchState } from '../state.ts';

type SlotPromised = Extract<WorkOrderEvent, { type: 'work-order.slot-promised' }>;

interface PlanToWrite {
  readonly problem: PlanningProblem;
  /** Seen by the checker. */
  readonly plan: Plan;
  readonly state: DispatchState;
  readonly planner: Planner;
  /** Who asked for it. */
  readonly cause: Cause;
  /** What is promised with it, and not in the log yet. */
  readonly promised?: SlotPromised;
}

/** What writes a plan that somebody asked for; nothing where the plan in force is the same, and nothing is promised. */
export function appendsOfPlan({ problem, plan, state, planner, cause, promised }: PlanToWrite): Append<UptowerEvent>[] {
  const isPromised = (id: WorkOrderId) => id === promised?.workOrderId;
  const visits = toVisits(problem, plan).map((visit) =>
    promised && isPromised(visit.workOrderId) ? { ...visit, told: { from: promised.from, to: promised.to } } : visit,
  );
  // Who had no place before keeps the reason; who has not been asked for yet is not named.
  const before = new Map(state.plan?.unassigned.map((one) => [one.workOrderId, one]));
  const isScheduled = (id: WorkOrderId) => state.orders.get(id)?.order.state === 'scheduled';
  const unassigned = toUnassigned(problem, plan).flatMap(
    (one) => before.get(one.workOrderId) ?? (isScheduled(one.workOrderId) ? one : []),
  );
  const orders = problem.orders.map(({ order }) => {
    if (!promised || !isPromised(order.id)) return order;
    const { from, to, by, at } = promised;
    return { ...order, slot: { from, to, by, promisedAt: at } };
  });
  const toleranceMs = problem.policy.weights.movedToleranceMinutes * MINUTE;
  const changes = changesOf(orders, visits, unassigned, state.plan, problem.now, toleranceMs);
  // With a promise also a minute is worth writing: the visit must begin in the slot, and the slot is what was told.
  if (!changes.worth && !promised) return [];
  const costs = { ...cost(ownInstance(problem.plain), plan) };
  const all = [...underwayVisits(state), ...visits];
  const diff = diffOf({ orders, visits, withdrawn: withdrawnVisits(state), causes: [cause], toleranceMs });
  const planned = planner.planOf(cause.trigger, all, unassigned, costs, changes.moved);
  return appendsOf({ ...planned, changes: diff }, changes, state);
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
