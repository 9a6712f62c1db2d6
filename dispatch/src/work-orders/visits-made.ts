import {
  type DeviceId,
  type EngineerId,
  type Instant,
  MINUTE,
  type SiteId,
  type WorkOrder,
  type WorkOrderEvent,
} from '@uptower/domain';
import type { DispatchState } from '../state.ts';
import { withRepair } from './work-time.ts';

/** What makes two repairs alike: the model of the device, and the failure mode where it is known. */
export function repairKey(state: DispatchState, order: Pick<WorkOrder, 'deviceId' | 'failureMode'>): string {
  return `${state.registry.devices.get(order.deviceId)?.modelId ?? ''}/${order.failureMode ?? ''}`;
}

/** Who was there, and how long a repair took. Called while folding the event. */
export function learnFromVisit(
  state: DispatchState,
  order: Extract<WorkOrder, { state: 'on-site' }>,
  { by, at, outcome }: Extract<WorkOrderEvent, { type: 'work-order.work-finished' }>,
): void {
  if (outcome === 'fixed') learnRepair(state, order, at);
  for (const place of [order.deviceId, order.siteId]) rememberVisitor(state, place, by);
}

/** Whoever is early may have to wait for the hour agreed; whoever is done by then did not. */
function learnRepair(state: DispatchState, order: Extract<WorkOrder, { state: 'on-site' }>, doneAt: Instant): void {
  const { startAt } = order.visit;
  const beganAt = startAt > order.arrivedAt && startAt < doneAt ? startAt : order.arrivedAt;
  const key = repairKey(state, order);
  const minutes = (doneAt - beganAt) / MINUTE;
  state.repairs.set(key, withRepair(state.repairs.get(key), minutes, order.serviceMinutes));
}

const VISITORS_KEPT = 3;

function rememberVisitor(state: DispatchState, place: DeviceId | SiteId, engineerId: EngineerId): void {
  const others = (state.workedAt.get(place) ?? []).filter((id) => id !== engineerId);
  state.workedAt.set(place, [engineerId, ...others].slice(0, VISITORS_KEPT));
}

/** Who knows the device from earlier work, or where nobody does, the site. */
export function familiarWith(state: DispatchState, { deviceId, siteId }: WorkOrder): readonly EngineerId[] {
  return state.workedAt.get(deviceId) ?? state.workedAt.get(siteId) ?? [];
}
