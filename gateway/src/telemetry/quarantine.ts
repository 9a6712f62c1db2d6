import type { QuarantineEntry } from '@uptower/domain';

/** At most this many refused messages are kept for inspection. */
export const QUARANTINE_LIMIT = 500;
const EXCERPT_CHARS = 500;

/**
 * The latest refused messages, oldest first; the rest only counts. What is refused for the same reason, from the same
 * sender, on the same topic, is one row with a count: one broken device cannot push out everybody else's.
 */
export class Quarantine {
  private readonly rows = new Map<string, QuarantineEntry>();

  constructor(private readonly limit = QUARANTINE_LIMIT) {}

  add(entry: Omit<QuarantineEntry, 'excerpt' | 'count'>, payload: Uint8Array): void {
    this.put({ ...entry, excerpt: excerptOf(payload) });
  }

  list(): readonly QuarantineEntry[] {
    return [...this.rows.values()];
  }

  restore(entries: readonly QuarantineEntry[]): void {
    this.rows.clear();
    for (const entry of entries) this.put(entry);
  }

  /** The newest of equal ones stays to be looked at, at the end of the list. */
  private put(entry: QuarantineEntry): void {
    const key = JSON.stringify([entry.reason, entry.from, entry.topic]);
    const before = this.rows.get(key);
    this.rows.delete(key);
    this.rows.set(key, before ? { ...entry, count: (before.count ?? 1) + (entry.count ?? 1) } : entry);
    for (const oldest of this.rows.keys()) {
      if (this.rows.size <= this.limit) break;
      this.rows.delete(oldest);
    }
  }
}

/** The beginning of a payload as text; bytes that are no text show as U+FFFD. */
export function excerptOf(payload: Uint8Array): string {
  // Four bytes a character at most; cut before decoding so that a large payload costs nothing.
  return Buffer.from(payload.subarray(0, EXCERPT_CHARS * 4))
    .toString('utf8')
    .slice(0, EXCERPT_CHARS);
}
