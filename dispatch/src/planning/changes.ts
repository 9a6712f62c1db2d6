import type { Instant, OpenWorkOrder, Plan, Visit, WorkOrderId } from '@uptower/domain';
import { toldOf } from './told-window.ts';

/** What a new plan changes for the orders. */
export interface PlanChanges {
  /** Visits to tell the orders about. */
  readonly scheduled: readonly Visit[];
  readonly unscheduled: readonly WorkOrderId[];
  /** Orders whose agreed engineer or time changed noticeably. */
  readonly moved: readonly WorkOrderId[];
  /** Whether there is anything to say. */
  readonly worth: boolean;
}

/** Less than this is the same time: a plan that only differs in seconds is not worth an event. */
const SAME_MS = 120_000;
/** The same for somebody who should have left and has not: nobody knows when, and each look would say "now". */
const SAME_OVERDUE_MS = 1_800_000;

/**
 * Compares new visits with the orders as they are. Every difference counts once something worth saying changed, so that the
 * visits fit each other to the second as the checker saw them. A start that differs by more than `toleranceMs` is a move
 * that somebody has to be told. Pure.
 */
export function changesOf(
  orders: readonly OpenWorkOrder[],
  visits: readonly Visit[],
  unassigned: Plan['unassigned'],
  before: Plan | null,
  now: Instant,
  toleranceMs: number,
): PlanChanges {
  const visitOf = new Map(visits.map((visit) => [visit.workOrderId, visit]));
  const overdue = new Set(
    orders.flatMap((order) =>
      order.state === 'scheduled' && order.visit.departAt < now ? order.visit.engineerId : [],
    ),
  );
  const scheduled: Visit[] = [];
  const unscheduled: WorkOrderId[] = [];
  const moved: WorkOrderId[] = [];
  let worth = false;
  for (const order of orders) {
    const next = visitOf.get(order.id);
    const then = order.state === 'scheduled' ? order.visit : undefined;
    if (!next) {
      if (!then) continue;
      unscheduled.push(order.id);
      worth = true;
      continue;
    }
    const sameMs = overdue.has(next.engineerId) ? SAME_OVERDUE_MS : SAME_MS;
    if (!then || then.engineerId !== next.engineerId || then.pinned !== next.pinned) worth = true;
    else if (Math.abs(then.startAt - next.startAt) >= sameMs) worth = true;
    if (then && (then.engineerId !== next.engineerId || Math.abs(then.startAt - next.startAt) > toleranceMs))
      moved.push(order.id);
    if (!then || differs(then, next)) scheduled.push(next);
  }
  const key = (list: Plan['unassigned']) =>
    list
      .map(({ workOrderId, reason }) => `${workOrderId} ${reason}`)
      .sort()
      .join();
  if (key(unassigned) !== key(before?.unassigned ?? [])) worth = true;
  return { scheduled, unscheduled, moved, worth };
}

function differs(a: Visit, b: Visit): boolean {
  return (
    a.engineerId !== b.engineerId ||
    a.startAt !== b.startAt ||
    a.departAt !== b.departAt ||
    a.arriveAt !== b.arriveAt ||
    a.endAt !== b.endAt ||
    a.pinned !== b.pinned ||
    toldOf(a).from !== toldOf(b).from ||
    toldOf(a).to !== toldOf(b).to
  );
}
