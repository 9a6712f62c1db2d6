import type { FileHandle } from 'node:fs/promises';
import type { Logger } from '@uptower/platform';
import type { Ballast, Disk } from './disk.ts';
import { encodeRecords, type JournalRecord, MAX_PAYLOAD_BYTES } from './record.ts';
import { type Segment, segmentFile, syncDirectory } from './segments.ts';
import { JournalUnavailable } from './status.ts';

export interface WriterParts {
  readonly directory: string;
  readonly segments: Segment[];
  readonly segmentBytes: number;
  readonly disk: Disk;
  readonly ballast: Ballast;
  readonly log: Logger;
  /** Payload bytes that may wait while nothing can be written; what comes beyond is refused. */
  readonly maxWaitingBytes: number;
  /** Whether consumers are so far behind that no message may be added now. */
  readonly overLimit: () => boolean;
  /** The first of the records has this position. */
  readonly onDurable: (first: number, records: readonly JournalRecord[]) => void;
  readonly onTrouble: (trouble: Trouble | null) => void;
}

export interface Trouble {
  readonly state: 'limit' | 'full' | 'failing' | 'broken';
  readonly detail: string;
}

interface Pending {
  /** Messages, or a mark of the pipeline; never both. */
  readonly records: readonly JournalRecord[];
  resolve(position: number): void;
  reject(error: unknown): void;
}

const RETRY_MS = 500;
/** No room: on the disk, in the quota, in the process's file size limit. */
const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/**
 * Group commit without a timer: whatever gathered while the last sync ran goes out with the next. A write that fails is
 * tried again until it succeeds, and nothing is acknowledged meanwhile. A sync that fails ends it: the page cache may
 * have dropped the data, so nothing after it can be promised.
 */
export class Writer {
  trouble: Trouble | null = null;
  private handle: FileHandle | undefined;
  private pending: Pending[] = [];
  private pendingRecords = 0;
  private inBatch = 0;
  private waitingBytes = 0;
  private flushing: Promise<void> | undefined;
  private closed = false;
  private abandoned = false;
  private wakeUp: (() => void) | undefined;

  constructor(
    private readonly parts: WriterParts,
    public head: number,
  ) {}

  /** Resolves with the position of the last one. */
  append(records: readonly JournalRecord[]): Promise<number> {
    if (this.closed) return Promise.reject(new JournalUnavailable('the journal is closed'));
    if (this.trouble?.state === 'broken') return Promise.reject(new JournalUnavailable(this.trouble.detail));
    let bytes = 0;
    for (const record of records) {
      if (record.kind !== 'message') continue;
      if (record.payload.length > MAX_PAYLOAD_BYTES)
        return Promise.reject(new Error(`a message of ${record.payload.length} bytes is too long for the journal`));
      bytes += record.payload.length;
    }
    if (this.waitingBytes > this.parts.maxWaitingBytes)
      return Promise.reject(new JournalUnavailable(this.trouble?.detail ?? 'too much waits for the disk'));
    return new Promise((resolve, reject) => {
      this.pending.push({ records, resolve, reject });
      this.pendingRecords += records.length;
      this.waitingBytes += bytes;
      // The flush begins after this turn of the event loop, so that everything that came in it shares a sync.
      this.flushing ??= new Promise<void>((begin) => setImmediate(begin)).then(() => this.flush());
    });
  }

  waiting(): number {
    return this.pendingRecords + this.inBatch;
  }

  /** Something changed that a held-up writer may have waited for. */
  nudge(): void {
    this.wakeUp?.();
  }

  private async flush(): Promise<void> {
    while (this.pending.length > 0 && !this.abandoned && this.trouble?.state !== 'broken') {
      const batch = this.takeBatch();
      if (batch.length > 0) await this.commit(batch);
      else if (this.closed) break;
      else await this.pause();
    }
    // Nothing was promised to these: their senders still have them.
    for (const { reject } of this.take())
      reject(new JournalUnavailable(this.trouble?.detail ?? 'the journal is closed'));
    this.flushing = undefined;
  }

  private mayRecover(): boolean {
    return this.trouble?.state !== 'broken';
  }

