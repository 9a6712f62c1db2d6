import { isCalendarEvent, type UptowerEvent, type WorkOrderId } from '@uptower/domain';
import type { DispatchState } from '../state.ts';

export interface ReplanReason {
  /** Becomes the plan's `trigger`. */
  readonly trigger: string;
  /** Visits may have lost their place, or this order has none: it is answered at once, before the search improves on it. */
  readonly atOnce: boolean;
  /** An order that gets a place at once. */
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
  const soon = (trigger: string): ReplanReason => ({ trigger, atOnce: false, urgent: null });
  const atOnce = (trigger: string, urgent: WorkOrderId | null = null) => ({ trigger, atOnce: true, urgent });
  /** Where there are visits that may not stand. */
  const repair = (trigger: string) => (hasVisits(state) ? atOnce(trigger) : soon(trigger));
  if (event.type === 'engineer.put') return repair('engineer-changed');
  if (isCalendarEvent(event)) return CHANGES_NO_TIME.has(event.type) ? null : repair('calendar-changed');
  if (event.type === 'device.put') return state.openOrders.size > 0 ? soon('device.put') : null;
  if (event.type === 'site.put' || event.type === 'contract.put')
    return state.openOrders.size > 0 ? repair(event.type) : null;
  if (!event.type.startsWith('work-order.') || !('workOrderId' in event)) return null;
  const order = state.orders.get(event.workOrderId)?.order;
  if (!order || order.service === 'observe') return null;
  const ifUrgent = (trigger: string) => (order.priority === 'P1' ? atOnce(trigger, order.id) : soon(trigger));
  switch (event.type) {
    case 'work-order.opened':
      return ifUrgent('order-opened');
    case 'work-order.risk-changed': {
      if (order.state !== 'received' && order.state !== 'scheduled') return null;
      // The curve a plan was made with is not kept: a look too many costs a third of a second, and commits nothing.
      const graver = order.priority === 'P1' || event.probability >= RISK_STEP;
      return graver ? soon('risk-changed') : null;
    }
    case 'work-order.report-joined': {
      if (order.state !== 'received' && order.state !== 'scheduled') return null;
      return ifUrgent('report-joined');
    }
    case 'work-order.arrived': {
      const planned = 'visit' in order && order.visit ? order.visit.arriveAt : event.at;
      return Math.abs(event.at - planned) > LATE_MS ? repair('arrived-off-plan') : null;
    }
    case 'work-order.overdue':
      return repair('overdue');
    case 'work-order.work-finished':
      return event.outcome === 'cannot-finish' ? atOnce('cannot-finish', order.id) : soon('engineer-free');
    case 'work-order.not-confirmed':
      return ifUrgent('not-confirmed');
    case 'work-order.cancelled':
      return repair('order-cancelled');
    case 'work-order.closed':
      return order.visitsMade === 0 ? repair('order-closed') : null;
    case 'work-order.slot-withdrawn':
      return repair('slot-withdrawn');
    case 'work-order.part-expected':
      return order.state === 'received' || order.state === 'scheduled' ? repair('part-arrival-changed') : null;
    default:
      // scheduled and unscheduled are the planner's own words; departing is going by the plan.
      return null;
  }
}

const hasVisits = ({ plan }: DispatchState) => (plan?.visits.length ?? 0) > 0;
