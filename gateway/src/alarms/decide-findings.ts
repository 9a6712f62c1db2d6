import {
  type Alert,
  type AlertEvent,
  type AlertId,
  type DeviceId,
  type Finding,
  type Instant,
  MINUTE,
  worstOf,
} from '@uptower/domain';

/** What is known of one component's alerts: the latest, and how far the journal had been read when it last changed. */
export interface AlertSlot {
  readonly alert: Alert | undefined;
  readonly journalPosition: number;
}

export interface Evidence {
  readonly deviceId: DeviceId;
  readonly component: string;
  /** All findings of the component now. */
  readonly findings: readonly Finding[];
  /** Event time of the reading that led here. */
  readonly at: Instant;
  readonly position: number;
}

/** An alert is told of a changed probability from this difference on, and of a changed time from this share on. */
const PROBABILITY_STEP = 0.1;
const TIME_SHARE = 0.2;
/** Close to the failure every minute is a large share of what is left. */
const TIME_STEP_MS = 30 * MINUTE;

/** What present findings mean for the alert of their component. Pure. */
export function decideFindings(alert: Alert | undefined, evidence: Evidence, newId: () => AlertId): AlertEvent[] {
  const { deviceId, component, findings, at, position: journalPosition } = evidence;
  if (!alert || alert.state === 'cleared') {
    const worst = worstOf(findings);
    if (!worst) return [];
    const alertId = newId();
    const raised: AlertEvent = {
      type: 'alert.raised',
      alertId,
      deviceId,
      component,
      at,
      finding: worst,
      journalPosition,
    };
    if (findings.length === 1) return [raised];
    const joined = findings.length - 1;
    return [raised, { type: 'alert.findings-changed', alertId, at, findings: [...findings], joined, journalPosition }];
  }
  if (findings.length === 0)
    return [{ type: 'alert.cleared', alertId: alert.id, at, because: 'returned-to-normal', journalPosition }];
  if (!isNews(alert.findings, findings)) return [];
  const before = new Set(alert.findings.map((finding) => finding.ruleId));
  const joined = findings.filter((finding) => !before.has(finding.ruleId)).length;
  return [{ type: 'alert.findings-changed', alertId: alert.id, at, findings: [...findings], joined, journalPosition }];
}

/** Another set of rules, another severity, suppressed or no longer, a clearly other probability or time: worth an event. */
export function isNews(told: readonly Finding[], now: readonly Finding[]): boolean {
  if (told.length !== now.length) return true;
  return now.some((finding) => {
    const last = told.find((candidate) => candidate.ruleId === finding.ruleId);
    if (!last || last.severity !== finding.severity || !sameSuppression(last, finding)) return true;
    if (Math.abs(last.probability - finding.probability) >= PROBABILITY_STEP - 1e-9) return true;
    return hasMoved(last, finding);
  });
}

const sameSuppression = ({ suppression: a }: Finding, { suppression: b }: Finding): boolean =>
  a?.kind === b?.kind && a?.id === b?.id;

function hasMoved(told: Finding, now: Finding): boolean {
  const [before, after] = [told.expected.p50, now.expected.p50];
  if (before === null || after === null) return before !== after;
  const moved = Math.abs(after - before);
  return moved >= TIME_STEP_MS && moved > TIME_SHARE * Math.max(0, before - now.at);
}
