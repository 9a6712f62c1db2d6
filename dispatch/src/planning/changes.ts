import type { OpenWorkOrder, Plan, Visit, WorkOrderId } from '@uptower/domain';

/** What a new plan changes for the orders. */
export interface PlanChanges {
  /** Visits to tell the orders about. */
  readonly scheduled: readonly Visit[];
  readonly unscheduled: readonly WorkOrderId[];
  /** Orders whose agreed engineer or time changed noticeably. */
  readonly moved: readonly WorkOrderId[];
}

/** Less than this is the same time: a plan that only differs in seconds is not worth an event. */
const SAME_MS = 120_000;
/** More than this is a move that somebody has to be told (the solver's churn tolerance). */
const MOVED_MS = 900_000;

/**
 * Compares new visits with the orders as they are. Null when nothing worth saying changed; otherwise every difference
 * counts, so that the visits fit each other to the second as the checker saw them. Pure.
 */
export function changesOf(
  orders: readonly OpenWorkOrder[],
  visits: readonly Visit[],
  unassigned: Plan['unassigned'],
  before: Plan | null,
): PlanChanges | null {
  const visitOf = new Map(visits.map((visit) => [visit.workOrderId, visit]));
  const scheduled: Visit[] = [];
  const unscheduled: WorkOrderId[] = [];
  const moved: WorkOrderId[] = [];
  let worth = false;
  for (const order of orders) {
    const now = visitOf.get(order.id);
    const then = order.state === 'scheduled' ? order.visit : undefined;
    if (!now) {
      if (!then) continue;
      unscheduled.push(order.id);
      worth = true;
      continue;
    }
    if (!then || then.engineerId !== now.engineerId || then.pinned !== now.pinned) worth = true;
    else if (Math.abs(then.startAt - now.startAt) >= SAME_MS) worth = true;
    if (then && (then.engineerId !== now.engineerId || Math.abs(then.startAt - now.startAt) > MOVED_MS))
      moved.push(order.id);
    if (!then || differs(then, now)) scheduled.push(now);
  }
  const key = (list: Plan['unassigned']) =>
    list
      .map(({ workOrderId, reason }) => `${workOrderId} ${reason}`)
      .sort()
      .join();
  if (key(unassigned) !== key(before?.unassigned ?? [])) worth = true;
  return worth ? { scheduled, unscheduled, moved } : null;
}

function differs(a: Visit, b: Visit): boolean {
  return (
    a.engineerId !== b.engineerId ||
    a.startAt !== b.startAt ||
    a.departAt !== b.departAt ||
    a.arriveAt !== b.arriveAt ||
    a.endAt !== b.endAt ||
    a.pinned !== b.pinned
  );
}
