import { z } from 'zod';
import { Finding } from './finding.ts';
import { AlertId, DeviceId, Key } from './ids.ts';
import { outlookOf } from './outlook.ts';
import type { SuppressedBy } from './suppression.ts';
import { Instant } from './time.ts';

/** What came late and changed what had been decided without it. */
export const LateData = z.strictObject({
  /** Late readings, events and states; and of what time, by the device's own clock. */
  count: z.int().min(1),
  from: Instant,
  to: Instant,
  /** When the last of them arrived, by this server's clock. */
  arrivedAt: Instant,
});
export type LateData = z.infer<typeof LateData>;

/** The trace of one amendment: what was told before, and because of what it changed. */
export const Amendment = z.strictObject({
  late: LateData,
  /** `withdrawn`: it should not have been raised. `missed`: it should have been raised then. `changed`: at other times, or for other findings. */
  verdict: z.enum(['withdrawn', 'missed', 'changed']),
  /** As it was told before; null where it was not. */
  before: z.strictObject({ raisedAt: Instant, clearedAt: Instant.nullable() }).nullable(),
});
export type Amendment = z.infer<typeof Amendment>;
/** So many amendments are shown with an alert; the event log has all. */
const AMENDMENTS_KEPT = 8;

/**
 * One alert per device and component while the problem lasts: further findings join it (grouping), so one cause never
 * makes two orders. ISA-18.2 words: raise, acknowledge, shelve, return to normal (clear).
 */
const base = {
  id: AlertId,
  deviceId: DeviceId,
  component: Key,
  raisedAt: Instant,
  /** The present findings; empty once cleared. */
  findings: z.array(Finding),
  /** The alert's face: the most severe finding with the probability and curve of all of them. The last one, once cleared. */
  worst: Finding,
  /** How often a finding became active since it was raised. */
  occurrences: z.int().min(1),
  /** Highest journal position that changed this alert; makes replay after a crash exactly-once. */
  journalPosition: z.int().min(0),
  /** What late data changed about it, oldest first; left out where nothing was. */
  amendments: z.array(Amendment).optional(),
};

export const AlertState = z.enum(['raised', 'acknowledged', 'shelved', 'cleared']);
export type AlertState = z.infer<typeof AlertState>;

export const Alert = z.discriminatedUnion('state', [
  z.strictObject({ state: z.literal('raised'), ...base }),
  z.strictObject({ state: z.literal('acknowledged'), ...base, acknowledgedAt: Instant, acknowledgedBy: z.string() }),
  z.strictObject({
    state: z.literal('shelved'),
    ...base,
    shelvedAt: Instant,
    shelvedBy: z.string(),
    reason: z.string(),
    until: Instant,
  }),
  z.strictObject({ state: z.literal('cleared'), ...base, clearedAt: Instant, clearedBecause: z.string() }),
]);
export type Alert = z.infer<typeof Alert>;
export type OpenAlert = Exclude<Alert, { state: 'cleared' }>;

/**
 * Why an alert ended. `returned-to-normal`: seen in telemetry. `device-failed`: what was foreseen happened (observed
 * devices). `amended-by-late-data`: with what came late it would not have been raised.
 */
export const ClearedBecause = z.enum([
  'returned-to-normal',
  'device-failed',
  'component-replaced',
  'amended-by-late-data',
]);
export type ClearedBecause = z.infer<typeof ClearedBecause>;

/** An alert as it is known to have been, decided anew from everything in the order of event time. */
const told = {
  raisedAt: Instant,
  findings: z.array(Finding),
  worst: Finding,
  occurrences: z.int().min(1),
};

export const AlertEvent = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('alert.raised'),
    alertId: AlertId,
    deviceId: DeviceId,
    component: Key,
    at: Instant,
    finding: Finding,
    journalPosition: z.int(),
    /** Set when late data raised it. */
    amendment: Amendment.optional(),
  }),
  /** The set of active findings changed, or the worst got clearly worse. */
  z.strictObject({
    type: z.literal('alert.findings-changed'),
    alertId: AlertId,
    at: Instant,
    findings: z.array(Finding),
    joined: z.int().min(0),
    journalPosition: z.int(),
  }),
  z.strictObject({ type: z.literal('alert.acknowledged'), alertId: AlertId, at: Instant, by: z.string() }),
  z.strictObject({
    type: z.literal('alert.shelved'),
    alertId: AlertId,
    at: Instant,
    by: z.string(),
    reason: z.string(),
    until: Instant,
  }),
  z.strictObject({ type: z.literal('alert.unshelved'), alertId: AlertId, at: Instant, by: z.string() }),
  z.strictObject({
    type: z.literal('alert.cleared'),
    alertId: AlertId,
    at: Instant,
    because: ClearedBecause,
    journalPosition: z.int(),
    /** Set when late data ended it. */
    amendment: Amendment.optional(),
  }),
  /** Late data: it was raised, or ended, at other times or for other findings than was told. Its state stays. */
  z.strictObject({
    type: z.literal('alert.amended'),
    alertId: AlertId,
    /** When that was decided, by this server's clock. */
    at: Instant,
    ...told,
    /** For an alert that is cleared. */
    cleared: z.strictObject({ at: Instant, because: ClearedBecause }).nullable(),
    amendment: Amendment,
    journalPosition: z.int(),
  }),
  /** Late data show a problem that began and ended unseen: for the record, nobody is called. */
  z.strictObject({
    type: z.literal('alert.recorded'),
    alertId: AlertId,
    deviceId: DeviceId,
    component: Key,
    at: Instant,
    ...told,
    cleared: z.strictObject({ at: Instant, because: ClearedBecause }),
    amendment: Amendment,
    journalPosition: z.int(),
  }),
]);
export type AlertEvent = z.infer<typeof AlertEvent>;

