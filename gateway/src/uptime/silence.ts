import type { Instant } from '@uptower/domain';
import type { Evidence, Silence } from './evidence.ts';

export interface SilenceLimits {
  /** How long a lost session may take to come back. */
  readonly graceMs: number;
  /** The same after a start of this server, when everybody has to come back at once. */
  readonly startGraceMs: number;
  readonly startedAt: Instant;
  /**
   * The end of the last outage of this server that was longer than the grace, or of the last stretch in which it held
   * senders back: nobody could be heard before.
   */
  readonly servingSince: Instant;
}

/** What is known of one broker session, or of all of one credential. */
export interface Session {
  readonly open: boolean;
  /** When the last one ended; null while there is one, and when none was seen. */
  readonly lostAt: Instant | null;
}

export interface Contact {
  /** The session that carries the device; null where sessions cannot be seen: then only its words and its last will count. */
  readonly session: Session | null;
  /** A broker session of the device's own is there now, whatever carried its last message. */
  readonly connected: boolean;
  /** It was never seen to hold a session: not having one says nothing. */
  readonly sessionless: boolean;
  /** How long it may say nothing, ms; null when it has no known rhythm. */
  readonly patienceMs: number | null;
}

/**
 * Why nobody can say how the device is, if so. Judged by this server's clock; the ledger begins it when contact ended.
 * A lost session is noticed after the grace. Silence is noticed when the device has said nothing for longer than its own
 * rhythm allows; an outage of this server in between begins that anew, a short restart does not.
 */
export function silenceOf(evidence: Evidence, contact: Contact, limits: SilenceLimits, now: Instant): Silence | null {
  if (evidence.heardAt === null) return null;
  const { startedAt, startGraceMs, servingSince } = limits;
  const lost = contact.connected
    ? null
    : (later(contact.session?.lostAt ?? null, evidence.offlineAt) ?? beforeStart(evidence, contact, startedAt));
  if (lost !== null && lost >= evidence.heardAt) {
    if (now >= returnDue(lost, limits)) return { cause: 'session-lost', since: lost };
  }
  if (contact.patienceMs === null) return null;
  const from = Math.max(evidence.heardAt, servingSince);
  const serving = Math.max(startedAt, servingSince);
  const due = Math.max(from + contact.patienceMs, evidence.heardAt < serving ? serving + startGraceMs : from);
  return now > due ? { cause: 'silent', since: evidence.heardAt } : null;
}

/** Until when a session that ended at `lost` may come back. */
export function returnDue(lost: Instant, { startedAt, servingSince, graceMs, startGraceMs }: SilenceLimits): Instant {
  const serving = Math.max(startedAt, servingSince);
  return lost < serving ? serving + startGraceMs : Math.max(lost + graceMs, serving + startGraceMs);
}

/** Sessions end with the server. Who spoke before it started and has none since is lost from its last word on. */
function beforeStart({ heardAt }: Evidence, { session, sessionless }: Contact, startedAt: Instant): Instant | null {
  if (!session || session.open || sessionless) return null;
  return heardAt !== null && heardAt < startedAt ? heardAt : null;
}

function later(a: Instant | null, b: Instant | null): Instant | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}
