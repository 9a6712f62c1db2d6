import {
  type Alert,
  type AlertId,
  type Belief,
  calibrated,
  type Instant,
  isSameProblem,
  type Severity,
  type WorkOrderEvent,
} from '@uptower/domain';
import type { DispatchPolicy } from '../policy.ts';
import { asClaimed } from '../record/belief.ts';
import { type DispatchState, numberOf, type OrderEntry, openOrdersOf } from '../state.ts';
import { available } from './budget.ts';
import { lookUp, type OpeningOrder, orderFromAlert, orderIdOf } from './facts.ts';
import { repairKey } from './visits-made.ts';
import { workTimeOf } from './work-time.ts';

/** Why an open alert has no order of its own. */
export type HeldReason =
  | 'probability-too-low'
  | 'budget-spent'
  | 'shelved'
  /** By design, by a person or in maintenance; it is judged again when that ends. */
  | 'suppressed'
  /** Somebody already goes to that device about a reported fault of unknown cause. */
  | 'device-has-order'
  /** Another component of the device told of the same problem first, and has an order: one is enough to send somebody. */
  | 'same-problem'
  /** It is about being heard, not about failing: somebody looks from afar first. */
  | 'by-hand-only'
  /** It had one, which was cancelled or closed while the alert stayed: a person decides about another. */
  | 'order-ended'
  | 'device-unknown';

export interface Held {
  readonly alertId: AlertId;
  readonly deviceId: Alert['deviceId'];
  readonly component: string;
  readonly priority: Severity;
  readonly probability: number;
  readonly reason: HeldReason;
  /** Allowance that would be needed and is there, in expected false orders. */
  readonly needs: number;
  readonly available: number;
}

type Judged =
  | { readonly verdict: 'open' }
  | { readonly verdict: 'has-order' }
  | { readonly verdict: 'held'; readonly held: Held };

const RANK: Record<Severity, number> = { P1: 0, P2: 1, P3: 2 };

export interface AlertLook {
  /** What the record makes of claims; left out: they are believed. */
  readonly belief?: Belief | undefined;
  readonly alert: Pick<Alert, 'id' | 'deviceId' | 'component' | 'worst' | 'state' | 'raisedAt'>;
  /** Open orders of the same device. */
  readonly orders: readonly OrderEntry[];
  /** By which the budget is judged: the clock for full-service devices, event time for observed ones. */
  readonly now: Instant;
}

/** Whether an alert deserves an order of its own now. Pure. */
export function judgeAlert(state: DispatchState, { alert, orders, now, belief = asClaimed }: AlertLook): Judged {
  const device = state.registry.devices.get(alert.deviceId);
  const service = device?.service ?? 'full';
  // A trial grades what rules claim.
  const worst = service === 'full' ? calibrated(alert.worst, belief) : alert.worst;
  const needs = 1 - worst.probability;
  const { falseOrdersPerDeviceMonth: rate, minProbability } = state.allowed;
  const there = available(state.budgets[service], now, rate, state.devices[service]);
  const held = (reason: HeldReason): Judged => ({
    verdict: 'held',
    held: {
      alertId: alert.id,
      deviceId: alert.deviceId,
      component: alert.component,
      priority: worst.severity,
      probability: worst.probability,
      reason,
      needs,
      available: there,
    },
  });
  if (orders.some(({ order }) => order.component === alert.component)) return { verdict: 'has-order' };
  if (!device || !lookUp(state.registry, alert.deviceId)) return held('device-unknown');
  if (orders.some(({ order }) => order.component === null && RANK[order.priority] <= RANK[worst.severity]))
    return held('device-has-order');
  if (state.orders.has(orderIdOf(alert.id, 0))) return held('order-ended');
  if (alert.state === 'shelved') return held('shelved');
  if (worst.suppression) return held('suppressed');
  if (worst.presence && !worst.presence.order) return held('by-hand-only');
  // A trial grades what the rules claim: a limit would hide their false orders. What they cost is kept in the books.
  if (service === 'observe') return { verdict: 'open' };
  if (orders.some(({ order }) => isOfSameProblem(state, order, alert))) return held('same-problem');
  if (worst.probability < minProbability) return held('probability-too-low');
  // Sums of 1 − p are not exact in binary: a hair of slack, so that what fits exactly fits.
  if (needs > there + 1e-9) return held('budget-spent');
  return { verdict: 'open' };
}

