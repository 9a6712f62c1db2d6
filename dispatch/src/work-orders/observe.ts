import {
  type Alert,
  type AlertId,
  type DeviceId,
  type Finding,
  HOUR,
  type Instant,
  type UptowerEvent,
  type WorkOrderEvent,
  worstOf,
} from '@uptower/domain';
import type { DispatchPolicy } from '../policy.ts';
import { type DispatchState, type OrderEntry, openOrdersOf } from '../state.ts';
import { judgeAlert, openOrder } from './from-alert.ts';

/**
 * Observed devices (replayed history, trials): orders are opened and graded for the record, in event time and in the order of
 * the log. History may be replayed in seconds, so the state can be far ahead of the event that is judged: everything that
 * changes quickly (the finding, the time) is taken from the event itself.
 */
export function observeStep(state: DispatchState, event: UptowerEvent, policy: DispatchPolicy): WorkOrderEvent[] {
  const heard = heardOf(state, event);
  if (!heard || state.registry.devices.get(heard.deviceId)?.service !== 'observe') return [];
  const { deviceId, at } = heard;
  const orders = openOrdersOf(state, deviceId);
  const passed = orders.filter((entry) => horizonEnds(entry) < at);
  const closing = passed.map(({ order }) => close(order.id, at, 'horizon-passed'));
  const left = orders.filter((entry) => !passed.includes(entry));
  if (event.type === 'device.fact') {
    const because = event.fact === 'failed' ? 'device-failed' : 'replaced';
    // A fact that came late is not about an order opened after it.
    const concerned = left.filter(({ order }) => order.component === event.component && order.openedAt <= event.at);
    return [...closing, ...concerned.map(({ order }) => close(order.id, at, because))];
  }
  const finding = findingOf(event);
  const alert = 'alertId' in event ? state.alerts.get(event.alertId as AlertId)?.alert : undefined;
  if (!finding || !alert) return closing;
  const { id, component, raisedAt } = alert;
  const then = { id, deviceId, component, raisedAt, worst: finding, state: 'raised' as const };
  if (judgeAlert(state, { alert: then, orders: left, now: at }).verdict !== 'open') return closing;
  // What was suppressed until now is older than its order.
  const openedAt = Math.max(finding.at, at);
  const opening = openOrder(state, { alert: then, source: 'prediction', openedAt, note: null }, policy);
  return opening ? [...closing, opening] : closing;
}

/**
 * Orders of devices that fell silent: nothing heard for `observeQuietMs` of the clock, and by the clock the horizon is over
 * too. (A replay is long past by the clock; only its own silence says that it has ended.)
 */
export function quietOrders(state: DispatchState, now: Instant, policy: DispatchPolicy): WorkOrderEvent[] {
  const events: WorkOrderEvent[] = [];
  for (const id of state.openOrders) {
    const entry = state.orders.get(id);
    if (entry?.order.service !== 'observe') continue;
    const end = horizonEnds(entry);
    const heardAt = state.heard.get(entry.order.deviceId)?.recordedAt ?? Number.NEGATIVE_INFINITY;
    if (end < now && heardAt + policy.observeQuietMs < now) events.push(close(id, end, 'horizon-passed'));
  }
  return events;
}

/** Until when the prediction that opened the order may come true. */
function horizonEnds({ order, horizonHours }: OrderEntry): Instant {
  return order.openedAt + Math.round(horizonHours * HOUR);
}

const close = (
  workOrderId: OrderEntry['order']['id'],
  at: Instant,
  because: 'device-failed' | 'replaced' | 'horizon-passed',
) => ({ type: 'work-order.closed', workOrderId, at, because }) as const;

function findingOf(event: UptowerEvent): Finding | undefined {
  if (event.type === 'alert.raised') return event.finding;
  if (event.type === 'alert.findings-changed') return worstOf(event.findings);
  return undefined;
}

/** Whose event time this event moves, and to when. */
function heardOf(state: DispatchState, event: UptowerEvent): { deviceId: DeviceId; at: Instant } | undefined {
  if (event.type === 'device.fact') return event;
  if (event.type === 'availability.changed') return event.journalPosition === null ? undefined : event;
  if (event.type === 'alert.raised' || event.type === 'alert.findings-changed' || event.type === 'alert.cleared') {
    const alert: Alert | undefined = state.alerts.get(event.alertId)?.alert;
    return alert && { deviceId: alert.deviceId, at: event.at };
  }
  return undefined;
}
