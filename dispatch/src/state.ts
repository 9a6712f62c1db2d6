import {
  type Alert,
  type AlertEvent,
  type AlertId,
  type Availability,
  applyCalendarEvent,
  applyRegistryEvent,
  type BudgetSet,
  type Calendars,
  type DeviceFact,
  type DeviceId,
  type EngineerId,
  emptyCalendars,
  emptyRegistry,
  evolveAlert,
  evolveWorkOrder,
  type FalseOrderBudget,
  HOUR,
  type Instant,
  isCalendarEvent,
  isOpen,
  isRegistryEvent,
  type Outcome,
  type PartId,
  type Place,
  type Plan,
  type PlanChangeRecord,
  type Registry,
  type SiteId,
  type UptowerEvent,
  type WorkOrder,
  type WorkOrderEvent,
  type WorkOrderId,
} from '@uptower/domain';
import type { StoredEvent } from '@uptower/platform';
import { leavesFrom } from './field/positions.ts';
import { learnTrip, noSpeeds, type Speeds } from './roads/speeds.ts';
import { estimatedTravel } from './travel.ts';
import { type Budget, charge, fullBudget, settle } from './work-orders/budget.ts';
import { learnFromVisit } from './work-orders/visits-made.ts';
import type { RepairTally } from './work-orders/work-time.ts';

export interface OrderEntry {
  readonly order: WorkOrder;
  /** Version of its stream: every decision on it expects this. */
  readonly version: number;
  readonly openedPosition: number;
  /** Log position of the last work-finished; log order decides what came after it, because clocks of devices differ. */
  readonly finishedPosition: number | null;
  readonly lastOutcome: Outcome | null;
  /** Within how many hours of its opening the prediction behind it may come true; 0 without one. */
  readonly horizonHours: number;
}

export interface AlertEntry {
  readonly alert: Alert;
  readonly clearedPosition: number | null;
  /** When this system learnt of it. */
  readonly clearedRecordedAt: Instant | null;
}

const FINISHES_KEPT_MS = 9 * 24 * HOUR;

/** How often a visit was planned anew: what somebody who subscribed to a calendar must know. */
export interface VisitRevision {
  /** Everything of the visit that a calendar shows. */
  readonly key: string;
  readonly sequence: number;
  readonly at: Instant;
}

export interface PartUse {
  readonly partId: PartId;
  readonly quantity: number;
  readonly at: Instant;
}

/** Everything dispatch knows, folded from the event log; mutated in place by `applyEvent`, read-only for everybody else. */
export interface DispatchState {
  readonly registry: Registry;
  readonly calendars: Calendars;
  readonly alerts: Map<AlertId, AlertEntry>;
  /** `device/component` → the alert that is open there. */
  readonly openAlerts: Map<string, AlertId>;
  readonly orders: Map<WorkOrderId, OrderEntry>;
  readonly openOrders: Set<WorkOrderId>;
  readonly availability: Map<
    DeviceId,
    { readonly state: Availability; readonly since: Instant; readonly cause: string }
  >;
  /** `device/component` → what the device last said of it. */
  readonly facts: Map<string, DeviceFact & { readonly position: number }>;
  /** Latest event time heard of a device through telemetry, and when it was heard. */
  readonly heard: Map<DeviceId, { readonly eventTime: Instant; readonly recordedAt: Instant }>;
  /** Used parts of the last two days by engineer. */
  readonly partsUsed: Map<EngineerId, readonly PartUse[]>;
  /** Where an engineer last was on a visit. */
  readonly lastSite: Map<EngineerId, { readonly siteId: SiteId; readonly at: Instant }>;
  /** Engineers on the road: where they left from, and when. */
  readonly trips: Map<WorkOrderId, { readonly from: Place; readonly at: Instant }>;
  /** What trips that ended taught about the roads. */
  readonly speeds: Speeds;
  /** Who worked on a device or at a site, the last first; the last few. */
  readonly workedAt: Map<DeviceId | SiteId, readonly EngineerId[]>;
  /** How long repairs took, by device model and failure mode (`repairKey`). */
  readonly repairs: Map<string, RepairTally>;
  /** When engineers finished work in the last nine days: by which overtime of a week is counted. */
  readonly finishes: Map<EngineerId, readonly Instant[]>;
  /** Of open orders that were planned. */
  readonly visitRevisions: Map<WorkOrderId, VisitRevision>;
  /** By which orders are opened now: an operator's, or the policy's until one is set. */
  allowed: FalseOrderBudget & { readonly setAt: Instant | null; readonly setBy: string | null };
  readonly budgets: { full: Budget; observe: Budget };
  readonly devices: { full: number; observe: number };
  plan: Plan | null;
  planVersion: number;
  /** What plans changed, the newest last; of some thousands the last. */
  readonly planChanges: PlanChangeRecord[];
  /** Highest order number given out; the next is one more. */
  lastNumber: number;
  position: number;
}

