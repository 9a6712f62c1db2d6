import { type Clock, SECOND } from '@uptower/domain';
import type { Logger } from '@uptower/platform';
import type { Batch, ReadingStore } from '../ports/reading-store.ts';

/** A batch goes out at this size, or after half a real second. */
const BATCH_ROWS = 5_000;
const BATCH_MS = SECOND / 2;
/** More than this waits for the store: the journal keeps the rest. */
const MAX_WAITING_ROWS = 50_000;
const RETRY_MS = SECOND;

/** Gathers readings into batches for the store; one batch is on its way at a time. A failing store delays, never loses. */
export class StoreWriter {
  private waiting: Batch['readings'][number][] = [];
  private rows = 0;
  private through = 0;
  private writing: Promise<void> | undefined;
  private stopTimer: (() => void) | undefined;
  private stopped = false;
  private leaving = false;

  constructor(
    private readonly store: ReadingStore,
    private readonly clock: Clock,
    private readonly log: Logger,
  ) {
    this.through = store.position();
  }

  start(): void {
    this.stopTimer = this.clock.every(BATCH_MS * this.clock.speed, () => void this.write().catch(() => undefined));
  }

  /** What the store already has (a replay after a crash) is left out here, so that it neither waits nor comes twice. */
  add(readings: readonly Batch['readings'][number][], through: number): void {
    if (through <= this.store.position()) return;
    this.through = through;
    for (const reading of readings) {
      this.waiting.push(reading);
      for (const _ in reading.values) this.rows += 1;
    }
    if (this.rows >= BATCH_ROWS) void this.write().catch(() => undefined);
  }

  /** Resolves when there is room again. */
  async room(): Promise<void> {
    while (this.rows > MAX_WAITING_ROWS && !this.stopped) await this.write();
  }

  /** Resolves when everything added so far is durable. */
  async flush(): Promise<void> {
    const target = this.through;
    while (this.store.position() < target && !this.stopped) await this.write();
  }

  private write(): Promise<void> {
    this.writing ??= this.writeOnce().finally(() => {
      this.writing = undefined;
    });
    return this.writing;
  }

  private async writeOnce(): Promise<void> {
    if (this.through <= this.store.position()) return;
    const batch = { readings: this.waiting, through: this.through };
    const { rows } = this;
    this.waiting = [];
    this.rows = 0;
    try {
      await this.store.append(batch);
    } catch (error) {
      if (this.stopped) return;
      this.log.error({ err: error, rows }, 'reading-store.append-failed');
      this.waiting = [...batch.readings, ...this.waiting];
      this.rows += rows;
      if (this.leaving) throw error; // the journal has it; the next start tries again
      await new Promise<void>((resolve) => this.clock.at(this.clock.now() + RETRY_MS * this.clock.speed, resolve));
    }
  }

  /** From now on a failing store is not waited for. */
  leave(): void {
    this.stopTimer?.();
    this.leaving = true;
  }

  /** For tests of crashes. */
  abandon(): void {
    this.stopTimer?.();
    this.stopped = true;
  }
}
