import type { QuarantineEntry } from '@uptower/domain';
import { type DeviceState, newDevice } from './state.ts';

/** Raised when the shape of what is kept changes; a snapshot of another version is not read, the journal is read again. */
const SNAPSHOT_VERSION = 1;

/** What a snapshot holds beside the devices. */
export interface SnapshotHead {
  /** Journal position the rest belongs to. */
  readonly position: number;
  /** Event log position the pipeline had been told of. */
  readonly logPosition: number;
  readonly quarantine: readonly QuarantineEntry[];
}

export interface PipelineSnapshot extends SnapshotHead {
  readonly devices: ReadonlyMap<string, DeviceState>;
}

/** Where named texts are kept; the event log. */
export interface SnapshotStore {
  saveSnapshot(name: string, body: string): Promise<void>;
  loadSnapshot(name: string): Promise<string | null>;
}

interface StoredHead extends SnapshotHead {
  readonly version: number;
  /** Which of the two sets of parts it belongs to, and how many there are. */
  readonly set: 0 | 1;
  readonly parts: number;
}

const NAME = 'gateway';
const partName = (set: number, part: number) => `${NAME}/${set}/${part}`;
/** So many devices a part: about half a megabyte, a few milliseconds of making and writing. */
const DEVICES_A_PART = 250;

/**
 * The pipeline's snapshots. One is written in parts with a pause after each, so that ten thousand devices do not hold up
 * everything else; the parts go alternately to one of two sets and the head is written last, so that a crash in between
 * leaves the earlier snapshot whole. The caller sees to it that nothing changes meanwhile.
 */
export class Snapshots {
  private set: 0 | 1 = 0;

  constructor(
    private readonly store: SnapshotStore,
    private readonly pause: () => Promise<void>,
  ) {}

  /** Writes all but the head; call the result to make it count. */
  async prepare(head: SnapshotHead, devices: ReadonlyMap<string, DeviceState>): Promise<() => Promise<void>> {
    const set = this.set === 0 ? 1 : 0;
    const entries = [...devices];
    let parts = 0;
    for (let from = 0; from < entries.length; from += DEVICES_A_PART) {
      await this.store.saveSnapshot(partName(set, parts), JSON.stringify(entries.slice(from, from + DEVICES_A_PART)));
      parts += 1;
      await this.pause();
    }
    return async () => {
      const stored: StoredHead = { version: SNAPSHOT_VERSION, ...head, set, parts };
      await this.store.saveSnapshot(NAME, JSON.stringify(stored));
      this.set = set;
    };
  }

  async load(): Promise<PipelineSnapshot | undefined> {
    const head = parsed<StoredHead>(await this.store.loadSnapshot(NAME));
    if (head?.version !== SNAPSHOT_VERSION) return undefined;
    const devices = new Map<string, DeviceState>();
    for (let part = 0; part < head.parts; part += 1) {
      const entries = parsed<[string, DeviceState][]>(await this.store.loadSnapshot(partName(head.set, part)));
      if (!entries) return undefined;
      // What was written before a field was added goes on with its beginning.
      for (const [id, state] of entries) devices.set(id, { ...newDevice(), ...state });
      await this.pause();
    }
    this.set = head.set;
    const { position, logPosition, quarantine } = head;
    return { position, logPosition, quarantine, devices };
  }
}

function parsed<T>(text: string | null): T | undefined {
  if (text === null) return undefined;
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}
