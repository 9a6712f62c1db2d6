/**
 * What kind of secret a try is looked at against. `made`: by us, too random to be guessed, so that only the work is
 * bounded. `chosen`: by a person, so that guesses are.
 */
export type SecretKind = 'made' | 'chosen';

/** Somebody's try to sign in that has to be looked at. */
export interface Try {
  readonly address: string;
  readonly username: string;
  readonly kind: SecretKind;
}

const SCOPES = ['pair', 'username', 'address'] as const;

/** Wrong tries that are looked at: so many at once, and so many a second in the long run. `pair`: address and user name. */
const LIMITS: Record<
  SecretKind,
  Record<(typeof SCOPES)[number], { readonly burst: number; readonly perSecond: number }>
> = {
  made: {
    pair: { burst: 100, perSecond: 100 },
    username: { burst: 400, perSecond: 200 },
    address: { burst: 400, perSecond: 200 },
  },
  chosen: {
    pair: { burst: 5, perSecond: 1 / 5 },
    username: { burst: 20, perSecond: 1 / 2 },
    address: { burst: 30, perSecond: 1 },
  },
};
/** Entries kept of each kind and scope; the one untouched the longest is forgotten. */
const MOST = 20_000;

interface Bucket {
  readonly tokens: number;
  readonly at: number;
}

/** How often tries were wrong lately, as token buckets (RFC 2697, one rate). Times are milliseconds that never jump. */
export class Failures {
  readonly #buckets = new Map<string, Map<string, Bucket>>();

  /** Milliseconds until this try may be looked at; 0: now. */
  wait(tried: Try, now: number): number {
    let longest = 0;
    for (const scope of SCOPES) {
      const { perSecond } = LIMITS[tried.kind][scope];
      const missing = 1 - this.#tokens(tried, scope, now);
      // A hair is no wait: refilled tokens are sums of fractions.
      if (missing > 1e-6) longest = Math.max(longest, (missing / perSecond) * 1000);
    }
    return longest;
  }

  /** Counts a try as wrong until it is known to be right: tries at the same time must not all count as the first. */
  tried(tried: Try, now: number): void {
    this.#add(tried, -1, now);
  }

  succeeded(tried: Try, now: number): void {
    this.#add(tried, 1, now);
  }

  #add(tried: Try, count: number, now: number): void {
    for (const scope of SCOPES) {
      const { burst } = LIMITS[tried.kind][scope];
      const tokens = Math.min(burst, this.#tokens(tried, scope, now) + count);
      const buckets = this.#of(tried.kind, scope);
      const key = keyOf(tried, scope);
      buckets.delete(key);
      buckets.set(key, { tokens, at: now });
      if (buckets.size > MOST) buckets.delete(buckets.keys().next().value as string);
    }
  }

  #tokens(tried: Try, scope: (typeof SCOPES)[number], now: number): number {
    const { burst, perSecond } = LIMITS[tried.kind][scope];
    const bucket = this.#of(tried.kind, scope).get(keyOf(tried, scope));
    return bucket ? Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * perSecond) : burst;
  }

  #of(kind: SecretKind, scope: string): Map<string, Bucket> {
    const name = `${kind} ${scope}`;
    let buckets = this.#buckets.get(name);
    if (!buckets) {
      buckets = new Map();
      this.#buckets.set(name, buckets);
    }
    return buckets;
  }
}

function keyOf({ address, username }: Try, scope: (typeof SCOPES)[number]): string {
  return scope === 'pair' ? `${address} ${username}` : scope === 'username' ? username : address;
}
