import { HOUR, type Instant, MINUTE, type OpenWorkOrder, type WorkOrderEvent } from '@uptower/domain';
import { underwayOrder } from '../field/positions.ts';
import type { DispatchState } from '../state.ts';
import { workMinutes } from './work-time.ts';

/** Nobody is rung for a few minutes. */
const PATIENCE_MS = 20 * MINUTE;
/** Who was late once is expected so much later, or by half of the time it has been, and asked for again then. */
const LOOK_AGAIN_MS = 30 * MINUTE;
const LOOK_AGAIN_AT_MOST_MS = 4 * HOUR;

/**
 * Somebody who should have set out, arrived or finished a while ago and has not said so: one event an engineer for setting
 * out, one every half hour for the others, and less often the longer it takes. Who is still busy elsewhere, or was a moment ago,
 * does not stay away: that other work is overdue. Pure.
 */
export function overdue(state: DispatchState, order: OpenWorkOrder, now: Instant): WorkOrderEvent | undefined {
  if (order.state !== 'scheduled' && order.state !== 'travelling' && order.state !== 'on-site') return undefined;
  const { visit } = order;
  const { engineerId } = visit;
  const late = (what: 'departure' | 'arrival' | 'finish', due = now): WorkOrderEvent => {
    const until = now + Math.min(LOOK_AGAIN_AT_MOST_MS, Math.max(LOOK_AGAIN_MS, Math.round((now - due) / 2)));
    return { type: 'work-order.overdue', workOrderId: order.id, at: now, engineerId, what, until };
  };
  if (order.state === 'scheduled') {
    const free = state.finishes.get(engineerId)?.at(-1) ?? Number.NEGATIVE_INFINITY;
    const due = Math.max(order.departureDue ?? visit.departAt, free);
    if (now < due + PATIENCE_MS || order.missedBy?.includes(engineerId)) return undefined;
    return underwayOrder(state, engineerId) ? undefined : late('departure');
  }
  const due =
    order.state === 'travelling'
      ? Math.max(visit.arriveAt, order.departedAt + visit.travelSeconds * 1_000)
      : Math.max(order.arrivedAt, visit.startAt) + workMinutes(order, 0.8) * MINUTE;
  if (now < Math.max(due + PATIENCE_MS, order.lateUntil ?? 0)) return undefined;
  return late(order.state === 'travelling' ? 'arrival' : 'finish', due);
}
