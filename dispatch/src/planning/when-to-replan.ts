import { isCalendarEvent, type UptowerEvent, type WorkOrderId } from '@uptower/domain';
import type { DispatchState } from '../state.ts';

export interface ReplanReason {
  /** Becomes the plan's `trigger`. */
  readonly trigger: string;
  /** An urgent order gets a place at once, before the search improves on it. */
  readonly urgent: WorkOrderId | null;
}

/** An arrival this far off its plan moves what comes after it. */
const LATE_MS = 10 * 60_000;
/** A risk that rose by this much is worth another look. */
const RISK_STEP = 0.1;

/** Words of a calendar that leave everybody's time as it was. */
const CHANGES_NO_TIME = new Set<UptowerEvent['type']>([
  'calendar.feed-issued',
  'calendar.feed-revoked',
  'calendar.import-failed',
  'calendar.import-set',
]);

/**
 * Whether an event is a reason to plan again. `state` has the event folded in already; what it was before is asked of the
 * plan in force. Pure.
 */
export function whenToReplan(state: DispatchState, event: UptowerEvent): ReplanReason | null {
  const because = (trigger: string, urgent: WorkOrderId | null = null) => ({ trigger, urgent });
  if (event.type === 'engineer.put') return because('engineer-changed');
  if (isCalendarEvent(event)) return CHANGES_NO_TIME.has(event.type) ? null : because('calendar-changed');
  if (event.type === 'site.put' || event.type === 'contract.put' || event.type === 'device.put')
    return state.openOrders.size > 0 ? because(event.type) : null;
  if (!event.type.startsWith('work-order.') || !('workOrderId' in event)) return null;
  const order = state.orders.get(event.workOrderId)?.order;
  if (!order || order.service === 'observe') return null;
  switch (event.type) {
    case 'work-order.opened':
      return because('order-opened', order.priority === 'P1' ? order.id : null);
    case 'work-order.risk-changed': {
      if (order.state !== 'received' && order.state !== 'scheduled') return null;
      // The curve a plan was made with is not kept: a look too many costs a third of a second, and commits nothing.
      const graver = order.priority === 'P1' || event.probability >= RISK_STEP;
      return graver ? because('risk-changed') : null;
    }
    case 'work-order.report-joined': {
      if (order.state !== 'received' && order.state !== 'scheduled') return null;
      return because('report-joined', order.priority === 'P1' ? order.id : null);
    }
    case 'work-order.arrived': {
      const planned = 'visit' in order && order.visit ? order.visit.arriveAt : event.at;
      return Math.abs(event.at - planned) > LATE_MS ? because('arrived-off-plan') : null;
    }
    case 'work-order.work-finished':
      return because(event.outcome === 'cannot-finish' ? 'cannot-finish' : 'engineer-free');
    case 'work-order.not-confirmed':
      return because('not-confirmed', order.priority === 'P1' ? order.id : null);
    case 'work-order.cancelled':
      return because('order-cancelled');
    case 'work-order.slot-withdrawn':
      return because('slot-withdrawn');
    case 'work-order.part-expected':
      return order.state === 'received' || order.state === 'scheduled' ? because('part-arrival-changed') : null;
    default:
      // scheduled and unscheduled are the planner's own words; departing is going by the plan.
      return null;
  }
}
