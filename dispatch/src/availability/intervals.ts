import type { Instant, Interval } from '@uptower/domain';

/** Sorted; intervals that touch or overlap become one. */
export function merged(intervals: readonly Interval[]): Interval[] {
  const result: { from: Instant; to: Instant }[] = [];
  for (const { from, to } of [...intervals].sort((a, b) => a.from - b.from || a.to - b.to)) {
    if (from >= to) continue;
    const last = result.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else result.push({ from, to });
  }
  return result;
}

/** What of `intervals` is left without `taken`; sorted and merged. */
export function without(intervals: readonly Interval[], taken: readonly Interval[]): Interval[] {
  const left: Interval[] = [];
  const holes = merged(taken);
  let h = 0;
  for (const { from, to } of merged(intervals)) {
    let begin = from;
    while (h > 0 && (holes[h - 1] as Interval).to > begin) h--;
    for (; h < holes.length; h++) {
      const hole = holes[h] as Interval;
      if (hole.from >= to) break;
      if (hole.to <= begin) continue;
      if (hole.from > begin) left.push({ from: begin, to: hole.from });
      begin = Math.max(begin, hole.to);
    }
    if (begin < to) left.push({ from: begin, to });
  }
  return left;
}

/** The parts of `intervals` inside `[from, to)`. */
export function clipped<I extends Interval>(intervals: readonly I[], from: Instant, to: Instant): I[] {
  return intervals
    .filter((interval) => interval.from < to && from < interval.to)
    .map((interval) => ({ ...interval, from: Math.max(interval.from, from), to: Math.min(interval.to, to) }));
}
