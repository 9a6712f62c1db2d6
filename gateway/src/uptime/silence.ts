import { type Instant, SECOND } from '@uptower/domain';
import type { Evidence, Silence } from './evidence.ts';

export interface SilenceLimits {
  /** How long a lost session may take to come back. */
  readonly graceMs: number;
  /** The same after a start of this server, when everybody has to come back at once. */
  readonly startGraceMs: number;
  readonly startedAt: Instant;
}

export interface Contact {
  /** A broker session of the device's own is there now. */
  readonly connected: boolean;
  /** Some session speaks for it: its own or its site's. */
  readonly hasSession: boolean;
  /** When the last session that spoke for it ended; null while there is one, and when none was seen. */
  readonly lostAt: Instant | null;
  readonly reportingIntervalSeconds: number | null;
}

/** So many reporting intervals without a word are silence. */
const SILENT_INTERVALS = 5;

/** Whether nobody can say how the device is. Judged by this server's clock; the ledger begins it when contact ended. */
export function silenceOf(evidence: Evidence, contact: Contact, limits: SilenceLimits, now: Instant): Silence | null {
  if (evidence.heardAt === null) return null;
  const { startedAt, graceMs, startGraceMs } = limits;
  const lost = contact.connected
    ? null
    : (later(contact.lostAt, evidence.offlineAt) ?? beforeStart(evidence, contact, startedAt));
  if (lost !== null && lost >= evidence.heardAt) {
    const due = lost < startedAt ? startedAt + startGraceMs : Math.max(lost + graceMs, startedAt + startGraceMs);
    if (now >= due) return { cause: 'session-lost', since: lost };
  }
  const { reportingIntervalSeconds: interval } = contact;
  if (interval === null) return null;
  const patience = Math.max(SILENT_INTERVALS * interval * SECOND, graceMs);
  const heard = Math.max(evidence.heardAt, startedAt);
  return now - heard > patience ? { cause: 'silent', since: evidence.heardAt } : null;
}

/** Sessions end with the server. Who spoke before it started and has none since is lost from its last word on. */
function beforeStart(evidence: Evidence, contact: Contact, startedAt: Instant): Instant | null {
  const { heardAt } = evidence;
  return !contact.hasSession && heardAt !== null && heardAt < startedAt ? heardAt : null;
}

function later(a: Instant | null, b: Instant | null): Instant | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}