  private take(): Pending[] {
    const all = this.pending;
    this.pending = [];
    this.pendingRecords = 0;
    this.waitingBytes = 0;
    return all;
  }

  /** Over the limit only the pipeline's own marks go in: it must be able to go on for the limit to end. */
  private takeBatch(): Pending[] {
    if (!this.parts.overLimit()) {
      if (this.trouble?.state === 'limit') this.set(null);
      return this.take();
    }
    this.set({ state: 'limit', detail: 'consumers are too far behind; senders wait' });
    const isMark = ({ records }: Pending) => records[0]?.kind === 'log';
    const marks = this.pending.filter(isMark);
    if (marks.length > 0) this.pending = this.pending.filter((pending) => !isMark(pending));
    this.pendingRecords -= marks.length;
    return marks;
  }

  private async commit(batch: readonly Pending[]): Promise<void> {
    const records = batch.length === 1 ? (batch[0] as Pending).records : batch.flatMap((pending) => pending.records);
    const bytes = encodeRecords(this.head + 1, records);
    this.inBatch = records.length;
    while (!(await this.write(bytes))) {
      if (!this.closed && this.mayRecover()) await this.pause();
      if (!this.closed && this.mayRecover()) continue;
      this.inBatch = 0;
      for (const { reject } of batch) reject(new JournalUnavailable(this.trouble?.detail ?? 'the journal is closed'));
      return;
    }
    this.inBatch = 0;
    const before = this.head;
    this.head += records.length;
    let last = before;
    for (const pending of batch) {
      last += pending.records.length;
      pending.resolve(last);
    }
    this.parts.onDurable(before + 1, records);
  }

  /** One try; false when it failed, with `trouble` saying why. */
  private async write(bytes: Buffer): Promise<boolean> {
    const { ballast, log } = this.parts;
    if (this.trouble?.state === 'full' && !(await ballast.restore())) return false;
    let segment: Segment | undefined;
    let file: FileHandle | undefined;
    try {
      ({ segment, file } = await this.current());
      await writeAll(file, bytes, segment.bytes);
    } catch (error) {
      const { code = '', message } = error as NodeJS.ErrnoException;
      const state = FULL.has(code) ? 'full' : 'failing';
      if (this.trouble?.state !== state) log.error({ err: error }, 'journal.write-failed');
      // Whatever part of the batch got there is taken back; the next start would do the same.
      if (segment) await file?.truncate(segment.bytes).catch(() => undefined);
      if (state === 'full') await ballast.release();
      this.set({ state, detail: message });
      return false;
    }
    try {
      await file.datasync();
    } catch (error) {
      log.fatal({ err: error }, 'journal.sync-failed');
      this.set({ state: 'broken', detail: (error as Error).message });
      return false;
    }
    segment.bytes += bytes.length;
    if (this.trouble) this.set(null);
    return true;
  }

  private async current(): Promise<{ segment: Segment; file: FileHandle }> {
    const { directory, segments, segmentBytes, disk } = this.parts;
    let segment = segments.at(-1);
    if (!segment || segment.bytes >= segmentBytes) {
      await this.handle?.close();
      this.handle = undefined;
      segment = { file: segmentFile(directory, this.head + 1), first: this.head + 1, bytes: 0 };
      this.handle = await disk.open(segment.file, 'w');
      syncDirectory(directory);
      segments.push(segment);
    }
    this.handle ??= await disk.open(segment.file, 'r+');
    return { segment, file: this.handle };
  }

  private set(trouble: Trouble | null): void {
    const same = this.trouble?.state === trouble?.state && this.trouble?.detail === trouble?.detail;
    this.trouble = trouble;
    if (!same) this.parts.onTrouble(trouble);
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.wakeUp?.(), RETRY_MS);
      this.wakeUp = () => {
        clearTimeout(timer);
        this.wakeUp = undefined;
        resolve();
      };
    });
  }

  /** Finishes what can be written now (or, abandoned, only the sync under way); the rest is refused. */
  async close(finish: boolean): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.abandoned = !finish;
    this.nudge();
    await this.flushing;
    await this.handle?.close();
  }
}

async function writeAll(file: FileHandle, bytes: Buffer, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, at + done);
    done += bytesWritten;
  }
}
