import {
  type DeviceId,
  type DeviceView,
  type EngineerId,
  type EngineerView,
  HOUR,
  type Instant,
  isOpen,
  type Plan,
  type PortalOrder,
  toPortalOrder,
  type WorkOrder,
} from '@uptower/domain';
import { calendarOf } from './availability/calendar.ts';
import { freeOf, workingTimes } from './availability/free-time.ts';
import { clipped } from './availability/intervals.ts';
import { shownHole } from './availability/visibility.ts';
import { positionOf, type Reported, underwayOrder } from './field/positions.ts';
import { vanStockNow } from './field/van-stock.ts';
import type { DispatchPolicy } from './policy.ts';
import { type DispatchState, openAlertOf } from './state.ts';

/** Ended orders stay on the live screens for two days; the API has them all. */
const RECENT_MS = 48 * HOUR;

export function isRecent(order: WorkOrder, now: Instant): boolean {
  if (isOpen(order)) return true;
  const endedAt = order.state === 'closed' ? order.closedAt : order.state === 'cancelled' ? order.cancelledAt : now;
  return now - endedAt <= RECENT_MS;
}

export function portalOrderOf(state: DispatchState, order: WorkOrder): PortalOrder {
  const visit = 'visit' in order ? order.visit : null;
  return toPortalOrder(order, visit ? state.registry.engineers.get(visit.engineerId) : undefined);
}

/** Orders a hospital is told of: those somebody comes for. Observed devices are for the record only. */
export const isForPortal = (order: WorkOrder) => order.service === 'full';

export function engineerView(
  state: DispatchState,
  reported: Reported,
  engineerId: EngineerId,
  now: Instant,
  policy: DispatchPolicy,
): EngineerView | undefined {
  const engineer = state.registry.engineers.get(engineerId);
  const position = positionOf(state, reported, engineerId, now, policy.positionFreshMs);
  if (!engineer || !position) return undefined;
  const end = now + policy.planning.horizonMs;
  const times = workingTimes(calendarOf(state.calendars, engineer), now, end);
  const free = freeOf(times, now, end);
  const holes = clipped(
    times.flatMap((shift) => shift.holes),
    now,
    end,
  );
  const order = underwayOrder(state, engineerId);
  const onShift = (free[0]?.from ?? Number.POSITIVE_INFINITY) <= now;
  return {
    ...engineer,
    vanStock: vanStockNow(engineer, state.partsUsed.get(engineerId) ?? [], now),
    position: position.place,
    positionAt: position.at,
    status:
      order?.state === 'travelling' || order?.state === 'on-site' ? order.state : onShift ? 'available' : 'off-shift',
    currentOrderId: order?.id ?? null,
    free,
    // Screens are shared: why somebody is away is asked for, by who may know.
    holes: holes.map((hole) => shownHole(hole, 'busy')),
  };
}

/** A device as the field app shows it. What only telemetry knows (activity, last contact) is the gateway's to say. */
export function deviceView(state: DispatchState, id: DeviceId): DeviceView | undefined {
  const { registry } = state;
  const device = registry.devices.get(id);
  const model = device && registry.models.get(device.modelId);
  const site = device && registry.sites.get(device.siteId);
  const hospital = device && registry.hospitals.get(device.hospitalId);
  if (!device || !model || !site || !hospital) return undefined;
  const alerts = model.components.flatMap(({ key }) => openAlertOf(state, id, key) ?? []);
  const worst = alerts.sort((a, b) => (a.worst.severity < b.worst.severity ? -1 : 1))[0];
  return {
    ...device,
    kind: model.kind,
    modelName: model.name,
    hospitalName: hospital.name,
    place: site.place,
    availability: state.availability.get(id) ?? { state: 'unknown', since: 0, cause: 'first-contact' },
    activity: null,
    lastSeen: null,
    stale: null,
    openAlert: worst ? { id: worst.id, severity: worst.worst.severity } : null,
  };
}

/** The plan in force without what is over: visits of orders that are still to be made or under way. */
export function planView(state: DispatchState): Plan | null {
  const { plan } = state;
  if (!plan) return null;
  const live = (id: WorkOrder['id'], states: readonly WorkOrder['state'][]) => {
    const order = state.orders.get(id)?.order;
    return order !== undefined && states.includes(order.state);
  };
  return {
    ...plan,
    visits: plan.visits.filter(({ workOrderId }) => live(workOrderId, ['scheduled', 'travelling', 'on-site'])),
    unassigned: plan.unassigned.filter(({ workOrderId }) => live(workOrderId, ['received'])),
  };
}
