import type { Instant } from './time.ts';
import { isOpen, type WorkOrder } from './work-order.ts';

/**
 * The order whose story a visitor is shown: a foreseen problem on its way, the one that will be over first; when none has
 * a visit yet the one opened first; when none is open the one closed last. Undefined before the first order.
 */
export function pickStory(orders: Iterable<WorkOrder>): WorkOrder | undefined {
  const foreseen = [...orders].filter(
    (order) => order.source === 'prediction' && order.service === 'full' && order.alertId,
  );
  const endOf = (order: WorkOrder): Instant =>
    'visit' in order && order.visit ? order.visit.endAt : Number.POSITIVE_INFINITY;
  const open = foreseen
    .filter(isOpen)
    .sort((a, b) => endOf(a) - endOf(b) || a.openedAt - b.openedAt || (a.id < b.id ? -1 : 1));
  const closedAt = (order: WorkOrder) => (order.state === 'closed' ? order.closedAt : Number.NEGATIVE_INFINITY);
  const closed = foreseen.filter((order) => order.state === 'closed').sort((a, b) => closedAt(b) - closedAt(a));
  return open[0] ?? closed[0];
}
