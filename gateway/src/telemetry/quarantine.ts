import type { QuarantineEntry } from '@uptower/domain';

/** At most this many refused messages are kept for inspection. */
export const QUARANTINE_LIMIT = 500;
const EXCERPT_CHARS = 500;

/** The latest refused messages, oldest first; the rest only counts. */
export class Quarantine {
  private entries: QuarantineEntry[] = [];

  constructor(private readonly limit = QUARANTINE_LIMIT) {}

  add(entry: Omit<QuarantineEntry, 'excerpt'>, payload: Uint8Array): void {
    this.entries.push({ ...entry, excerpt: excerptOf(payload) });
    if (this.entries.length > this.limit) this.entries.splice(0, this.entries.length - this.limit);
  }

  list(): readonly QuarantineEntry[] {
    return this.entries;
  }

  restore(entries: readonly QuarantineEntry[]): void {
    this.entries = entries.slice(-this.limit);
  }
}

/** The beginning of a payload as text; bytes that are no text show as U+FFFD. */
export function excerptOf(payload: Uint8Array): string {
  // Four bytes a character at most; cut before decoding so that a large payload costs nothing.
  return Buffer.from(payload.subarray(0, EXCERPT_CHARS * 4))
    .toString('utf8')
    .slice(0, EXCERPT_CHARS);
}
