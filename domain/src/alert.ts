import { z } from 'zod';
import { Finding } from './finding.ts';
import { AlertId, DeviceId, Key } from './ids.ts';
import type { Severity } from './rule.ts';
import { Instant } from './time.ts';

/**
 * One alert per device and component while the problem lasts: further findings join it (grouping), so one cause never
 * makes two orders. ISA-18.2 words: raise, acknowledge, shelve, return to normal (clear).
 */
const base = {
  id: AlertId,
  deviceId: DeviceId,
  component: Key,
  raisedAt: Instant,
  /** The present findings; empty once cleared. The worst is the alert's face. */
  findings: z.array(Finding),
  /** The finding that raised it or the worst since. */
  worst: Finding,
  /** How often a finding became active since it was raised. */
  occurrences: z.int().min(1),
  /** Highest journal position that changed this alert; makes replay after a crash exactly-once. */
  journalPosition: z.int().min(0),
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

export const AlertEvent = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('alert.raised'),
    alertId: AlertId,
    deviceId: DeviceId,
    component: Key,
    at: Instant,
    finding: Finding,
    journalPosition: z.int(),
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
    /** `returned-to-normal`: seen in telemetry. `device-failed`: what was foreseen happened (observed devices). */
    because: z.enum(['returned-to-normal', 'device-failed', 'component-replaced']),
    journalPosition: z.int(),
  }),
]);
export type AlertEvent = z.infer<typeof AlertEvent>;

const RANK: Record<Severity, number> = { P1: 0, P2: 1, P3: 2 };

/** The finding an alert shows: most severe first, then most probable. */
export function worstOf(findings: readonly Finding[]): Finding | undefined {
  return [...findings].sort(
    (a, b) => RANK[a.severity] - RANK[b.severity] || b.probability - a.probability || (a.ruleId < b.ruleId ? -1 : 1),
  )[0];
}

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
    };
  if (!alert) throw new Error(`${event.type} for an alert that was never raised: ${event.alertId}`);
  const { id, deviceId, component, raisedAt, findings, worst, occurrences, journalPosition } = alert;
  const kept = { id, deviceId, component, raisedAt, findings, worst, occurrences, journalPosition };
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
      };
  }
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
