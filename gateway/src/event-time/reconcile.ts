import {
  type Alert,
  type AlertEvent,
  type AlertId,
  type Amendment,
  ClearedBecause,
  type Instant,
  type LateData,
} from '@uptower/domain';

export interface Reconciliation {
  /** What was told of one component: alerts that were open after the start of what was judged anew, oldest first. */
  readonly told: readonly Alert[];
  /** What would have been told in order; as `told`. */
  readonly inOrder: readonly Alert[];
  readonly late: LateData;
  /** The device's newest event time. */
  readonly front: Instant;
  /** This server's clock at what came last. */
  readonly at: Instant;
  readonly journalPosition: number;
  newId(): AlertId;
}

const WITHDRAWN: ClearedBecause = 'amended-by-late-data';
const endOf = (alert: Alert): Instant => (alert.state === 'cleared' ? alert.clearedAt : Number.POSITIVE_INFINITY);
const becauseOf = (text: string): ClearedBecause => ClearedBecause.catch('returned-to-normal').parse(text);
const isWithdrawn = (alert: Alert) => alert.state === 'cleared' && alert.clearedBecause === WITHDRAWN;

/**
 * Brings what was told of a component's alerts to what would have been told in order, with a trace on each. An open alert
 * stays the same alert, with what people did to it, when in order one is open; what should have begun and is over is only
 * recorded; what should not have been is withdrawn.
 */
export function reconcile(input: Reconciliation): AlertEvent[] {
  const told = input.told.filter((alert) => !isWithdrawn(alert));
  const left = [...input.inOrder];
  const events: AlertEvent[] = [];
  const open = told.find((alert) => alert.state !== 'cleared');
  const openInOrder = left.find((alert) => alert.state !== 'cleared');
  if (openInOrder) left.splice(left.indexOf(openInOrder), 1);
  if (open && openInOrder) events.push(...changed(open, openInOrder, input));
  for (const alert of told) {
    if (alert === open && openInOrder) continue;
    const match = left.find((other) => other.raisedAt <= endOf(alert) && alert.raisedAt <= endOf(other));
    if (match) left.splice(left.indexOf(match), 1);
    events.push(...(match ? changed(alert, match, input) : withdrawn(alert, input)));
  }
  for (const alert of left) if (alert.state === 'cleared') events.push(recorded(alert, input));
  // Last: it is the component's present alert from then on.
  if (openInOrder && !open) events.push(...raised(openInOrder, input));
  return events;
}

const amendmentOf = ({ late }: Reconciliation, verdict: Amendment['verdict'], before: Alert | null): Amendment => ({
  late: { count: late.count, from: late.from, to: late.to, arrivedAt: late.arrivedAt },
  verdict,
  before: before && {
    raisedAt: before.raisedAt,
    clearedAt: before.state === 'cleared' ? before.clearedAt : null,
  },
});

function changed(alert: Alert, inOrder: Alert, input: Reconciliation): AlertEvent[] {
  const { at, journalPosition } = input;
  const amendment = amendmentOf(input, 'changed', alert);
  if (alert.state !== 'cleared' && inOrder.state === 'cleared') {
    // It returned to normal in data that came late.
    const because = becauseOf(inOrder.clearedBecause);
    const times = sameTelling(alert, inOrder) ? [] : [amended(alert, inOrder, null, amendment, input)];
    const end = { alertId: alert.id, at: inOrder.clearedAt, because, journalPosition, amendment };
    return [...times, { type: 'alert.cleared', ...end }];
  }
  const cleared =
    inOrder.state === 'cleared' ? { at: inOrder.clearedAt, because: becauseOf(inOrder.clearedBecause) } : null;
  const sameEnd =
    alert.state !== 'cleared' || (alert.clearedAt === cleared?.at && alert.clearedBecause === cleared.because);
  if (sameTelling(alert, inOrder) && sameEnd) return [];
  return [{ ...amended(alert, inOrder, cleared, amendment, input), at }];
}

function amended(
  alert: Alert,
  { raisedAt, findings, worst, occurrences }: Alert,
  cleared: Extract<AlertEvent, { type: 'alert.amended' }>['cleared'],
  amendment: Amendment,
  { at, journalPosition }: Reconciliation,
): Extract<AlertEvent, { type: 'alert.amended' }> {
  const told = { raisedAt, findings, worst, occurrences };
  return { type: 'alert.amended', alertId: alert.id, at, ...told, cleared, amendment, journalPosition };
}

function withdrawn(alert: Alert, input: Reconciliation): AlertEvent[] {
  const { journalPosition, front } = input;
  const amendment = amendmentOf(input, 'withdrawn', alert);
  if (alert.state === 'cleared')
    return [amended(alert, alert, { at: alert.clearedAt, because: WITHDRAWN }, amendment, input)];
  return [{ type: 'alert.cleared', alertId: alert.id, at: front, because: WITHDRAWN, journalPosition, amendment }];
}

function recorded(alert: Alert & { state: 'cleared' }, input: Reconciliation): AlertEvent {
  const { deviceId, component, raisedAt, findings, worst, occurrences, clearedAt, clearedBecause } = alert;
  return {
    type: 'alert.recorded',
    alertId: input.newId(),
    deviceId,
    component,
    at: input.at,
    ...{ raisedAt, findings, worst, occurrences },
    cleared: { at: clearedAt, because: becauseOf(clearedBecause) },
    amendment: amendmentOf(input, 'missed', null),
    journalPosition: input.journalPosition,
  };
}

function raised(alert: Alert, input: Reconciliation): AlertEvent[] {
  const { deviceId, component, raisedAt, findings, worst, occurrences } = alert;
  const { journalPosition } = input;
  const alertId = input.newId();
  const amendment = amendmentOf(input, 'missed', null);
  const first: AlertEvent = {
    ...{ type: 'alert.raised', alertId, deviceId, component, at: raisedAt, finding: worst, journalPosition },
    amendment,
  };
  if (findings.length === 1 && occurrences === 1) return [first];
  const joined = occurrences - 1;
  const { at } = worst;
  return [first, { type: 'alert.findings-changed', alertId, at, findings, joined, journalPosition }];
}

/** Told alike: since when, and what. A cleared alert's findings are gone, its worst says what it was. */
function sameTelling(a: Alert, b: Alert): boolean {
  if (a.raisedAt !== b.raisedAt || a.occurrences !== b.occurrences) return false;
  if (JSON.stringify(a.worst) !== JSON.stringify(b.worst)) return false;
  return a.state === 'cleared' || b.state === 'cleared' || JSON.stringify(a.findings) === JSON.stringify(b.findings);
}
