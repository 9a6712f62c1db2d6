import { type Principal, usernameOf } from '@uptower/domain';
import { allowanceOf, type Limits } from '../options.ts';
import type { Refusal } from '../ports.ts';
import { TokenBucket } from './token-bucket.ts';

/** What one credential uses now, over all its connections. */
export class Usage {
  connections = 0;
  readonly connects: TokenBucket;
  readonly messages: TokenBucket;
  readonly bytes: TokenBucket;

  constructor(
    readonly username: string,
    limits: Limits,
    principal: Principal,
    now: number,
  ) {
    const { connects, messages, bytes } = allowanceOf(limits, principal);
    this.connects = new TokenBucket(connects, now);
    this.messages = new TokenBucket(messages, now);
    this.bytes = new TokenBucket(bytes, now);
  }

  isIdle(now: number): boolean {
    return this.connections === 0 && [this.connects, this.messages, this.bytes].every((bucket) => bucket.isFull(now));
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
    const usage = this.#usage.get(username) ?? new Usage(username, this.limits, principal, now);
    this.#usage.set(username, usage);
    if (usage.connections >= allowanceOf(this.limits, principal).connections) return 'too-many-connections';
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
