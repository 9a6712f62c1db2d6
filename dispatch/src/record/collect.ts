import {
  type ClaimedOrder,
  type ComponentEvent,
  type Device,
  type DeviceId,
  type GradedRecord,
  gradeRecord,
  HOUR,
  type Instant,
  type PredictedOrder,
  UNKNOWN_COMPONENT,
  type WorkOrder,
} from '@uptower/domain';
import { RISK_WITHDRAWN } from '../work-orders/lifecycle.ts';
import type { RecordBook } from './book.ts';

export interface RecordedOrder extends ClaimedOrder {
  readonly device: DeviceId;
  readonly workOrder: WorkOrder;
}

export interface RecordedFailure extends ComponentEvent {
  readonly device: DeviceId;
}

/** Everything the record says now, of the devices asked for. */
export interface CollectedRecord extends GradedRecord<RecordedOrder, RecordedFailure> {
  readonly devices: readonly Device[];
  readonly observed: readonly { readonly device: DeviceId; readonly from: Instant; readonly to: Instant }[];
}

/** A device's orders and failures, graded. */
export type GradedDevice = GradedRecord<RecordedOrder, RecordedFailure>;

export interface GradeDeviceInput {
  readonly device: DeviceId;
  /** Every order of the device. */
  readonly orders: readonly WorkOrder[];
  readonly book: Pick<RecordBook, 'facts'>;
  readonly observed: readonly Stretch[];
  readonly leadHours: number;
}

/** Of event time. */
export interface Stretch {
  readonly from: Instant;
  readonly to: Instant;
}

/** Grades one device anew from what is known of it now. Pure. */
export function gradeDevice({ device, orders, book, observed, leadHours }: GradeDeviceInput): GradedDevice {
  const facts = book.facts.get(device) ?? [];
  const told = (kind: 'failed' | 'replaced') =>
    facts.filter(({ fact }) => fact === kind).map(({ component, at }) => ({ device, component, at }));
  return gradeRecord({
    orders: orders.flatMap((order) => predicted(order) ?? []),
    failures: [...told('failed'), ...reportedFaults(orders, book)],
    replacements: told('replaced'),
    observed: observed.map((stretch) => ({ device, ...stretch })),
    leadHours,
  });
}

/** What came of a device's telemetry, as stretches of event time. `last`: newest event time of it, where anybody knows it. */
export function observedOf(
  { heard }: Pick<RecordBook, 'heard'>,
  device: Device,
  now: Instant,
  last: Instant | null,
): Stretch[] {
  // Who is served is judged by the clock; a replayed history ends where it ends, though nobody said that it did.
  const end = (from: Instant) =>
    device.service === 'observe' ? Math.max(from, last ?? Number.NEGATIVE_INFINITY) : now;
  return (heard.get(device.id) ?? [])
    .map(({ from, to }) => ({ from, to: Math.min(to ?? end(from), end(from)) }))
    .filter(({ from, to }) => to >= from);
}

/** An order as a prediction; undefined when a person opened it, or it was for something else. */
function predicted(order: WorkOrder): RecordedOrder | undefined {
  const { claim, component, source } = order;
  if (!claim || component === null || source !== 'prediction') return undefined;
  const { ruleId, probability, horizonHours } = claim;
  return {
    ...{ id: order.id, device: order.deviceId, component, at: order.openedAt, horizonHours, ruleId, probability },
    end: endOf(order),
    workOrder: order,
  };
}

function endOf(order: WorkOrder): PredictedOrder['end'] {
  // A dispatcher who cancels says nothing of the device: the horizon decides.
  if (order.state === 'cancelled')
    return order.reason === RISK_WITHDRAWN ? { at: order.cancelledAt, how: 'withdrawn' } : null;
  if (order.state !== 'closed') return null;
  const { closedAt: at, closedBecause, service } = order;
  if (closedBecause === 'no-fault-found' || closedBecause === 'horizon-passed') return { at, how: closedBecause };
  const acted = closedBecause === 'confirmed-by-telemetry' || closedBecause === 'replaced';
  // Of an observed device nobody acted on the order; what the device told decides.
  return acted && service === 'full' ? { at, how: 'repaired' } : null;
}

/** A report and the device's own word of the same failure may be so far apart. */
const SAME_FAILURE_MS = 24 * HOUR;

/**
 * Failures only people told of: the hospital said that the device is down, and it was repaired. What it said of a device
 * somebody was already sent to is about that order's component.
 */
function reportedFaults(orders: readonly WorkOrder[], book: Pick<RecordBook, 'facts'>): RecordedFailure[] {
  return orders.flatMap((order): RecordedFailure[] => {
    if (order.state !== 'closed' || order.closedBecause !== 'confirmed-by-telemetry') return [];
    const told = (at: Instant, component: string | null) =>
      (book.facts.get(order.deviceId) ?? []).some(
        (each) =>
          each.fact === 'failed' &&
          (component === null || each.component === component) &&
          each.at >= at - SAME_FAILURE_MS &&
          each.at <= Math.max(order.closedAt, at + SAME_FAILURE_MS),
      );
    const failed = (at: Instant) =>
      told(at, order.component)
        ? []
        : [{ device: order.deviceId, component: order.component ?? UNKNOWN_COMPONENT, at }];
    if (order.source === 'portal') return order.priority === 'P1' ? failed(order.openedAt) : [];
    const report = order.reports.find(({ impact }) => impact === 'down');
    return report ? failed(report.at) : [];
  });
}
