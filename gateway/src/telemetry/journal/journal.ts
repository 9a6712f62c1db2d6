import { type FileHandle, open, rm } from 'node:fs/promises';
import { type Logger, lockDirectory } from '@uptower/platform';
import { readerOf } from './reader.ts';
import { encodeRecord, type JournalEntry, type JournalRecord } from './record.ts';
import { listSegments, recoverTail, type Segment, segmentFile, syncDirectory } from './segments.ts';

export interface JournalOptions {
  readonly log: Logger;
  /** A new file is begun beyond this size. */
  readonly segmentBytes?: number;
  /** How much is kept after every consumer has passed it. */
  readonly keepBytes?: number;
}

/** The intake journal: what `append` resolved is on disk and will be read by everybody who follows, also after a crash. */
export interface Journal {
  /** Resolves with the record's position after fdatasync. Records of one turn share a sync. */
  append(record: JournalRecord): Promise<number>;
  /** Position of the last durable record; 0 when there is none. */
  head(): number;
  /** Position of the oldest record still here; head + 1 when there is none. */
  first(): number;
  /** Durable records after `after`, oldest first, about `maxBytes` of them; empty when there are none. */
  read(after: number, maxBytes?: number): Promise<JournalEntry[]>;
  /** Everything after `after` and then whatever comes, in batches; ends when `signal` aborts or the journal closes. */
  follow(after: number, signal: AbortSignal): AsyncGenerator<JournalEntry[], void>;
  /** Deletes whole segments that lie at or before `passed` and beyond the keep limit. */
  trim(passed: number): Promise<void>;
  close(): Promise<void>;
  /** For tests of crashes: lets go of the files without finishing anything. */
  abandon(): Promise<void>;
}

const MIB = 1024 * 1024;

interface Pending {
  readonly record: JournalRecord;
  resolve(position: number): void;
  reject(error: unknown): void;
}

export async function openJournal(directory: string, options: JournalOptions): Promise<Journal> {
  const { log, segmentBytes = 32 * MIB, keepBytes = 256 * MIB } = options;
  const unlock = lockDirectory(directory);
  const segments = listSegments(directory);
  const newest = segments.at(-1);
  let head = 0;
  if (newest) {
    const { last, cutBytes } = recoverTail(newest);
    head = last;
    if (cutBytes > 0) log.warn({ file: newest.file, cutBytes, head }, 'journal.tail-cut');
  }
  let handle: FileHandle | undefined;
  let pending: Pending[] = [];
  let flushing: Promise<void> | undefined;
  let closed = false;
  /** Set when a sync failed: the page cache may have dropped the data, so nothing after it can be promised. */
  let broken: unknown;
  const wakers = new Set<() => void>();
  const wake = () => {
    for (const waker of wakers) waker();
    wakers.clear();
  };

  const current = async (): Promise<{ segment: Segment; file: FileHandle }> => {
    let segment = segments.at(-1);
    if (!segment || segment.bytes >= segmentBytes) {
      await handle?.close();
      handle = undefined;
      segment = { file: segmentFile(directory, head + 1), first: head + 1, bytes: 0 };
      handle = await open(segment.file, 'w');
      syncDirectory(directory);
      segments.push(segment);
    }
    handle ??= await open(segment.file, 'r+');
    return { segment, file: handle };
  };

  /** Group commit without a timer: whatever gathered while the last sync ran goes out with the next. */
  const flush = async () => {
    while (pending.length > 0 && !broken) {
      const batch = pending;
      pending = [];
      try {
        const { segment, file } = await current();
        const bytes = Buffer.concat(batch.map(({ record }, i) => encodeRecord(head + 1 + i, record)));
        await writeAll(file, bytes, segment.bytes);
        await file.datasync().catch((error) => {
          broken = error;
          throw error;
        });
        segment.bytes += bytes.length;
        const first = head + 1;
        head += batch.length;
        batch.forEach(({ resolve }, i) => {
          resolve(first + i);
        });
        wake();
      } catch (error) {
        // A failed write (disk full) leaves bytes after the durable end, which the next write overwrites.
        log.error({ err: error }, 'journal.write-failed');
        for (const { reject } of batch) reject(error);
      }
    }
    if (broken) for (const { reject } of pending.splice(0)) reject(broken);
    flushing = undefined;
  };

  const state = () => ({ segments, head });

  return {
    append(record) {
      if (closed) return Promise.reject(new Error('the journal is closed'));
      if (broken) return Promise.reject(broken);
      return new Promise((resolve, reject) => {
        pending.push({ record, resolve, reject });
        // The flush begins after this turn, so that everything accepted in one turn shares a sync.
        flushing ??= Promise.resolve().then(flush);
      });
    },
    head: () => head,
    first: () => segments[0]?.first ?? head + 1,
    async read(after, maxBytes = MIB) {
      const reader = readerOf(state, log);
      try {
        return await reader.read(after, maxBytes);
      } finally {
        await reader.close();
      }
    },
    async *follow(after, signal) {
      const reader = readerOf(state, log);
      signal.addEventListener('abort', wake, { once: true });
      try {
        for (let position = after; !signal.aborted && !closed; ) {
          const seen = head;
          const entries = position < seen ? await reader.read(position, MIB) : [];
          const last = entries.at(-1);
          if (last) {
            position = last.position;
            yield entries;
          } else if (seen === head && !signal.aborted && !closed) {
            await new Promise<void>((resolve) => wakers.add(resolve));
          }
        }
      } finally {
        signal.removeEventListener('abort', wake);
        await reader.close();
      }
    },
    async trim(passed) {
      let total = segments.reduce((sum, segment) => sum + segment.bytes, 0);
      while (segments.length > 1) {
        const [oldest, next] = segments as [Segment, Segment];
        if (total <= keepBytes || next.first > passed + 1) break;
        segments.shift();
        total -= oldest.bytes;
        await rm(oldest.file, { force: true });
      }
    },
    async close() {
      if (closed) return;
      closed = true;
      await flushing;
      wake();
      await handle?.close();
      unlock();
    },
    async abandon() {
      closed = true;
      for (const { reject } of pending.splice(0)) reject(new Error('abandoned'));
      await flushing; // the sync under way ends one way or the other, like in a crash
      wake();
      await handle?.close();
      unlock();
    },
  };
}

async function writeAll(file: FileHandle, bytes: Buffer, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, at + done);
    done += bytesWritten;
  }
}
