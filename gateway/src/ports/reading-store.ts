import type { Instant, Reading, ReadingPoint, SeriesPoint } from '@uptower/domain';

/** Readings of a stretch of the journal, in its order. Readings of one record are in one batch. */
export interface Batch {
  readonly readings: readonly (Reading & { readonly position: number })[];
  /** Everything after the previous batch and up to this journal position is in here (or is no reading). */
  readonly through: number;
}

/** How long readings are kept, in days. What is older than `rawDays` remains as hourly rollups until `rollupDays`. */
export interface Retention {
  readonly rawDays: number;
  readonly rollupDays: number;
}

/** One stored value, as it is exported. */
export interface ExportRow {
  readonly ts: Instant;
  readonly device: string;
  readonly metric: string;
  /** A boolean is 1 or 0 here and `true` or `false` in `text`; null for words. */
  readonly value: number | null;
  readonly text: string | null;
}

/** Which stored values: `[from, to)` of these devices, of all their metrics unless `metrics` names some. */
export interface Selection {
  readonly from: Instant;
  readonly to: Instant;
  readonly devices: readonly string[];
  readonly metrics: readonly string[] | null;
}

export type ExportFormat = 'csv' | 'parquet';

/** The store does not answer, or not in time; the journal and the backlog keep everything meanwhile. */
export class StoreUnavailable extends Error {}

/** History of telemetry. What an implementer owes is in `reading-store.contract.ts`. */
export interface ReadingStore {
  /** Journal position up to which everything is durable, as last heard of the store; 0 when new or not yet asked. */
  position(): number;
  /** Asks the store itself for its position: less than before means it lost what it had. Rejects while it does not answer. */
  check(): Promise<number>;
  /**
   * Stores a batch; `position()` becomes its `through` once that is durable, at once or (see `settle`) a little later.
   * Readings at or before `position()` are dropped, and repeating a batch changes nothing: a replay of the journal stores
   * each reading exactly once. Rejects when nothing can be said about the batch: it is to be sent again.
   */
  append(batch: Batch): Promise<void>;
  /** Moves `position()` on over what has become durable since. Rejects when batches that were not durable yet were lost. */
  settle(): Promise<void>;
  /** Says that the store stands at this position, lower than it did: the journal began anew. */
  rewind(position: number): Promise<void>;
  /** Numeric values in `[from, to)` in at most `points` buckets of equal width, oldest first; empty buckets are left out. */
  series(deviceId: string, metric: string, from: Instant, to: Instant, points: number): Promise<SeriesPoint[]>;
  /** Readings in `[from, to)`, oldest first; when there are more than `limit`, the newest `limit` of them. */
  range(deviceId: string, from: Instant, to: Instant, limit: number): Promise<ReadingPoint[]>;
  /** One small step of what the retention asks for; true while there is more to do. */
  tidy(retention: Retention, now: Instant): Promise<boolean>;
  /** Writes what was selected, ordered by device and time, into a new file; `onProgress` hears the share done, 0…1. */
  exportTo(file: string, format: ExportFormat, what: Selection, onProgress: (done: number) => void): Promise<void>;
  /** Values the store refused for good (beyond its retention, not encodable) since it was opened. */
  refused(): number;
  /**
   * Copies the store into a new file: resolves when it is fixed what the copy will hold (everything that was appended),
   * `done` when it is written. Absent where a server of its own keeps the readings.
   */
  copyTo?(file: string): Promise<{ readonly done: Promise<void> }>;
  close(): Promise<void>;
}
