import { DAY, type Instant, SECOND } from '@uptower/domain';
import { add, fade, type Histogram, quantile } from './histogram.ts';

/** How a device usually pauses, learned from when its messages came in. Plain data, constant size. */
export interface Rhythm {
  /** This server's clock at its last message; null after an absence that had a reason. */
  lastAt: Instant | null;
  /** Pauses in seconds, each weighted by its own length. */
  gaps: Histogram;
  /** Seconds watched, the old ones forgotten; and pauses seen, not forgotten. */
  seconds: number;
  count: number;
}

export const noRhythm = (): Rhythm => ({ lastAt: null, gaps: [], seconds: 0, count: 0 });

/** A day's rhythm must have been seen once, with so many pauses, before a device is judged by its own. */
const LEARNED_SECONDS = DAY / SECOND;
const LEARNED_GAPS = 10;
/** What is older fades: two weekends are remembered. */
const MEMORY_SECONDS = (14 * DAY) / SECOND;
/** Silence is a pause so many times as long as 99 % of the time its pauses are. */
const FACTOR = 3;
const SHARE = 0.99;
/** Before that: so many of the model's reporting intervals. */
const INTERVALS = 5;

/** A message came in. Redelivered history counts as well: it shows that the device is there. */
export function onArrival(rhythm: Rhythm, at: Instant): void {
  const { lastAt } = rhythm;
  rhythm.lastAt = lastAt === null ? at : Math.max(lastAt, at);
  if (lastAt === null || at <= lastAt) return;
  const gap = (at - lastAt) / SECOND;
  // A pause that was silence is learned at most as twice what was still usual: one outage does not become the rule,
  // a rhythm that really changed does within some pauses.
  const usual = learnedPatience(rhythm);
  add(rhythm.gaps, usual === null ? gap : Math.min(gap, (2 * usual) / SECOND), gap);
  rhythm.seconds += gap;
  rhythm.count += 1;
  if (rhythm.seconds <= MEMORY_SECONDS) return;
  fade(rhythm.gaps, MEMORY_SECONDS / rhythm.seconds, 1e-3);
  rhythm.seconds = MEMORY_SECONDS;
}

/** The device said goodbye or was cut off: the pause that begins is none of its own. */
export function onFarewell(rhythm: Rhythm): void {
  rhythm.lastAt = null;
}

/**
 * How long this device may say nothing, in milliseconds; null while nothing is known of its rhythm.
 *
 * Pauses are weighted by their length: `q` is the 99 % quantile over time, "99 % of the time it is in a pause no longer
 * than q". A burst of a thousand messages a night is then one short moment and one long pause, and q is that pause; a
 * hiccup of ten minutes a day in a stream of minutes is 0.7 % and does not count. patience = 3 × q, at least `leastMs`.
 */
export function patience(rhythm: Rhythm, intervalSeconds: number | null, leastMs: number): number | null {
  const learned = learnedPatience(rhythm);
  if (learned !== null) return Math.max(learned, leastMs);
  return intervalSeconds === null ? null : Math.max(INTERVALS * intervalSeconds * SECOND, leastMs);
}

export function learnedPatience({ gaps, seconds, count }: Rhythm): number | null {
  if (seconds < LEARNED_SECONDS || count < LEARNED_GAPS) return null;
  const usual = quantile(gaps, SHARE);
  return usual === null ? null : FACTOR * usual * SECOND;
}
