import { createHash } from 'node:crypto';
import type { StoredEvent } from './event-log.ts';

/** A row of the event log as every database keeps it; `body` is the event's JSON as it was written. */
export interface EventRow {
  readonly position: number;
  readonly stream: string;
  readonly version: number;
  readonly recorded_at: number;
  readonly actor: string;
  readonly body: string;
  readonly hash: string;
}

/** SHA-256 over the previous hash and this row; the same whatever database keeps it. */
export const chain = (previous: string, row: Omit<EventRow, 'hash'>): string =>
  createHash('sha256')
    .update(previous)
    .update(JSON.stringify([row.position, row.stream, row.version, row.recorded_at, row.actor, row.body]))
    .digest('hex');

export const storedEvent = <E>(row: EventRow): StoredEvent<E> => ({
  position: row.position,
  stream: row.stream,
  version: row.version,
  recordedAt: row.recorded_at,
  actor: row.actor,
  event: JSON.parse(row.body) as E,
  hash: row.hash,
});

export interface ChainVerdict {
  readonly ok: boolean;
  /** Events whose hash fits. */
  readonly checked: number;
  /** The first position whose hash does not fit. */
  readonly brokenAt: number | null;
  /** Hash of the last event that fits: noted elsewhere, it shows later that nothing before it was cut off. */
  readonly head: string;
  /** Whether the hash that was noted is still in the chain. */
  readonly hasExpected: boolean;
}

/** Recomputes a chain row by row, from the first event on; `take` is false once it is broken. */
export function chainChecker(expected?: string): { take(row: EventRow): boolean; verdict(): ChainVerdict } {
  let [head, checked] = ['', 0];
  let brokenAt: number | null = null;
  let hasExpected = expected === undefined;
  return {
    take(row) {
      const hash = chain(head, row);
      if (hash !== row.hash || row.position !== checked + 1) {
        brokenAt = row.position;
        return false;
      }
      head = hash;
      checked += 1;
      hasExpected ||= head === expected;
      return true;
    },
    verdict: () => ({ ok: brokenAt === null, checked, brokenAt, head, hasExpected }),
  };
}
