import type { QuarantineEntry } from '@uptower/domain';
import type { Session } from '../formats/sparkplug/session.ts';
import { type StoredSession, storedSession } from '../formats/sparkplug/sessions.ts';
import { Frozen } from './frozen.ts';
import { type DeviceState, type DeviceStateJson, deviceFrom } from './state.ts';

/** Raised when the shape of what is kept changes; a snapshot of another version is not read, the journal is read again. */
const SNAPSHOT_VERSION = 2;
/** Before detectors were packed; `deviceFrom` reads it too. */
const READ_TOO = 1;

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
  readonly sparkplug: readonly StoredSession[];
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
  /** Parts of Sparkplug sessions; absent in what was written before there were any. */
  readonly sparkplugParts?: number;
}

const NAME = 'gateway';
const partName = (set: number, part: number) => `${NAME}/${set}/${part}`;
const sparkplugPartName = (set: number, part: number) => `${NAME}/${set}/sparkplug/${part}`;
/** So many devices a part, or so many characters: half a megabyte, a few milliseconds of making and writing. */
const DEVICES_A_PART = 250;
const CHARACTERS_A_PART = 500_000;
/** The same of Sparkplug: metrics that births named. */
const METRICS_A_PART = 5_000;

/**
 * The pipeline's snapshots. One is written in parts with a pause after each, while the pipeline goes on: of a device that is
 * to change before its turn, the text is made first (copy on write). The parts go alternately to one of two sets and the
 * head is written last, so that a crash in between leaves the earlier snapshot whole.
 */
export class Snapshots {
  private set: 0 | 1 = 0;
  /** While one is written. */
  private frozen: Frozen | undefined;
  private waiting: (() => void)[] = [];

  constructor(
    private readonly store: SnapshotStore,
    private readonly pause: () => Promise<void>,
  ) {}

  /** The pipeline changes states quicker than they can be written: it is to wait for `room`. */
  get isFull(): boolean {
    return this.frozen?.isFull ?? false;
  }

  /** Resolves when the pipeline may go on: at the latest when the snapshot is written, or failed. */
  async room(): Promise<void> {
    while (this.isFull) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  private wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  /**
   * Writes all but the head, as everything is at the moment of the call; call the result to make it count. One at a time.
   * @throws SnapshotGivenUp when too much changed at once; nothing is lost, the earlier one counts
   */
  async prepare(
    head: SnapshotHead,
    devices: ReadonlyMap<string, DeviceState>,
    sessions: Iterable<Session>,
  ): Promise<() => Promise<void>> {
    const set = this.set === 0 ? 1 : 0;
    const sparkplug = [...partsOf(sessions)].map((part) => JSON.stringify(part));
    const frozen = new Frozen(devices);
    this.frozen = frozen;
    let parts = 0;
    try {
      for (const part of deviceParts(frozen)) {
        await this.store.saveSnapshot(partName(set, parts), part);
        parts += 1;
        this.wake();
        await this.pause();
      }
    } finally {
      frozen.release();
      this.frozen = undefined;
      this.wake();
    }
    let sparkplugParts = 0;
    for (const part of sparkplug) {
      await this.store.saveSnapshot(sparkplugPartName(set, sparkplugParts), part);
      sparkplugParts += 1;
      await this.pause();
    }
    return async () => {
      const stored: StoredHead = { version: SNAPSHOT_VERSION, ...head, set, parts, sparkplugParts };
      await this.store.saveSnapshot(NAME, JSON.stringify(stored));
      this.set = set;
    };
  }

  async load(): Promise<PipelineSnapshot | undefined> {
    const head = parsed<StoredHead>(await this.store.loadSnapshot(NAME));
    if (!head || (head.version !== SNAPSHOT_VERSION && head.version !== READ_TOO)) return undefined;
    const devices = new Map<string, DeviceState>();
    for (let part = 0; part < head.parts; part += 1) {
      const entries = devicesIn(await this.store.loadSnapshot(partName(head.set, part)));
      if (!entries) return undefined;
      for (const [id, state] of entries) devices.set(id, state);
      await this.pause();
    }
    const sparkplug: StoredSession[] = [];
    for (let part = 0; part < (head.sparkplugParts ?? 0); part += 1) {
      const sessions = parsed<StoredSession[]>(await this.store.loadSnapshot(sparkplugPartName(head.set, part)));
      if (!sessions) return undefined;
      sparkplug.push(...sessions);
      await this.pause();
    }
    this.set = head.set;
    const { position, logPosition, quarantine } = head;
    return { position, logPosition, quarantine, devices, sparkplug };
  }
}

/** JSON lists of `[id, state]`. */
function* deviceParts(frozen: Frozen): Iterable<string> {
  let part: string[] = [];
  let characters = 0;
  for (const text of frozen.texts()) {
    part.push(text);
    characters += text.length;
    if (part.length < DEVICES_A_PART && characters < CHARACTERS_A_PART) continue;
    yield `[${part.join(',')}]`;
    part = [];
    characters = 0;
  }
  if (part.length > 0) yield `[${part.join(',')}]`;
}

function* partsOf(sessions: Iterable<Session>): Iterable<StoredSession[]> {
  let part: StoredSession[] = [];
  let metrics = 0;
  for (const session of sessions) {
    part.push(storedSession(session));
    for (const { types } of session.births.values()) metrics += types.size;
    if (metrics < METRICS_A_PART && part.length < DEVICES_A_PART) continue;
    yield part;
    part = [];
    metrics = 0;
  }
  if (part.length > 0) yield part;
}

function devicesIn(text: string | null): [id: string, DeviceState][] | undefined {
  const entries = parsed<[string, DeviceStateJson][]>(text);
  try {
    return entries?.map(([id, json]) => [id, deviceFrom(json)]);
  } catch {
    return undefined;
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
