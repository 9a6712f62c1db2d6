import type { Clock } from '@uptower/domain';

/** How a loop rests and how others wait for what it does, on the service's clock. */
export class Waiting {
  private woken = false;
  private ended = false;
  /** How to end a pause, and whether new work may. */
  private readonly sleepers = new Map<() => void, boolean>();
  private readonly watchers = new Set<() => void>();

  constructor(private readonly clock: Clock) {}

  /** A pause of real time; new work ends it unless it is not `wakeable`. */
  sleep(ms: number, wakeable = true): Promise<void> {
    const woken = this.woken && wakeable;
    this.woken = false;
    // By way of the event loop, so that a loop that is woken all the time leaves room for others.
    if (this.ended || woken) return new Promise((resolve) => setImmediate(resolve));
    return new Promise((resolve) => {
      const done = () => {
        cancel();
        this.sleepers.delete(done);
        resolve();
      };
      const cancel = this.clock.at(this.clock.now() + ms * this.clock.speed, done);
      this.sleepers.set(done, wakeable);
    });
  }

  /** There is something to do. */
  wake(): void {
    this.woken = true;
    for (const [wakeUp, wakeable] of [...this.sleepers]) if (wakeable || this.ended) wakeUp();
  }

  /** Something was done: whoever waits looks again. */
  tell(): void {
    for (const watcher of [...this.watchers]) watcher();
  }

  /** Resolves when something holds, or this ended. Meanwhile the loop is woken as long as it has `work`. */
  until(reached: () => boolean, work: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (reached() || this.ended) {
          this.watchers.delete(look);
          resolve();
        } else if (work()) this.wake();
      };
      this.watchers.add(look);
      look();
    });
  }

  /** Every pause and every wait is over. */
  end(): void {
    this.ended = true;
    this.wake();
    this.tell();
  }
}
