import { SECOND } from '@uptower/domain';
import type { Logger } from '@uptower/platform';
import type { SparkplugSessions } from '../formats/sparkplug/sessions.ts';
import type { ReadingStore } from '../ports/reading-store.ts';
import type { Journal } from '../telemetry/journal/journal.ts';
import { SnapshotGivenUp } from './frozen.ts';
import type { SnapshotHead, Snapshots } from './snapshot.ts';
import type { DeviceStates } from './state.ts';
import type { StoreWriter } from './store-writer.ts';

/** How often it is asked whether a snapshot is due (real time). */
export const SNAPSHOT_MS = 5 * SECOND;
/** A snapshot may take at most this share of the time: the next one waits so many times as long as the last one took. */
const PAUSE_SHARE = 20;

interface SavingParts {
  readonly journal: Journal;
  readonly store: Pick<ReadingStore, 'position'>;
  readonly writer: StoreWriter;
  readonly snapshots: Snapshots;
  readonly devices: DeviceStates;
  readonly sparkplug: SparkplugSessions;
  readonly log: Logger;
  /** The state as it is now, and where it belongs. */
  head(): SnapshotHead;
}

/** Writes the pipeline's state down from time to time, so that a restart need not read the journal from its beginning. */
export class Saving {
  /** Journal position up to which a restart need not read again. */
  saved = 0;
  /** A snapshot that does not count yet; one at a time. */
  private counting: Promise<void> | undefined;
  private lastMs = 0;
  private sinceMs = 0;
  /** How far the pipeline has got, and the store, as the journal keeps it. */
  private readonly places;

  constructor(private readonly parts: SavingParts) {
    const { journal } = parts;
    this.places = { pipeline: journal.consumer('pipeline'), store: journal.consumer('store') };
  }

  /** Asked every `SNAPSHOT_MS`. */
  async whenDue(): Promise<void> {
    this.sinceMs += SNAPSHOT_MS;
    if (this.counting || this.parts.head().position === this.saved) return;
    if (this.sinceMs < this.lastMs * PAUSE_SHARE) return;
    await this.save();
  }

  /**
   * Writes the state at this position down, while the pipeline goes on. It counts once that position is durable everywhere,
   * for which nothing waits.
   */
  async save(): Promise<void> {
    const { snapshots, devices, sparkplug, log } = this.parts;
    const begun = performance.now();
    const head = this.parts.head();
    const written = snapshots.prepare(head, devices.byId, sparkplug.all());
    this.sinceMs = 0;
    this.counting = written
      .then((commit) => {
        this.lastMs = performance.now() - begun;
        this.sinceMs = 0;
        return this.count(head.position, commit);
      })
      .catch((error) => {
        if (error instanceof SnapshotGivenUp) log.warn({ position: head.position }, 'pipeline.snapshot-given-up');
        else log.error({ err: error }, 'pipeline.snapshot-failed');
      })
      .finally(() => {
        this.counting = undefined;
      });
  }

  /** Resolves when the last snapshot counts, or failed to. */
  async settled(): Promise<void> {
    await this.counting;
  }

  /** Makes a snapshot count when everything up to it is durable, in the store or its backlog: no reading falls between. */
  private async count(position: number, commit: () => Promise<void>): Promise<void> {
    const { journal, store, writer, devices, log } = this.parts;
    if (!(await writer.secure(position))) return;
    await commit();
    this.saved = position;
    this.places.pipeline.advance(position);
    // What the store does not have yet it will get from the backlog.
    this.places.store.advance(Math.max(position, store.position()));
    await journal.trim(position);
    log.debug({ position, devices: devices.byId.size, ms: Math.round(this.lastMs) }, 'pipeline.snapshot');
  }
}
