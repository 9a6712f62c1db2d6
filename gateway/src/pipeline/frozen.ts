import { DeviceMap, type DeviceState, type Freezing } from './state.ts';

/** Too much changed at once for the states as they were to be kept: there is no snapshot of this moment. */
export class SnapshotGivenUp extends Error {
  constructor() {
    super('too much changed while a snapshot was written');
    this.name = 'SnapshotGivenUp';
  }
}

/**
 * From so many characters of states that were written down early and wait for the disk, the pipeline waits too; with so many
 * more (every device changed in one go) the snapshot is given up. So what a snapshot needs is bounded.
 */
export const FULL = 8 * 2 ** 20;
const GIVEN_UP = 8 * FULL;

/** Devices as they are when it is made, whatever happens to them later: the text of one that is to change is made first. */
export class Frozen implements Freezing {
  private readonly all: Iterator<[string, DeviceState]>;
  /** Those there were at the beginning; new ones come last. */
  private left: number;
  /** Written, or not to be written. */
  private readonly done = new Set<DeviceState>();
  /** Texts of those that were reached for before their turn. */
  private early: string[] = [];
  private characters = 0;
  private givenUp = false;

  constructor(private readonly devices: ReadonlyMap<string, DeviceState>) {
    this.left = devices.size;
    this.all = devices instanceof DeviceMap ? devices.look() : devices.entries();
    if (devices instanceof DeviceMap) devices.freezing = this;
  }

  /** Too many texts wait. */
  get isFull(): boolean {
    return this.characters >= FULL;
  }

  reached(id: string, state: DeviceState): void {
    if (this.givenUp || this.done.has(state)) return;
    this.done.add(state);
    const text = textOf(id, state);
    this.early.push(text);
    this.characters += text.length;
    if (this.characters < GIVEN_UP) return;
    this.givenUp = true;
    this.early = [];
    this.characters = 0;
    this.done.clear();
  }

  added(state: DeviceState): void {
    this.done.add(state);
  }

  /** JSON of `[id, state]`, one by one, those that wait first. @throws SnapshotGivenUp */
  *texts(): Iterable<string> {
    for (;;) {
      if (this.givenUp) throw new SnapshotGivenUp();
      const waiting = this.early.pop();
      if (waiting !== undefined) {
        this.characters -= waiting.length;
        yield waiting;
        continue;
      }
      if (this.left === 0) return;
      this.left -= 1;
      const { value, done } = this.all.next();
      if (done) return;
      const [id, state] = value;
      if (this.done.has(state)) continue;
      this.done.add(state);
      yield textOf(id, state);
    }
  }

  release(): void {
    if (this.devices instanceof DeviceMap) this.devices.freezing = undefined;
  }
}

const textOf = (id: string, state: DeviceState): string => JSON.stringify([id, state]);
