import { type Clock, SECOND } from '@uptower/domain';
import type { Logger } from '@uptower/platform';
import type { Batch, ReadingStore } from '../ports/reading-store.ts';
import type { Backlog, Stretch } from './backlog.ts';
import { Waiting } from './waiting.ts';

/** A batch goes out at this size, or after half a real second. */
const BATCH_ROWS = 20_000;
const BATCH_MS = SECOND / 2;
/** More than this is not kept in memory for the store: it goes to the backlog on disk. */
const MAX_ROWS_IN_MEMORY = 200_000;
/** A snapshot waits so long (real time) for the store; then what it waits for goes to the backlog. */
const PATIENCE_MS = 15 * SECOND;
const RETRY_MS = SECOND;
/** The store is asked so often (real time) whether it still has what it was given. */
const CHECK_MS = 30 * SECOND;

/** Readings of `(after, through]` in memory. */
interface Chunk {
  readonly readings: Batch['readings'][number][];
  readonly after: number;
  through: number;
  rows: number;
  /** Being written somewhere: nothing is added any more. */
  closed: boolean;
}

/** Reads a stretch of the journal again, for a store that lost it; `lacking` hears what the journal does not have either. */
export type Refill = (after: number, upTo: number, lacking: (from: number, to: number) => void) => AsyncIterable<Batch>;

export interface StoreWriterParts {
  readonly store: ReadingStore;
  readonly backlog: Backlog;
  readonly refill: Refill;
  readonly clock: Clock;
  readonly log: Logger;
}

/** How the store stands, for the status page. */
export interface StoreState {
  /** In words; null while it takes everything. */
  readonly error: string | null;
  /** Journal position up to which it has everything. */
  readonly position: number;
  /** Whether something waits on disk because the store was down or slow. */
  readonly backlog: boolean;
  /** Rows in memory for it. */
  readonly rows: number;
  /** Records whose readings the store lost and the journal no longer has, since the start. */
  readonly missing: number;
}

/**
 * Brings decided readings into the store, in the journal's order, one batch at a time. Nobody waits for a store that is
 * down or slow: what it does not take goes to the backlog on disk, and from there to the store when it is back.
 * Order of what is in hand: backlog, then `chunks` in memory; `sent` says how far the store was given it.
 */
export class StoreWriter {
  private readonly chunks: Chunk[] = [];
  private rows = 0;
  /** Journal position through which everything was added here. */
  private end = 0;
  private headAtStart = 0;
  private sent = 0;
  /** Journal position the store was last heard to have everything up to. */
  private durable = 0;
  private connected = false;
  private checkedAt = 0;
  private error: string | null = null;
  private missing = 0;
  private spilling: Promise<void> | undefined;
  private running: Promise<void> | undefined;
  private stopped = false;
  private leaving = false;
  private readonly waiting: Waiting;

  constructor(private readonly parts: StoreWriterParts) {
    this.waiting = new Waiting(parts.clock);
  }

  /** From here on: everything up to `from` was brought here before; `head` is the journal's last record now. */
  start(from: number, head: number): void {
    this.end = Math.max(from, this.parts.backlog.end() ?? 0);
    this.headAtStart = head;
    this.running = this.run();
  }

  state(): StoreState {
    const { store, backlog } = this.parts;
    return {
      error: this.error,
      position: store.position(),
      backlog: backlog.begin() !== null,
      rows: this.rows,
      missing: this.missing,
    };
  }

  /** What the store or the backlog already has (a replay after a crash) is left out here. */
  add(readings: readonly Batch['readings'][number][], through: number): void {
    if (through <= this.end) return;
    const after = this.end;
    this.end = through;
    if (through <= this.parts.store.position()) return;
    let chunk = this.chunks.at(-1);
    if (!chunk || chunk.closed || chunk.rows >= BATCH_ROWS) {
      chunk = { readings: [], after, through, rows: 0, closed: false };
      this.chunks.push(chunk);
    }
    const before = chunk.rows;
    for (const reading of readings) {
      chunk.readings.push(reading);
      for (const _ in reading.values) chunk.rows += 1;
    }
    chunk.through = through;
    this.rows += chunk.rows - before;
    if (chunk.rows >= BATCH_ROWS) this.waiting.wake();
  }

  /** Resolves when there is room in memory again; only a full disk makes that last. */
  async room(): Promise<void> {
    while (this.rows > MAX_ROWS_IN_MEMORY && !this.stopped && !this.leaving)
      await this.spill().catch(async (error) => {
        this.parts.log.error({ err: error, rows: this.rows }, 'backlog.write-failed');
        await this.waiting.sleep(RETRY_MS, false);
      });
  }

  /** Resolves when everything added so far is durable in the store. */
  async flush(): Promise<void> {
    const target = this.end;
    await this.until(() => this.parts.store.position() >= target);
  }

  /** Resolves when the store was given everything added so far (it can be queried), or fails to take it. */
  async given(): Promise<void> {
    const target = this.end;
    await this.until(() => this.sent >= target || this.error !== null);
  }

  /** True once everything up to this position is durable, in the store or in the backlog; false when this was stopped. */
  async secure(position: number): Promise<boolean> {
    const { clock } = this.parts;
    const impatient = clock.at(clock.now() + PATIENCE_MS * clock.speed, () => void this.spill().catch(() => undefined));
    const secured = () => (this.chunks[0]?.after ?? this.end) >= position;
    await this.until(secured);
    impatient();
    return secured();
  }