/** The order is for an alert of the same device that began with this one, and is as urgent. */
function isOfSameProblem(state: DispatchState, order: OrderEntry['order'], alert: AlertLook['alert']): boolean {
  const first = order.alertId === null ? undefined : state.alerts.get(order.alertId)?.alert;
  if (!first || !isSameProblem(first.raisedAt, alert.raisedAt)) return false;
  return RANK[order.priority] <= RANK[alert.worst.severity];
}

/** Open alerts of full-service devices, the surest first, by what is believed: they get the budget before the doubtful ones. */
function openAlertsBySurety(state: DispatchState, belief: Belief): Alert[] {
  return [...state.openAlerts.values()]
    .flatMap((id) => state.alerts.get(id)?.alert ?? [])
    .filter((alert) => state.registry.devices.get(alert.deviceId)?.service !== 'observe')
    .map((alert) => ({ alert, surety: calibrated(alert.worst, belief).probability }))
    .sort(
      (a, b) =>
        RANK[a.alert.worst.severity] - RANK[b.alert.worst.severity] ||
        b.surety - a.surety ||
        (a.alert.id < b.alert.id ? -1 : 1),
    )
    .map(({ alert }) => alert);
}

/** The alert that should get its order next, or nothing; the caller opens it and asks again, because the budget has changed. */
export function nextDeserving(state: DispatchState, now: Instant, belief: Belief = asClaimed): Alert | undefined {
  return openAlertsBySurety(state, belief).find(
    (alert) =>
      judgeAlert(state, { alert, orders: openOrdersOf(state, alert.deviceId), now, belief }).verdict === 'open',
  );
}

/** Open alerts that stay with the remote engineer, with the reason: nothing is dropped in silence. */
export function heldAlerts(state: DispatchState, now: Instant, belief: Belief = asClaimed): Held[] {
  return openAlertsBySurety(state, belief).flatMap((alert) => {
    const judged = judgeAlert(state, { alert, orders: openOrdersOf(state, alert.deviceId), now, belief });
    return judged.verdict === 'held' ? judged.held : [];
  });
}

/** How many orders an alert already had; the number of the next one. */
export function ordersHad(state: DispatchState, alertId: AlertId): number {
  let n = 0;
  while (state.orders.has(orderIdOf(alertId, n))) n += 1;
  return n;
}

export interface Opening {
  readonly belief?: Belief | undefined;
  readonly alert: Pick<Alert, 'id' | 'deviceId' | 'component' | 'worst'>;
  readonly source: 'prediction' | 'remote-engineer';
  readonly openedAt: Instant;
  readonly note: string | null;
}

/** The opening event of an alert's next order. Undefined when the registry does not know the device. Pure. */
export function openOrder(
  state: DispatchState,
  { alert, source, openedAt, note, belief = asClaimed }: Opening,
  policy: DispatchPolicy,
): Extract<WorkOrderEvent, { type: 'work-order.opened' }> | undefined {
  const known = lookUp(state.registry, alert.deviceId);
  if (!known) return undefined;
  const id = orderIdOf(alert.id, ordersHad(state, alert.id));
  const number = numberOf(state.lastNumber + 1);
  const { requestServiceMinutes } = policy;
  const facts = { alert, known, id, number, source, openedAt, note, requestServiceMinutes };
  const { probability, curve } = calibrated(alert.worst, belief);
  return { ...opened(orderFromAlert(facts), state), probability, curve };
}

/** The opening event, with how long such work has been found to take. */
export function opened(
  opening: OpeningOrder,
  state: DispatchState,
): Extract<WorkOrderEvent, { type: 'work-order.opened' }> {
  const { id, openedAt, service, serviceMinutes } = opening.facts;
  const workTime = workTimeOf(state.repairs.get(repairKey(state, opening.facts)), serviceMinutes);
  const facts = service === 'full' ? { ...opening.facts, workTime } : opening.facts;
  return { type: 'work-order.opened', workOrderId: id, at: openedAt, ...opening, facts };
}
