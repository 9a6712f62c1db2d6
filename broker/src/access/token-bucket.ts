import type { Rate } from '../options.ts';

/**
 * A token bucket that lends: taking is never refused, the answer says how long to wait until the debt is paid. The debt is
 * at most one burst, so that nobody waits for ever.
 */
export class TokenBucket {
  #tokens: number;
  #at: number;

  /** `now`: milliseconds that never jump. */
  constructor(
    private readonly rate: Rate,
    now: number,
  ) {
    this.#tokens = rate.burst;
    this.#at = now;
  }

  #fill(now: number): void {
    this.#tokens = Math.min(this.rate.burst, this.#tokens + ((now - this.#at) / 1000) * this.rate.perSecond);
    this.#at = now;
  }

  /** Milliseconds to wait after taking `count`. */
  take(count: number, now: number): number {
    this.#fill(now);
    this.#tokens = Math.max(-this.rate.burst, this.#tokens - count);
    return this.#tokens >= 0 ? 0 : (-this.#tokens / this.rate.perSecond) * 1000;
  }

  /** Takes one when there is one. */
  tryTake(now: number): boolean {
    this.#fill(now);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** Nothing is owed and nothing was used lately: the same as a new one. */
  isFull(now: number): boolean {
    this.#fill(now);
    return this.#tokens >= this.rate.burst;
  }
}