/** `allowed`: the false-order budget before anybody set one. */
export function emptyState({ falseOrdersPerDeviceMonth, minProbability }: FalseOrderBudget): DispatchState {
  return {
    registry: emptyRegistry(),
    calendars: emptyCalendars(),
    alerts: new Map(),
    openAlerts: new Map(),
    orders: new Map(),
    openOrders: new Set(),
    availability: new Map(),
    facts: new Map(),
    heard: new Map(),
    partsUsed: new Map(),
    lastSite: new Map(),
    trips: new Map(),
    speeds: noSpeeds(),
    workedAt: new Map(),
    repairs: new Map(),
    finishes: new Map(),
    visitRevisions: new Map(),
    allowed: { falseOrdersPerDeviceMonth, minProbability, setAt: null, setBy: null },
    budgets: { full: fullBudget, observe: fullBudget },
    devices: { full: 0, observe: 0 },
    plan: null,
    planVersion: 0,
    planChanges: [],
    lastNumber: FIRST_NUMBER - 1,
    position: 0,
  };
}

const FIRST_NUMBER = 1001;
const PARTS_KEPT_MS = 48 * HOUR;

export const componentKey = (deviceId: string, component: string | null) => `${deviceId}/${component ?? ''}`;
export const numberOf = (n: number) => `WO-${n}`;

/** Folds one stored event. */
export function applyEvent(state: DispatchState, stored: StoredEvent<UptowerEvent>): void {
  const { event } = stored;
  state.position = stored.position;
  if (isRegistryEvent(event)) {
    if (event.type === 'device.put') {
      const before = state.registry.devices.get(event.device.id);
      if (before) state.devices[before.service] -= 1;
      state.devices[event.device.service] += 1;
    }
    applyRegistryEvent(state.registry, event);
  } else if (event.type === 'plan.committed') {
    state.plan = event.plan;
    state.planVersion = stored.version;
    keepChanges(state.planChanges, event.plan);
  } else if (event.type === 'availability.changed') {
    state.availability.set(event.deviceId, { state: event.state, since: event.at, cause: event.cause });
    if (event.journalPosition !== null) hear(state, event.deviceId, event.at, stored.recordedAt);
  } else if (event.type === 'availability.amended') {
    const last = event.entries.at(-1);
    if (last) state.availability.set(event.deviceId, { state: last.state, since: last.from, cause: last.cause });
  } else if (event.type === 'device.fact') {
    const key = componentKey(event.deviceId, event.component);
    const known = state.facts.get(key);
    // A fact that came late is no news of how the component is now.
    if (!known || event.at >= known.at || event.insteadOf === known.at)
      state.facts.set(key, { ...event, position: stored.position });
    hear(state, event.deviceId, event.at, stored.recordedAt);
  } else if (event.type.startsWith('alert.')) applyAlert(state, stored, event as AlertEvent);
  else if (event.type.startsWith('work-order.')) applyOrder(state, stored, event as WorkOrderEvent);
  else if (event.type === 'budget.set') applyBudget(state, event);
  else if (isCalendarEvent(event)) applyCalendarEvent(state.calendars, event);
}

const CHANGES_KEPT = 5_000;

function keepChanges(kept: PlanChangeRecord[], { id: planId, committedAt: at, changes = [] }: Plan): void {
  for (const change of changes) kept.push({ n: (kept.at(-1)?.n ?? 0) + 1, planId, at, ...change });
  if (kept.length > CHANGES_KEPT) kept.splice(0, kept.length - CHANGES_KEPT);
}

function hear(state: DispatchState, deviceId: DeviceId, at: Instant, recordedAt: Instant): void {
  const before = state.heard.get(deviceId);
  state.heard.set(deviceId, { eventTime: Math.max(at, before?.eventTime ?? at), recordedAt });
}

function applyAlert(state: DispatchState, stored: StoredEvent<UptowerEvent>, event: AlertEvent): void {
  const before = state.alerts.get(event.alertId);
  const alert = evolveAlert(before?.alert, event);
  const key = componentKey(alert.deviceId, alert.component);
  const cleared = alert.state === 'cleared';
  state.alerts.set(event.alertId, {
    alert,
    clearedPosition: cleared ? (before?.clearedPosition ?? stored.position) : null,
    clearedRecordedAt: cleared ? (before?.clearedRecordedAt ?? stored.recordedAt) : null,
  });
  if (!cleared) state.openAlerts.set(key, alert.id);
  else if (state.openAlerts.get(key) === alert.id) state.openAlerts.delete(key);
  // What late data amend is decided by the server's clock and says nothing of the device's time.
  if ('journalPosition' in event && event.type !== 'alert.amended' && event.type !== 'alert.recorded')
    hear(state, alert.deviceId, event.at, stored.recordedAt);
}

