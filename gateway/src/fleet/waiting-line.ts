import { NotLookedAt } from '@uptower/domain';
import type { Failures, Try } from './failures.ts';

/** So long a try waits for its turn; clients give up after ten seconds or more. */
const PATIENCE_MS = 5_000;
/** The line is looked at so often while somebody waits. */
const LOOK_MS = 100;
/** So many tries of one user name wait at each address: a device has few under way, a flood any number. */
const MOST_OF_PAIR = 16;
const MOST = 20_000;

interface Waiting {
  readonly tried: Try;
  readonly until: number;
  enter(): void;
  refuse(error: NotLookedAt): void;
}

export interface WaitingLineOptions {
  /** Milliseconds that never jump. */
  readonly monotonicMs: () => number;
  /** Calls back after so many milliseconds. */
  readonly after: (ms: number, run: () => void) => void;
}

/**
 * Where tries wait until `Failures` lets one more be looked at: nobody is refused unseen because of what others got wrong,
 * unless it takes too long. User names of an address take turns, so that one that is tried over and over does not hold up
 * the rest, and so do addresses, those that had none yet first and the newest of them before the others; of one name the newest try goes first, for a flood that ended is older than whoever comes after it.
 */
export class WaitingLine {
  /** By address, then by user name and kind; newest last. */
  readonly #lines = new Map<string, Map<string, Waiting[]>>();
  /** Addresses that had their turn and still wait; the last served come last. */
  readonly #served = new Set<string>();
  #count = 0;
  #looking = false;

  constructor(
    private readonly failures: Failures,
    private readonly options: WaitingLineOptions,
  ) {}

  /** Resolves when this try may be looked at, and counts it as wrong until `succeeded`; rejects with `NotLookedAt`. */
  enter(tried: Try): Promise<void> {
    const now = this.options.monotonicMs();
    if (this.failures.wait(tried, now) === 0) {
      this.failures.tried(tried, now);
      return Promise.resolve();
    }
    if (this.#count >= MOST) return Promise.reject(new NotLookedAt('too many sign in at the same time'));
    return new Promise((enter, refuse) => {
      this.#add({ tried, until: now + PATIENCE_MS, enter, refuse });
      this.#lookLater();
    });
  }

  /** It was right: what it took is free for the next. */
  succeeded(tried: Try): void {
    const now = this.options.monotonicMs();
    this.failures.succeeded(tried, now);
    const names = this.#lines.get(tried.address);
    if (names) this.#letIn(tried.address, names, now, 1);
  }

  #add(waiting: Waiting): void {
    const { address } = waiting.tried;
    const names = this.#lines.get(address) ?? new Map<string, Waiting[]>();
    this.#lines.set(address, names);
    const key = `${waiting.tried.kind} ${waiting.tried.username}`;
    const line = names.get(key) ?? [];
    names.set(key, line);
    line.push(waiting);
    this.#count += 1;
    if (line.length > MOST_OF_PAIR) this.#refuse(line.shift());
  }

  #refuse(waiting: Waiting | undefined): void {
    if (!waiting) return;
    this.#count -= 1;
    const wait = this.failures.wait(waiting.tried, this.options.monotonicMs());
    waiting.refuse(new NotLookedAt(`too many wrong passwords; again in ${Math.max(1, Math.ceil(wait / 1000))} s`));
  }

  #lookLater(): void {
    if (this.#looking) return;
    this.#looking = true;
    this.options.after(LOOK_MS, () => {
      this.#looking = false;
      const now = this.options.monotonicMs();
      const fresh = [...this.#lines.keys()].reverse().filter((address) => !this.#served.has(address));
      for (const address of [...fresh, ...this.#served]) {
        const names = this.#lines.get(address);
        if (!names) continue;
        this.#letIn(address, names, now);
        for (const [key, line] of names) {
          while (line[0] && line[0].until <= now) this.#refuse(line.shift());
          if (line.length === 0) names.delete(key);
        }
        if (names.size === 0) this.#forget(address);
      }
      if (this.#count > 0) this.#lookLater();
    });
  }

  /** As many as may, at most `most`, one of each user name in turn. */
  #letIn(address: string, names: Map<string, Waiting[]>, now: number, most = MOST): void {
    let left = most;
    // Names that were let in move behind the others, and are met again after them.
    for (const [key, line] of names) {
      const newest = line.at(-1);
      if (!newest || this.failures.wait(newest.tried, now) > 0) continue;
      line.pop();
      this.#count -= 1;
      this.failures.tried(newest.tried, now);
      names.delete(key);
      if (line.length > 0) names.set(key, line);
      newest.enter();
      this.#served.delete(address);
      this.#served.add(address);
      left -= 1;
      if (left === 0) break;
    }
    if (names.size === 0) this.#forget(address);
  }

  #forget(address: string): void {
    this.#lines.delete(address);
    this.#served.delete(address);
  }
}
