import type { JournalEntry, JournalRecord } from './record.ts';

/** So many bytes are kept for a reader that is behind; beyond it the reader takes them from the disk. */
const MAX_BYTES = 8 * 1024 * 1024;
/** What a record takes beside its payload, about. */
const RECORD_BYTES = 250;
/** Longer names may be cut on the disk (`record.ts`): such records are read from there. In characters of up to three bytes. */
const MAX_FROM = 85;
const MAX_TOPIC = 21_845;

interface Batch {
  readonly first: number;
  readonly records: readonly JournalRecord[];
}

/**
 * What became durable since one reader last looked, so that a reader that keeps up need not read from the disk what was
 * in memory a moment ago. It may lack anything: then the disk has it.
 */
export class Tail {
  private batches: Batch[] = [];
  private bytes = 0;

  /** Records that are on disk now, the first at position `first`. */
  offer(first: number, records: readonly JournalRecord[]): void {
    for (const record of records) {
      this.bytes += RECORD_BYTES;
      if (record.kind !== 'message') continue;
      this.bytes += record.payload.length;
      if (record.from.length > MAX_FROM || record.topic.length > MAX_TOPIC) this.bytes = Number.POSITIVE_INFINITY;
    }
    if (this.bytes <= MAX_BYTES) this.batches.push({ first, records });
    else this.clear();
  }

  /** Everything kept that follows `after` without a gap; empty when the next record is not here. */
  take(after: number): JournalEntry[] {
    const entries: JournalEntry[] = [];
    let next = after + 1;
    for (const { first, records } of this.batches) {
      if (first > next) return entries;
      for (let i = next - first; i < records.length; i += 1) entries.push(at(next++, records[i] as JournalRecord));
    }
    this.clear();
    return entries;
  }

  private clear(): void {
    this.batches = [];
    this.bytes = 0;
  }
}

function at(position: number, record: JournalRecord): JournalEntry {
  if (record.kind === 'log') return { ...record, position };
  const { receivedAt, from, topic, payload } = record;
  return { position, kind: 'message', receivedAt, from, topic, payload };
}