/** What an alert shows: all its findings as one; see `outlookOf`. */
export const worstOf = outlookOf;

/** Folds one event into the alert; undefined before it was raised. Pure. */
export function evolveAlert(alert: Alert | undefined, event: AlertEvent): Alert {
  if (event.type === 'alert.raised')
    return {
      state: 'raised',
      id: event.alertId,
      deviceId: event.deviceId,
      component: event.component,
      raisedAt: event.at,
      findings: [event.finding],
      worst: event.finding,
      occurrences: 1,
      journalPosition: event.journalPosition,
      ...amendedBy(undefined, event.amendment),
    };
  if (event.type === 'alert.recorded') {
    const { alertId: id, deviceId, component, raisedAt, findings, worst, occurrences, journalPosition } = event;
    return {
      ...{ state: 'cleared', id, deviceId, component, raisedAt, findings, worst, occurrences, journalPosition },
      clearedAt: event.cleared.at,
      clearedBecause: event.cleared.because,
      ...amendedBy(undefined, event.amendment),
    };
  }
  if (!alert) throw new Error(`${event.type} for an alert that was never raised: ${event.alertId}`);
  const { id, deviceId, component, raisedAt, findings, worst, occurrences, journalPosition } = alert;
  const kept = {
    ...{ id, deviceId, component, raisedAt, findings, worst, occurrences, journalPosition },
    ...amendedBy(alert, undefined),
  };
  switch (event.type) {
    case 'alert.findings-changed':
      return {
        ...alert,
        findings: event.findings,
        worst: worstOf(event.findings) ?? alert.worst,
        occurrences: alert.occurrences + event.joined,
        journalPosition: event.journalPosition,
      };
    case 'alert.acknowledged':
      return { ...kept, state: 'acknowledged', acknowledgedAt: event.at, acknowledgedBy: event.by };
    case 'alert.shelved':
      return {
        ...kept,
        state: 'shelved',
        shelvedAt: event.at,
        shelvedBy: event.by,
        reason: event.reason,
        until: event.until,
      };
    case 'alert.unshelved':
      return { ...kept, state: 'raised' };
    case 'alert.cleared':
      return {
        ...kept,
        state: 'cleared',
        findings: [],
        journalPosition: event.journalPosition,
        clearedAt: event.at,
        clearedBecause: event.because,
        ...amendedBy(alert, event.amendment),
      };
    case 'alert.amended': {
      const { cleared } = event;
      return {
        ...alert,
        raisedAt: event.raisedAt,
        findings: event.findings,
        worst: event.worst,
        occurrences: event.occurrences,
        journalPosition: Math.max(alert.journalPosition, event.journalPosition),
        ...(alert.state === 'cleared' && cleared ? { clearedAt: cleared.at, clearedBecause: cleared.because } : {}),
        ...amendedBy(alert, event.amendment),
      };
    }
  }
}

/** Why an alert calls nobody: all that it found is suppressed. Of a cleared one: how it ended. */
export const suppressionOf = ({ findings, worst }: Pick<Alert, 'findings' | 'worst'>): SuppressedBy | undefined =>
  (worstOf(findings) ?? worst).suppression;

function amendedBy(alert: Alert | undefined, amendment: Amendment | undefined): Pick<Alert, 'amendments'> {
  const amendments = [...(alert?.amendments ?? []), ...(amendment ? [amendment] : [])].slice(-AMENDMENTS_KEPT);
  return amendments.length > 0 ? { amendments } : {};
}

export type AlertCommand =
  | { readonly type: 'acknowledge'; readonly by: string }
  | { readonly type: 'shelve'; readonly by: string; readonly reason: string; readonly until: Instant }
  | { readonly type: 'unshelve'; readonly by: string };

export type AlertRefusal =
  | 'alert-already-cleared'
  | 'alert-already-acknowledged'
  | 'alert-not-shelved'
  | 'shelve-until-past';

/** What a person may do with an alert now: the events, or the reason it is refused. Pure. */
export function decideAlert(alert: Alert, command: AlertCommand, now: Instant): AlertEvent[] | AlertRefusal {
  if (alert.state === 'cleared') return 'alert-already-cleared';
  switch (command.type) {
    case 'acknowledge':
      if (alert.state === 'acknowledged') return 'alert-already-acknowledged';
      return [{ type: 'alert.acknowledged', alertId: alert.id, at: now, by: command.by }];
    case 'shelve':
      if (command.until <= now) return 'shelve-until-past';
      return [
        {
          type: 'alert.shelved',
          alertId: alert.id,
          at: now,
          by: command.by,
          reason: command.reason,
          until: command.until,
        },
      ];
    case 'unshelve':
      if (alert.state !== 'shelved') return 'alert-not-shelved';
      return [{ type: 'alert.unshelved', alertId: alert.id, at: now, by: command.by }];
  }
}
