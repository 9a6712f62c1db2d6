/** At most `atOnce` hold a turn at the same time; at most `waiting` wait for one, first come, first served. */
export class Turns {
  private free: number;
  private readonly queue: (() => void)[] = [];
  private readonly waiting: number;

  constructor(atOnce: number, waiting: number) {
    this.free = atOnce;
    this.waiting = waiting;
  }

  /** Resolves to what gives the turn back; null at once when too many wait already. */
  take(): Promise<() => void> | null {
    if (this.free > 0) {
      this.free--;
      return Promise.resolve(this.giver());
    }
    if (this.queue.length >= this.waiting) return null;
    return new Promise((resolve) => this.queue.push(() => resolve(this.giver())));
  }

  private giver(): () => void {
    let given = false;
    return () => {
      if (given) return;
      given = true;
      const next = this.queue.shift();
      if (next === undefined) this.free++;
      else next();
    };
  }
}
