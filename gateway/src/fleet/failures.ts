/** Wrong passwords for one user name from one address that are looked at without delay. */
const FREE = 5;
const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 60_000;
/** Wrong passwords from one address, whoever's: so many at once, and so many a second in the long run. */
const OF_ADDRESS = { burst: 100, perSecond: 5 };
/** Entries kept of each kind; the one untouched the longest is forgotten. */
const MOST = 20_000;

/**
 * Who had wrong passwords lately. Counted by address and user name together first, so that one device with an old password
 * does not lock out the others behind the same router; then by address alone, against whoever tries many names.
 * Times are milliseconds that never jump.
 */
export class Failures {
  readonly #ofPair = new Map<string, { count: number; until: number }>();
  readonly #ofAddress = new Map<string, { tokens: number; at: number }>();

  /** Milliseconds until this pair may try again; 0: now. */
  wait(address: string, username: string, now: number): number {
    const pair = this.#ofPair.get(`${address} ${username}`);
    const ofPair = pair ? Math.max(0, pair.until - now) : 0;
    const tokens = this.#tokens(address, now);
    return Math.max(ofPair, tokens >= 1 ? 0 : ((1 - tokens) / OF_ADDRESS.perSecond) * 1000);
  }

  /** Counts a try as a failure until it is known to be right: tries at the same time must not all count as the first. */
  tried(address: string, username: string, now: number): void {
    const key = `${address} ${username}`;
    const count = (this.#ofPair.get(key)?.count ?? 0) + 1;
    const delay = count < FREE ? 0 : Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (count - FREE));
    put(this.#ofPair, key, { count, until: now + delay });
    put(this.#ofAddress, address, { tokens: this.#tokens(address, now) - 1, at: now });
  }

  succeeded(address: string, username: string, now: number): void {
    this.#ofPair.delete(`${address} ${username}`);
    put(this.#ofAddress, address, { tokens: this.#tokens(address, now) + 1, at: now });
  }

  #tokens(address: string, now: number): number {
    const bucket = this.#ofAddress.get(address);
    if (!bucket) return OF_ADDRESS.burst;
    return Math.min(OF_ADDRESS.burst, bucket.tokens + ((now - bucket.at) / 1000) * OF_ADDRESS.perSecond);
  }
}

function put<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > MOST) map.delete(map.keys().next().value as string);
}
