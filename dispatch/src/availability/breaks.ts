import type { Instant, Interval } from '@uptower/domain';

export interface BreakWindow extends Interval {
  /** How long the break is. */
  readonly ms: number;
}

/**
 * When a break is taken: the time nearest to the middle of its window at which the engineer is not away; the middle where
 * there is none; null for who is away the whole window. It depends on nothing that is planned, so everybody who asks gets
 * the same answer. Where clocks skip the window, the break begins where it would have begun.
 */
export function placeBreak({ from, to, ms }: BreakWindow, away: readonly Interval[]): Interval | null {
  const last = Math.max(from, to - ms);
  const middle = from + Math.floor((last - from) / 2);
  const taken = away.filter((interval) => interval.from < Math.max(to, from + ms) && from < interval.to);
  if (taken.some((interval) => interval.from <= from && interval.to >= Math.max(to, from + ms))) return null;
  const starts: Instant[] = [middle, from, last, ...taken.flatMap((interval) => [interval.to, interval.from - ms])]
    .filter((start) => start >= from && start <= last)
    .sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle) || a - b);
  const free = starts.find((start) => taken.every((interval) => interval.to <= start || start + ms <= interval.from));
  const start = free ?? middle;
  return { from: start, to: start + ms };
}
