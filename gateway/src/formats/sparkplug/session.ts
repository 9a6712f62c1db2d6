import type { Instant } from '@uptower/domain';

/** Metrics a birth named, of the node itself or of one device. */
export interface Birth {
  /** When it was heard, by our clock. */
  readonly at: Instant;
  /** Data type index by metric name. */
  readonly types: Map<string, number | null>;
  /** Metric name by alias. */
  readonly names: Map<number, string>;
  /** Unit by metric name, where the birth says one. */
  readonly units: Map<string, string>;
}

/** What a host remembers of one edge node. */
export interface Session {
  readonly from: string;
  readonly group: string;
  readonly node: string;
  online: boolean;
  /** Ties a death to its birth; null when the birth had none. */
  bdSeq: number | null;
  /** The number the next message should carry, 0…255. */
  nextSeq: number;
  /** Numbers that were passed over and may still come, and when the first of them was missed, by our clock. */
  missing: number[];
  missingSince: Instant | null;
  /** Something could not be understood for want of a birth. */
  lost: boolean;
  /** What is born and not dead, by device; '' is the node itself. */
  births: Map<string, Birth>;
}

export const newSession = (from: string, group: string, node: string): Session => ({
  from,
  group,
  node,
  online: false,
  bdSeq: null,
  nextSeq: 0,
  missing: [],
  missingSince: null,
  lost: false,
  births: new Map(),
});

/** So many numbers may be out of order before it is a loss. */
const MAX_MISSING = 32;
const SEQUENCE = 256;

/** A birth of the node. */
export function beginSession(session: Session, bdSeq: number | null, seq: number | null): void {
  endSession(session);
  session.online = true;
  session.bdSeq = bdSeq;
  session.nextSeq = ((seq ?? 0) + 1) % SEQUENCE;
}

/** Its death. */
export function endSession(session: Session): void {
  session.online = false;
  session.missing = [];
  session.missingSince = null;
  session.lost = false;
}

/**
 * Notes the number of a message of a live session. Messages may come in another order than they were sent: a number
 * passed over is missed from then on, until it comes.
 */
export function noteSequence(session: Session, seq: number | null, receivedAt: Instant): void {
  if (seq === null || !session.online) return;
  const at = session.missing.indexOf(seq);
  if (at >= 0) {
    session.missing.splice(at, 1);
    if (session.missing.length === 0) session.missingSince = null;
    return;
  }
  const ahead = (seq - session.nextSeq + SEQUENCE) % SEQUENCE;
  // The later half of the circle lies behind: a repetition.
  if (ahead >= SEQUENCE / 2) return;
  for (let i = 0; i < ahead && session.missing.length <= MAX_MISSING; i += 1)
    session.missing.push((session.nextSeq + i) % SEQUENCE);
  session.nextSeq = (seq + 1) % SEQUENCE;
  if (ahead > 0) session.missingSince ??= receivedAt;
  if (session.missing.length > MAX_MISSING) session.lost = true;
}

/** Whether the node must be asked for its birth: only that makes its words certain again. */
export function needsBirth(session: Session, now: Instant, reorderMs: number): boolean {
  if (session.lost) return true;
  return session.missingSince !== null && now - session.missingSince >= reorderMs;
}