  /** From now on a full disk holds nobody up. */
  leave(): void {
    this.leaving = true;
  }

  /** Everything in memory into the store, or onto the disk if that does not take it in a moment; then no more. */
  async stop(): Promise<void> {
    const { clock, store, log } = this.parts;
    const target = this.end;
    let late = this.error !== null || !this.connected;
    const cancel = clock.at(clock.now() + RETRY_MS * clock.speed, () => {
      late = true;
      this.waiting.tell();
    });
    await this.until(() => late || this.error !== null || store.position() >= target);
    cancel();
    await this.spill().catch((error) => log.error({ err: error, rows: this.rows }, 'backlog.write-failed'));
    await this.abandon();
  }

  /** Stops where it is, as in a crash. */
  async abandon(): Promise<void> {
    this.stopped = true;
    this.waiting.end();
    await this.running;
    await this.spilling?.catch(() => undefined);
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      try {
        if (!this.connected || this.now() - this.checkedAt > CHECK_MS) await this.connect();
        await this.parts.store.settle();
        await this.forgetDurable();
        const { batch, begin } = await this.next();
        if (begin > this.sent) await this.bringAgain(begin);
        else if (batch) {
          await this.parts.store.append(batch);
          this.sent = Math.max(this.sent, batch.through);
        }
        await this.forgetDurable();
        if (this.error !== null) this.parts.log.info({ position: this.sent }, 'reading-store.takes-again');
        this.error = null;
        this.waiting.tell();
        if (this.isFull()) await new Promise<void>((resolve) => setImmediate(resolve));
        else await this.waiting.sleep(BATCH_MS);
      } catch (error) {
        if (this.stopped) return;
        this.connected = false;
        const words = error instanceof Error ? error.message : String(error);
        if (words !== this.error) this.parts.log.error({ err: error, rows: this.rows }, 'reading-store.failed');
        this.error = words;
        await this.spill().catch((problem) => this.parts.log.error({ err: problem }, 'backlog.write-failed'));
        this.waiting.tell();
        await this.waiting.sleep(RETRY_MS, false);
      }
    }
  }

  /** Whether more than a trickle waits: then the next batch goes out at once. */
  private isFull(): boolean {
    if ((this.parts.backlog.end() ?? 0) > this.sent) return true;
    const unsent = this.chunks.filter((chunk) => chunk.through > this.sent);
    return unsent.length > 1 || (unsent[0]?.rows ?? 0) >= BATCH_ROWS;
  }

  /** What the store gets next, and from where on something is in hand. */
  private async next(): Promise<{ batch: Stretch | undefined; begin: number }> {
    const waiting = await this.parts.backlog.next(this.sent);
    if (waiting) return { batch: waiting, begin: waiting.after };
    const chunk = this.chunks.find((candidate) => candidate.through > this.sent);
    if (chunk) chunk.closed = true;
    return { batch: chunk, begin: chunk?.after ?? this.end };
  }

  /** Asks the store where it stands; what it was given beyond that is given again. */
  private async connect(): Promise<void> {
    const { store, log } = this.parts;
    let position = await store.check();
    if (position > Math.max(this.headAtStart, this.end)) {
      log.error({ store: position, journal: this.headAtStart }, 'reading-store.ahead-of-journal');
      await store.rewind(this.headAtStart);
      position = this.headAtStart;
    }
    if (!this.connected || position < this.durable) this.sent = position;
    this.durable = position;
    this.connected = true;
    this.checkedAt = this.now();
  }

  /** The store lacks readings that are not in hand any more: they are decided again from the journal. */
  private async bringAgain(upTo: number): Promise<void> {
    const { store, refill, log } = this.parts;
    log.warn({ after: this.sent, upTo }, 'reading-store.lacks-readings');
    const lacking = (from: number, to: number) => {
      this.missing += to - from + 1;
      log.error({ from, to }, 'reading-store.readings-missing');
    };
    for await (const batch of refill(this.sent, upTo, lacking)) {
      await store.append(batch);
      this.sent = Math.max(this.sent, batch.through);
    }
    this.sent = Math.max(this.sent, upTo);
  }

  private async forgetDurable(): Promise<void> {
    const position = this.parts.store.position();
    this.durable = position;
    if ((this.parts.backlog.begin() ?? position) < position) await this.parts.backlog.drop(position);
    while (this.chunks[0] && this.chunks[0].through <= position) this.rows -= (this.chunks.shift() as Chunk).rows;
  }

  /** Moves what is in memory to the backlog. */
  private spill(): Promise<void> {
    this.spilling ??= this.spillOnce().finally(() => {
      this.spilling = undefined;
      this.waiting.tell();
    });
    return this.spilling;
  }

  private async spillOnce(): Promise<void> {
    for (let chunk = this.chunks[0]; chunk; chunk = this.chunks[0]) {
      chunk.closed = true;
      await this.parts.backlog.push(chunk);
      // The store may have taken it meanwhile; then it is gone from here, and the backlog forgets it with the next batch.
      if (this.chunks[0] === chunk) this.rows -= (this.chunks.shift() as Chunk).rows;
    }
  }

  private now = () => this.parts.clock.now() / this.parts.clock.speed;

  private until(reached: () => boolean): Promise<void> {
    return this.waiting.until(reached, () => this.sent < this.end);
  }
}
