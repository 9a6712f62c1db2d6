import { type Availability, DAY, HOUR, type Instant, overlapMs, type UptimeInterval } from '@uptower/domain';

export interface Bucket {
  readonly from: Instant;
  readonly to: Instant;
  /** The worst that was seen in it; null before the first word of the device. */
  readonly state: Availability | null;
  readonly ms: Readonly<Record<Availability, number>>;
}

/** What a bar shows when several states share it: the one that matters most to the hospital. */
const WORST: readonly Availability[] = ['down', 'partial', 'planned', 'unknown', 'up'];
/** Shorter spells than this share of a bucket do not colour it, except down and partial. */
const NOTABLE = 0.5;

/** Cuts the ledger into equal bars: hours while there are less than three days of it, days afterwards. */
export function toBuckets(intervals: readonly UptimeInterval[], now: Instant, zoneOffsetMs = 8 * HOUR): Bucket[] {
  const first = intervals.reduce((least, interval) => Math.min(least, interval.from), now);
  const size = now - first < 3 * DAY ? HOUR : DAY;
  const start = Math.floor((first + zoneOffsetMs) / size) * size - zoneOffsetMs;
  const buckets: Bucket[] = [];
  for (let from = start; from < now; from += size) {
    const period = { from: Math.max(from, first), to: Math.min(from + size, now) };
    const ms: Record<Availability, number> = { up: 0, partial: 0, down: 0, planned: 0, unknown: 0 };
    for (const interval of intervals)
      ms[interval.state] += overlapMs({ from: interval.from, to: interval.to ?? now }, period);
    const total = Object.values(ms).reduce((sum, part) => sum + part, 0);
    const state =
      total === 0
        ? null
        : (WORST.find(
            (each) => ms[each] > 0 && (each === 'down' || each === 'partial' || ms[each] >= total * NOTABLE),
          ) ?? 'up');
    buckets.push({ from, to: from + size, state, ms });
  }
  return buckets;
}
