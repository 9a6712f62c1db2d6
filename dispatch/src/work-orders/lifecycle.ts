import {
  type Belief,
  type CurvePoint,
  calibrated,
  type Instant,
  isOpen,
  type Severity,
  type WorkOrder,
  type WorkOrderEvent,
} from '@uptower/domain';
import type { DispatchPolicy } from '../policy.ts';
import { asClaimed } from '../record/belief.ts';
import { componentKey, type DispatchState, type OrderEntry, openAlertOf } from '../state.ts';
import { graver, lookUp, promisesRaised } from './facts.ts';
import { overdue } from './overdue.ts';

/** Reason of a cancellation because nothing is foreseen any more. */
export const RISK_WITHDRAWN = 'risk withdrawn';

/**
 * What time and telemetry do to an open order of a full-service device: risk follows the predictor, a withdrawn risk
 * cancels, healthy telemetry closes, silence after a repair sends somebody again. Each rule looks only at the state, so the
 * same look after a crash decides the same. At most one event an order and look.
 */
export function dueEvent(
  state: DispatchState,
  entry: OrderEntry,
  now: Instant,
  policy: DispatchPolicy,
  belief: Belief = asClaimed,
): WorkOrderEvent | undefined {
  const { order } = entry;
  if (!isOpen(order) || order.service === 'observe') return undefined;
  if (order.state === 'verifying') return verification(state, entry, now, policy);
  return (
    (order.state === 'received' || order.state === 'scheduled' ? withdrawal(state, entry, now, policy) : undefined) ??
    riskChange(state, entry, now, belief) ??
    overdue(state, order, now)
  );
}

function verification(state: DispatchState, entry: OrderEntry, now: Instant, policy: DispatchPolicy) {
  const { order, finishedPosition } = entry;
  if (order.state !== 'verifying') return undefined;
  const at = { workOrderId: order.id, at: now };
  const closed = { type: 'work-order.closed', ...at, because: 'confirmed-by-telemetry' } as const;
  const overdue = now - order.finishedAt >= policy.verifyWithinMs;
  const notConfirmed = (reason: string) =>
    overdue ? ({ type: 'work-order.not-confirmed', ...at, reason } as const) : undefined;
  const availability = state.availability.get(order.deviceId);

  if (order.alertId === null) {
    const upSince = availability?.state === 'up' ? Math.max(availability.since, order.finishedAt) : null;
    if (upSince !== null && now - upSince >= policy.settleMs) return closed;
    return notConfirmed('device-not-up');
  }
  if (openAlertOf(state, order.deviceId, order.component)) return notConfirmed('alert-still-active');
  const clearedAfter = (state.alerts.get(order.alertId)?.clearedPosition ?? 0) > (finishedPosition ?? 0);
  // A replaced component may clear the alert while the engineer still works: then the device must stay well for a while.
  const settled = now - order.finishedAt >= policy.settleMs;
  if (availability?.state !== 'down' && (clearedAfter || settled)) return closed;
  return notConfirmed('device-down');
}

function withdrawal(
  state: DispatchState,
  { order, lastOutcome }: OrderEntry,
  now: Instant,
  policy: DispatchPolicy,
): WorkOrderEvent | undefined {
  if (order.alertId === null || openAlertOf(state, order.deviceId, order.component)) return undefined;
  const cleared = state.alerts.get(order.alertId);
  if (cleared?.alert.state !== 'cleared' || cleared.clearedRecordedAt === null) return undefined;
  if (failedSince(state, order)) return undefined;
  if (now - cleared.clearedRecordedAt < policy.withdrawAfterMs) return undefined;
  const at = { workOrderId: order.id, at: now };
  // Repaired, not confirmed in time, and well after all: the repair is what helped.
  if (lastOutcome === 'fixed') return { type: 'work-order.closed', ...at, because: 'confirmed-by-telemetry' };
  if (cleared.alert.clearedBecause === 'component-replaced')
    return { type: 'work-order.closed', ...at, because: 'replaced' };
  // What a person opened or asked for, a person withdraws.
  if (order.source !== 'prediction' || order.reports.length > 0) return undefined;
  return { type: 'work-order.cancelled', ...at, by: 'dispatch', reason: RISK_WITHDRAWN };
}

/** The device said that the component failed, and not since that it was replaced. */
function failedSince(state: DispatchState, order: WorkOrder): Instant | null {
  const fact = state.facts.get(componentKey(order.deviceId, order.component));
  return fact?.fact === 'failed' && fact.at >= order.openedAt ? fact.at : null;
}

/** The order's risk is the alert's; once failed it is certain and as urgent as can be. A priority only ever rises. */
function riskChange(
  state: DispatchState,
  { order }: OrderEntry,
  now: Instant,
  belief: Belief,
): WorkOrderEvent | undefined {
  const told = riskTold(state, order, belief);
  if (!told) return undefined;
  const priority = graver(told.priority, order.priority);
  const same = told.probability === order.probability && sameCurve(told.curve, order.curve);
  if (same && priority === order.priority) return undefined;
  const { curve, probability } = told;
  const promises = promisesRaised(order, lookUp(state.registry, order.deviceId)?.contract, priority, now);
  return { type: 'work-order.risk-changed', workOrderId: order.id, at: now, curve, probability, priority, promises };
}

function riskTold(
  state: DispatchState,
  order: WorkOrder,
  belief: Belief,
): { curve: CurvePoint[]; probability: number; priority: Severity } | undefined {
  const failedAt = failedSince(state, order);
  if (failedAt !== null) return { curve: [{ at: failedAt, p: 1 }], probability: 1, priority: 'P1' };
  const alert = order.component === null ? undefined : openAlertOf(state, order.deviceId, order.component);
  if (!alert) return undefined;
  const { curve, probability, severity } = calibrated(alert.worst, belief);
  return { curve, probability, priority: severity };
}

const sameCurve = (a: readonly CurvePoint[], b: readonly CurvePoint[]) =>
  a.length === b.length && a.every((point, i) => point.at === b[i]?.at && point.p === b[i]?.p);
