import { rm } from 'node:fs/promises';
import type { Instant } from '@uptower/domain';
import { type Logger, lockDirectory } from '@uptower/platform';
import { type Consumer, Consumers } from './consumers.ts';
import { ballastIn, type Disk, noBallast, nodeDisk } from './disk.ts';
import { readerOf } from './reader.ts';
import type { JournalEntry, JournalRecord } from './record.ts';
import { listSegments, recoverTail, type Segment } from './segments.ts';
import type { Damage, JournalState, JournalStatus } from './status.ts';
import { Tail } from './tail.ts';
import { Writer } from './writer.ts';

export interface JournalOptions {
  readonly log: Logger;
  /** A new file is begun beyond this size. */
  readonly segmentBytes?: number;
  /** How much is kept after every consumer has passed it. */
  readonly keepBytes?: number;
  /** How much may wait for the slowest consumer; beyond it nothing more is taken (and acknowledged) until it has caught up. */
  readonly maxBytes?: number;
  /** Less free space than this on the disk is a warning. */
  readonly lowBytes?: number;
  /** Payload bytes that wait in memory while nothing can be written; beyond it messages are refused. */
  readonly maxWaitingBytes?: number;
  readonly now?: () => Instant;
  /** Keep some space taken up for the day the disk is full. */
  readonly ballast?: boolean;
  readonly disk?: Disk;
}

/** The intake journal: what `append` resolved is on disk and will be read by everybody who follows, also after a crash. */
export interface Journal {
  /**
   * Resolves with the record's position after fdatasync. Records of one turn share a sync. While nothing can be written
   * (full disk, a consumer too far behind) it waits; beyond the bound it rejects with JournalUnavailable.
   */
  append(record: JournalRecord): Promise<number>;
  /** The same for several records in their order; resolves with the position of the last. */
  appendAll(records: readonly JournalRecord[]): Promise<number>;
  /** Position of the last durable record; 0 when there is none. */
  head(): number;
  /** Position of the oldest record still here; head + 1 when there is none. */
  first(): number;
  /** Durable records after `after`, oldest first, about `maxBytes` of them; empty when there are none. */
  read(after: number, maxBytes?: number): Promise<JournalEntry[]>;
  /** Everything after `after` and then whatever comes, in batches; ends when `signal` aborts or the journal closes. */
  follow(after: number, signal: AbortSignal): AsyncGenerator<JournalEntry[], void>;
  /** The durable place of a named reader; nothing it has not passed is deleted. */
  consumer(name: string): Consumer;
  /** A reader that will not come back. */
  forget(name: string): void;
  /** Deletes whole segments at or before `passed` that every named consumer has passed and that lie beyond the keep limit. */
  trim(passed: number): Promise<void>;
  status(): JournalStatus;
  /** Looks at the disk: to be called every few seconds. */
  check(): Promise<void>;
  close(): Promise<void>;
  /** For tests of crashes: lets go of the files without finishing anything. */
  abandon(): Promise<void>;
}

const MIB = 1024 * 1024;
/** So many damages are remembered one by one; all are counted. */
const DAMAGES_KEPT = 100;