/** What was earned back until now was earned at the rate of then. Observed devices live in their own event time. */
function applyBudget(state: DispatchState, event: BudgetSet): void {
  const { at, by, falseOrdersPerDeviceMonth, minProbability } = event;
  const rate = state.allowed.falseOrdersPerDeviceMonth;
  state.budgets.full = settle(state.budgets.full, at, rate, state.devices.full);
  state.allowed = { falseOrdersPerDeviceMonth, minProbability, setAt: at, setBy: by };
}

function applyOrder(state: DispatchState, stored: StoredEvent<UptowerEvent>, event: WorkOrderEvent): void {
  const before = state.orders.get(event.workOrderId);
  const order = evolveWorkOrder(before?.order, event);
  const finished = event.type === 'work-order.work-finished';
  state.orders.set(order.id, {
    order,
    version: stored.version,
    openedPosition: before?.openedPosition ?? stored.position,
    finishedPosition: finished ? stored.position : (before?.finishedPosition ?? null),
    lastOutcome: finished ? event.outcome : (before?.lastOutcome ?? null),
    horizonHours:
      before?.horizonHours ?? (order.alertId ? (state.alerts.get(order.alertId)?.alert.worst.horizonHours ?? 0) : 0),
  });
  if (isOpen(order)) state.openOrders.add(order.id);
  else {
    state.openOrders.delete(order.id);
    state.visitRevisions.delete(order.id);
  }

  if (event.type === 'work-order.opened') {
    state.lastNumber = Math.max(state.lastNumber, Number(/^WO-(\d+)$/.exec(order.number)?.[1] ?? 0));
    if (order.source === 'prediction') {
      const { service, openedAt } = order;
      const p = event.probability ?? 1;
      const rate = state.allowed.falseOrdersPerDeviceMonth;
      state.budgets[service] = charge(state.budgets[service], openedAt, rate, state.devices[service], p);
    }
  } else if (event.type === 'work-order.scheduled') {
    const { id, engineerId, departAt, startAt, endAt } = event.visit;
    const known = state.visitRevisions.get(order.id);
    const key = [id, engineerId, departAt, startAt, endAt].join(' ');
    if (known?.key === key) return;
    const sequence = known?.key.startsWith(`${id} `) ? known.sequence + 1 : 0;
    state.visitRevisions.set(order.id, { key, sequence, at: event.at });
  } else if (event.type === 'work-order.part-used') {
    const { partId, quantity, at, by } = event;
    const recent = (state.partsUsed.get(by) ?? []).filter((use) => use.at > at - PARTS_KEPT_MS);
    state.partsUsed.set(by, [...recent, { partId, quantity, at }]);
  } else if (event.type === 'work-order.departed') {
    const engineer = state.registry.engineers.get(event.by);
    if (engineer) state.trips.set(order.id, { from: leavesFrom(state, engineer, event.at), at: event.at });
  } else if (event.type === 'work-order.arrived' || event.type === 'work-order.work-finished') {
    if (event.type === 'work-order.arrived') endTrip(state, order, event.at);
    state.lastSite.set(event.by, { siteId: order.siteId, at: event.at });
    if (event.type === 'work-order.work-finished') {
      const recent = (state.finishes.get(event.by) ?? []).filter((at) => at > event.at - FINISHES_KEPT_MS);
      state.finishes.set(event.by, [...recent, event.at]);
    }
  } else if (!isOpen(order)) state.trips.delete(order.id);
  if (finished && before?.order.state === 'on-site') learnFromVisit(state, before.order, event);
}

/** An arrival says how long the way really took. */
function endTrip(state: DispatchState, order: WorkOrder, arrivedAt: Instant): void {
  const trip = state.trips.get(order.id);
  const site = state.registry.sites.get(order.siteId);
  state.trips.delete(order.id);
  if (!trip || !site) return;
  const { seconds } = estimatedTravel.between(trip.from, site.place);
  const { place: to, timeZone } = site;
  learnTrip(state.speeds, { to, timeZone, departedAt: trip.at, arrivedAt, estimatedSeconds: seconds });
}

/** Open orders of a device, oldest number first. */
export function openOrdersOf(state: DispatchState, deviceId: DeviceId): OrderEntry[] {
  const found: OrderEntry[] = [];
  for (const id of state.openOrders) {
    const entry = state.orders.get(id);
    if (entry?.order.deviceId === deviceId) found.push(entry);
  }
  return found;
}

/** The alert open on a device's component now. */
export function openAlertOf(state: DispatchState, deviceId: DeviceId, component: string | null): Alert | undefined {
  const id = state.openAlerts.get(componentKey(deviceId, component));
  return id && state.alerts.get(id)?.alert;
}
