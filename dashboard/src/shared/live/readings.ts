import type { LatestValue, LiveReadings, Value } from '@uptower/domain';

export interface LivePoint {
  readonly ts: number;
  readonly values: Readonly<Record<string, Value>>;
}

/** Points kept per watched device: a day of minute readings and some more. */
const KEEP = 2_000;

/** Adds what arrived; late and repeated readings find their place by their own time. */
export function appendReadings(before: readonly LivePoint[], arrived: LiveReadings['readings']): readonly LivePoint[] {
  const last = before.at(-1)?.ts ?? Number.NEGATIVE_INFINITY;
  const merged = [...before, ...arrived];
  const ordered = arrived.every((point, i) => point.ts >= (i === 0 ? last : (arrived[i - 1]?.ts ?? last)));
  if (!ordered) merged.sort((a, b) => a.ts - b.ts);
  return merged.length > KEEP ? merged.slice(-KEEP) : merged;
}

/** Latest means last measured, not last arrived. */
export function mergeLatest(
  before: ReadonlyMap<string, LatestValue>,
  arrived: readonly LivePoint[],
): ReadonlyMap<string, LatestValue> {
  const after = new Map(before);
  for (const point of arrived)
    for (const [metric, value] of Object.entries(point.values)) {
      const known = after.get(metric);
      if (!known || point.ts >= known.ts) after.set(metric, { metric, value, ts: point.ts, stale: false });
    }
  return after;
}