export async function openJournal(directory: string, options: JournalOptions): Promise<Journal> {
  const { log, keepBytes = 256 * MIB, maxBytes = 8192 * MIB, lowBytes = 512 * MIB } = options;
  const { maxWaitingBytes = 64 * MIB, now = () => 0, disk = nodeDisk } = options;
  // The limit is kept by whole files.
  const segmentBytes = Math.min(options.segmentBytes ?? 32 * MIB, Math.ceil(maxBytes / 8));
  const unlock = lockDirectory(directory);
  const segments = listSegments(directory);
  const seenDamage = new Set<number>();
  const damages: (Damage & { readonly at: Instant })[] = [];
  let damaged = 0;
  const noteDamage = (damage: Damage) => {
    if (seenDamage.has(damage.from)) return;
    seenDamage.add(damage.from);
    damaged += Math.max(1, damage.to - damage.from + 1);
    log.error({ ...damage }, 'journal.damaged');
    damages.push({ ...damage, at: now() });
    if (damages.length > DAMAGES_KEPT) damages.shift();
  };
  const newest = segments.at(-1);
  let head = 0;
  if (newest) {
    const { last, cutBytes, damage } = recoverTail(newest);
    head = last;
    damage.forEach(noteDamage);
    if (cutBytes > 0) log.warn({ file: newest.file, cutBytes, head }, 'journal.tail-cut');
  }
  let freeBytes = await disk.free(directory);
  let reported: { state: JournalState; since: Instant | null } = { state: 'ok', since: null };
  let closed = false;
  const wakers = new Set<() => void>();
  const tails = new Set<Tail>();
  const wake = () => {
    for (const waker of wakers) waker();
    wakers.clear();
  };

  let trimmedTo = 0;
  /** Without named consumers whoever trims is the only one. */
  const slowest = () => (Object.keys(consumers.all()).length > 0 ? consumers.slowest() : trimmedTo);
  /** Bytes of the segments somebody has still to read. */
  const unreadBytes = () => {
    const read = slowest();
    if (read >= writer.head) return 0;
    const end = (index: number) => segments[index + 1]?.first ?? Number.POSITIVE_INFINITY;
    return segments.reduce((sum, { bytes }, i) => (end(i) > read + 1 ? sum + bytes : sum), 0);
  };
  const ballast = options.ballast ? await ballastIn(directory, disk, log) : noBallast;
  const consumers: Consumers = new Consumers(directory, log, () => writer?.nudge());
  const writer: Writer = new Writer(
    {
      directory,
      segments,
      segmentBytes,
      disk,
      ballast,
      log,
      maxWaitingBytes,
      overLimit: () => unreadBytes() > maxBytes,
      onDurable(first, records) {
        for (const tail of tails) tail.offer(first, records);
        wake();
      },
      onTrouble: () => report(),
    },
    head,
  );
  if (options.ballast) await ballast.restore();

  const stateNow = (): { state: JournalState; detail: string } => {
    if (writer.trouble) return writer.trouble;
    if (freeBytes === null || freeBytes >= lowBytes) return { state: 'ok', detail: '' };
    return { state: 'low', detail: `${Math.floor(freeBytes / MIB)} MiB left on the disk of ${directory}` };
  };
  /** A line in the log for every change. */
  const report = () => {
    const { state, detail } = stateNow();
    if (state === reported.state) return;
    log[state === 'ok' ? 'info' : state === 'low' ? 'warn' : 'error'](
      { was: reported.state, detail },
      `journal.${state}`,
    );
    reported = { state, since: state === 'ok' ? null : now() };
  };
  report();

  const state = () => ({ segments, head: writer.head });
  const first = () => segments[0]?.first ?? writer.head + 1;

  const end = async (finish: boolean) => {
    if (closed) return;
    closed = true;
    await writer.close(finish);
    wake();
    await consumers.close();
    unlock();
  };

  return {
    append: (record) => writer.append([record]),
    appendAll: (records) => writer.append(records),
    head: () => writer.head,
    first,
    async read(after, bytes = MIB) {
      const reader = readerOf(state, noteDamage);
      try {
        return await reader.read(after, bytes);
      } finally {
        await reader.close();
      }
    },
    async *follow(after, signal) {
      const reader = readerOf(state, noteDamage);
      const tail = new Tail();
      tails.add(tail);
      signal.addEventListener('abort', wake, { once: true });
      try {
        for (let position = after; !signal.aborted && !closed; ) {
          const seen = writer.head;
          let entries = tail.take(position);
          if (entries.length === 0 && position < seen) entries = await reader.read(position, MIB);
          const last = entries.at(-1);
          if (last) {
            position = last.position;
            yield entries;
          } else if (seen === writer.head && !signal.aborted && !closed) {
            await new Promise<void>((resolve) => wakers.add(resolve));
          }
        }
      } finally {
        signal.removeEventListener('abort', wake);
        tails.delete(tail);
        await reader.close();
      }
    },
    consumer: (name) => consumers.of(name),
    forget: (name) => consumers.forget(name),
    async trim(upTo) {
      trimmedTo = Math.max(trimmedTo, upTo);
      const passed = Math.min(upTo, slowest());
      let total = segments.reduce((sum, segment) => sum + segment.bytes, 0);
      while (segments.length > 1) {
        const [oldest, next] = segments as [Segment, Segment];
        if (total <= keepBytes || next.first > passed + 1) break;
        segments.shift();
        total -= oldest.bytes;
        await rm(oldest.file, { force: true });
      }
      writer.nudge();
    },
    status: () => ({
      ...stateNow(),
      since: reported.since,
      head: writer.head,
      first: first(),
      bytes: segments.reduce((sum, segment) => sum + segment.bytes, 0),
      limitBytes: maxBytes,
      unreadBytes: unreadBytes(),
      freeBytes,
      waiting: writer.waiting(),
      damaged,
      damages,
      consumers: consumers.all(),
    }),
    async check() {
      freeBytes = await disk.free(directory);
      report();
    },
    close: () => end(true),
    abandon: () => end(false),
  };
}
