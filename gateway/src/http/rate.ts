/** A steady rate with room for a burst: what a device sends after it was offline. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

interface Bucket {
  level: number;
  at: number;
}

/** Buckets that are full again say nothing; they go when there are so many. */
const MAX_BUCKETS = 10_000;

/**
 * Token buckets, one a key. `nowMs` is a time that never jumps. Taking more than there is leaves a debt, so that one
 * large request passes and the next ones wait for it.
 */
export function createRates(nowMs: () => number) {
  const buckets = new Map<string, Bucket>();
  return {
    /** Milliseconds until there is room again; 0 when `amount` was taken. */
    take(key: string, { perSecond, burst }: Rate, amount: number): number {
      const now = nowMs();
      const bucket = buckets.get(key) ?? { level: burst, at: now };
      bucket.level = Math.min(burst, bucket.level + ((now - bucket.at) / 1000) * perSecond);
      bucket.at = now;
      if (!buckets.has(key)) {
        if (buckets.size >= MAX_BUCKETS)
          for (const [old, { at }] of buckets) if (now - at > 60_000) buckets.delete(old);
        buckets.set(key, bucket);
      }
      const wanted = Math.min(amount, 1);
      if (bucket.level < wanted) return Math.ceil(((wanted - bucket.level) / perSecond) * 1000);
      bucket.level -= amount;
      return 0;
    },
  };
}
export type Rates = ReturnType<typeof createRates>;
