import type { Instant, LatestValue, Reading, ReadingPoint, SeriesPoint } from '@uptower/domain';

/** Readings of a stretch of the journal, in its order. */
export interface Batch {
  readonly readings: readonly (Reading & { readonly position: number })[];
  /** Everything up to this journal position is in this batch or an earlier one (or is no reading). */
  readonly through: number;
}

/** History of telemetry. What an implementer owes is in `reading-store.contract.ts`. */
export interface ReadingStore {
  /** Journal position up to which everything is stored; 0 when new. */
  position(): number;
  /**
   * Stores a batch and its position in one transaction, durable when it resolves. Readings at or before `position()` are
   * dropped: a replay of the journal stores each reading exactly once.
   */
  append(batch: Batch): Promise<void>;
  /** Numeric values in `[from, to)` in at most `points` buckets of equal width, oldest first; empty buckets are left out. */
  series(deviceId: string, metric: string, from: Instant, to: Instant, points: number): Promise<SeriesPoint[]>;
  /** Readings in `[from, to)`, oldest first; when there are more than `limit`, the newest `limit` of them. */
  range(deviceId: string, from: Instant, to: Instant, limit: number): Promise<ReadingPoint[]>;
  /** The last measured value of every metric, by event time; metrics in alphabetical order. */
  latest(deviceId: string): Promise<LatestValue[]>;
  close(): Promise<void>;
}
