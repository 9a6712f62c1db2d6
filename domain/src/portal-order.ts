import type { Engineer } from './engineer.ts';
import type { PortalOrder } from './views.ts';
import { isOpen, STAGES, type WorkOrder } from './work-order.ts';

/** What a hospital may know of an order. Stages later than the present one have no time, also when a visit was repeated. */
export function toPortalOrder(order: WorkOrder, engineer: Engineer | undefined): PortalOrder {
  const reached = STAGES.indexOf(order.state === 'cancelled' ? 'received' : order.state);
  const visit = 'visit' in order ? order.visit : null;
  const underway = order.state === 'scheduled' || order.state === 'travelling';
  return {
    id: order.id,
    number: order.number,
    hospitalId: order.hospitalId,
    deviceId: order.deviceId,
    title: order.title,
    source: order.source,
    state: order.state,
    openedAt: order.openedAt,
    stages: STAGES.map((stage, index) => ({ stage, at: index <= reached ? (order.entered[stage] ?? null) : null })),
    engineerName: visit && engineer ? engineer.name : null,
    expectedArrival: visit && underway ? visit.arriveAt : null,
    expectedRestored: visit && (underway || order.state === 'on-site') ? visit.endAt : null,
    promises: order.promises,
    slot: order.slot && isOpen(order) ? { from: order.slot.from, to: order.slot.to } : null,
    mayChooseSlot: order.service === 'full' && (order.state === 'received' || order.state === 'scheduled'),
    reports: order.reports.map(({ at, text, impact }) => ({ at, text, impact })),
  };
}
