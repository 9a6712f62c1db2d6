import { type Principal, usernameOf } from '@uptower/domain';
import { type Allowance, allowanceOf, type Limits } from '../options.ts';
import type { Refusal } from '../ports.ts';
import { TokenBucket } from './token-bucket.ts';

/** What one credential uses now, over all its connections. */
export class Usage {
  connections = 0;
  readonly connects: TokenBucket;
  readonly #allowance: Allowance;
  /** Made when something comes: most credentials are idle most of the time. */
  #messages: TokenBucket | null = null;
  #bytes: TokenBucket | null = null;

  constructor(allowance: Allowance, now: number) {
    this.#allowance = allowance;
    this.connects = new TokenBucket(allowance.connects, now);
  }

  /** Milliseconds to wait after so much came. */
  take(messages: number, bytes: number, now: number): number {
    this.#messages ??= new TokenBucket(this.#allowance.messages, now);
    this.#bytes ??= new TokenBucket(this.#allowance.bytes, now);
    return Math.max(this.#messages.take(messages, now), this.#bytes.take(bytes, now));
  }

  isIdle(now: number): boolean {
    const buckets = [this.connects, this.#messages, this.#bytes];
    return this.connections === 0 && buckets.every((bucket) => bucket?.isFull(now) ?? true);
  }
}

/** Counts connections and what they use by credential. */
export class Admission {
  readonly #usage = new Map<string, Usage>();

  constructor(
    private readonly limits: Limits,
    private readonly now: () => number,
  ) {}

  /** Lets one more connection of an authenticated principal in, or says why not. `leave` when it ends. */
  enter(principal: Principal): Usage | Refusal {
    const username = usernameOf(principal);
    const now = this.now();
    const allowance = allowanceOf(this.limits, principal);
    const usage = this.#usage.get(username) ?? new Usage(allowance, now);
    this.#usage.set(username, usage);
    if (usage.connections >= allowance.connections) return 'too-many-connections';
    if (!usage.connects.tryTake(now)) return 'connection-rate';
    usage.connections += 1;
    return usage;
  }

  leave(usage: Usage): void {
    usage.connections -= 1;
  }

  /** Forgets who has used nothing lately; called now and then. */
  tidy(): void {
    const now = this.now();
    for (const [username, usage] of this.#usage) if (usage.isIdle(now)) this.#usage.delete(username);
  }
}
