import {
  type Alert,
  type AlertGroup,
  type Finding,
  HOUR,
  type OpenAlert,
  type Severity,
  suppressionOf,
  type WorkOrder,
  worstOf,
} from '@uptower/domain';
import { levelOf } from '../../shared/format/evidence-level.ts';

export const TABS = ['unassigned', 'acknowledged', 'shelved', 'suppressed', 'open'] as const;
export type Tab = (typeof TABS)[number];

/** The finding an alert shows now; what it showed last once nothing is active any more. */
export const faceOf = (alert: Alert): Finding => worstOf(alert.findings) ?? alert.worst;

/** A suppressed alert is under `suppressed` and nowhere else: it asks nothing of anybody. */
export function inTab(alert: Alert, tab: Tab): alert is OpenAlert {
  if (alert.state !== 'cleared' && (suppressionOf(alert) !== undefined) !== (tab === 'suppressed')) return false;
  switch (tab) {
    case 'unassigned':
      return alert.state === 'raised';
    case 'acknowledged':
      return alert.state === 'acknowledged';
    case 'shelved':
      return alert.state === 'shelved';
    case 'suppressed':
    case 'open':
      return alert.state !== 'cleared';
  }
}

const RANK: Record<Severity, number> = { P1: 0, P2: 1, P3: 2 };

/** Most severe first, then the one expected to fail soonest, then the oldest. */
export function byUrgency(a: Alert, b: Alert): number {
  const [fa, fb] = [faceOf(a), faceOf(b)];
  return (
    RANK[fa.severity] - RANK[fb.severity] ||
    (fa.expected.p50 ?? Number.POSITIVE_INFINITY) - (fb.expected.p50 ?? Number.POSITIVE_INFINITY) ||
    a.raisedAt - b.raisedAt ||
    (a.id < b.id ? -1 : 1)
  );
}

/** Alerts of one cause beside each other, at the place of the most urgent; `group` is null for one alone. */
export interface InboxEntry {
  readonly group: AlertGroup | null;
  readonly alerts: readonly Alert[];
}

export interface Inbox {
  readonly entries: readonly InboxEntry[];
  /** The alerts of the entries, in their order. */
  readonly shown: readonly Alert[];
  readonly counts: Readonly<Record<Tab, number>>;
}

export function toInbox(alerts: readonly Alert[], tab: Tab, groups: readonly AlertGroup[] = []): Inbox {
  const counts = Object.fromEntries(
    TABS.map((each) => [each, alerts.filter((alert) => inTab(alert, each)).length]),
  ) as Record<Tab, number>;
  const entries = entriesOf(alerts.filter((alert) => inTab(alert, tab)).sort(byUrgency), groups);
  return { entries, shown: entries.flatMap((entry) => entry.alerts), counts };
}

/** What is left of a group in this tab; one alone is none. The first-out comes first. */
function entriesOf(alerts: readonly Alert[], groups: readonly AlertGroup[]): InboxEntry[] {
  const groupOf = new Map(groups.flatMap((group) => group.alerts.map((id) => [id, group] as const)));
  const entries: InboxEntry[] = [];
  const done = new Set<AlertGroup>();
  for (const alert of alerts) {
    const group = groupOf.get(alert.id);
    const members = group ? alerts.filter(({ id }) => group.alerts.includes(id)) : [];
    if (!group || members.length < 2) entries.push({ group: null, alerts: [alert] });
    else if (!done.has(group)) {
      done.add(group);
      const place = (each: Alert) => group.alerts.indexOf(each.id);
      entries.push({ group, alerts: members.sort((a, b) => place(a) - place(b)) });
    }
  }
  return entries;
}

/** The order that handles an alert: an open one before one that is done. */
export function orderOf(alertId: string, orders: readonly WorkOrder[]): WorkOrder | undefined {
  const own = orders.filter((order) => order.alertId === alertId && order.state !== 'cancelled');
  return own.find((order) => order.state !== 'closed') ?? own.at(-1);
}

export interface EvidenceChart {
  readonly metric: string;
  readonly level: ReturnType<typeof levelOf>;
  readonly since: number;
  readonly slopePerHour?: number;
}

/** One chart a metric, the worst finding's first; two at most, so that both are large enough to read. */
export function evidenceCharts(alert: Alert): EvidenceChart[] {
  const face = faceOf(alert);
  const seen = new Set<string>();
  const charts: EvidenceChart[] = [];
  for (const { evidence } of [face, ...alert.findings]) {
    if (seen.has(evidence.metric)) continue;
    seen.add(evidence.metric);
    charts.push({
      metric: evidence.metric,
      level: levelOf(evidence),
      since: evidence.since,
      slopePerHour: evidence.slopePerHour,
    });
  }
  return charts.slice(0, 2);
}

/** Which alert J or K leads to; stays at the ends. */
export function neighbour(shown: readonly Alert[], current: string | undefined, step: 1 | -1): Alert | undefined {
  const at = shown.findIndex((alert) => alert.id === current);
  if (at < 0) return shown[0];
  return shown[Math.min(shown.length - 1, Math.max(0, at + step))];
}

/** Until when an alert may be shelved, hours from now. */
export const SHELVE_HOURS = [2, 8, 24, 72] as const;
export const shelveUntil = (now: number, hours: number): number => Math.round(now + hours * HOUR);
