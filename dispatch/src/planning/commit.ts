import { type Plan, streams, type UptowerEvent, type WorkOrderId } from '@uptower/domain';
import type { Append } from '@uptower/platform';
import type { DispatchState } from '../state.ts';
import type { PlanChanges } from './changes.ts';

/** The plan and what it changes for each order: one transaction, on the versions that were looked at. Pure. */
export function appendsOf(
  plan: Plan,
  { scheduled, unscheduled }: Pick<PlanChanges, 'scheduled' | 'unscheduled'>,
  state: DispatchState,
): Append<UptowerEvent>[] {
  const at = plan.committedAt;
  const toOrder = (id: WorkOrderId, event: UptowerEvent): Append<UptowerEvent> => ({
    stream: streams.workOrder(id),
    expectedVersion: state.orders.get(id)?.version ?? 0,
    events: [event],
  });
  const reasonOf = (id: WorkOrderId) =>
    plan.unassigned.find(({ workOrderId }) => workOrderId === id)?.reason ?? 'not-planned';
  return [
    { stream: streams.plan, expectedVersion: state.planVersion, events: [{ type: 'plan.committed', plan }] },
    ...scheduled.map((visit) =>
      toOrder(visit.workOrderId, { type: 'work-order.scheduled', workOrderId: visit.workOrderId, at, visit }),
    ),
    ...unscheduled.map((id) =>
      toOrder(id, { type: 'work-order.unscheduled', workOrderId: id, at, reason: reasonOf(id) }),
    ),
  ];
}
