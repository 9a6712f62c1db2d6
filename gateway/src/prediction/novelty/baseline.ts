import { HOUR, type Instant } from '@uptower/domain';
import type { NoveltySettings } from './settings.ts';

/**
 * What is usual for a metric: a level, a spread, and a profile over the hours of the day. All are stochastic-approximation
 * estimates (Robbins & Monro 1951) with clipped innovations (Huber), so a spike moves them little and a lasting change is
 * followed in time.
 */
export interface Baseline {
  /** Readings so far. */
  count: number;
  level: number;
  /** Mean absolute deviation from the level, and from level plus profile. */
  spread: number;
  seasonalSpread: number;
}

const HOURS = 24;
/**
 * The profile lies in an array beside it, from `at` on: of each hour of the day (UTC) its deviation from the level, in the
 * metric's unit; then how many readings made it, a byte each, three of them in a number (a single holds 24 bits exactly).
 */
export const PROFILE_SLOTS = HOURS + HOURS / 3;

/** Readings of an hour so far, at most MOST_VISITS. */
const visitsOf = (profile: Float32Array, at: number, hour: number): number =>
  ((profile[at + HOURS + Math.floor(hour / 3)] as number) >> (8 * (hour % 3))) & 255;

/** One more. */
function visit(profile: Float32Array, at: number, hour: number): void {
  const slot = at + HOURS + Math.floor(hour / 3);
  profile[slot] = (profile[slot] as number) + (1 << (8 * (hour % 3)));
}

/** The same numbers from where each count had a number of its own. */
export function packProfile(from: Float32Array, into: Float32Array, at: number): void {
  into.set(from.subarray(0, HOURS), at);
  into.fill(0, at + HOURS, at + PROFILE_SLOTS);
  for (let hour = 0; hour < HOURS; hour += 1)
    for (let i = 0; i < (from[HOURS + hour] as number); i += 1) visit(into, at, hour);
}
/** Counted so far: from then on a visit weighs what the settings say. */
const MOST_VISITS = 250;
/** Until then plain means; afterwards an innovation moves the level at most LEVEL_CLAMP spreads, the spread SPREAD_CLAMP. */
const PLAIN = 30;
const LEVEL_CLAMP = 3;
const SPREAD_CLAMP = 6;
const PROFILE_CLAMP = 4;
/** Visits of an hour before its profile is used. */
const ENOUGH_VISITS = 3;
/** The spread around a perfect profile is not believed below this share of the whole. */
const SEASONAL_FLOOR = 0.1;
const TINY = 1e-12;

export function hourOfDay(ts: Instant): number {
  const hour = Math.floor(ts / HOUR);
  return hour - HOURS * Math.floor(hour / HOURS);
}

/** The spread in use: never below the metric's resolution nor what doubles can tell apart. */
export const spreadOf = (base: Baseline, resolution: number): number =>
  Math.max(base.spread, resolution, 1e-9 * Math.abs(base.level) + TINY);

/** Whether the hour says more than the level: the spread around the profile is below this share of that around the level. */
const hasRhythm = (base: Baseline, profile: Float32Array, at: number, hour: number, below: number): boolean =>
  visitsOf(profile, at, hour) >= ENOUGH_VISITS && base.seasonalSpread < below * base.spread;

const around = (base: Baseline, spread: number) => Math.max(base.seasonalSpread, SEASONAL_FLOOR * spread);

/** What 95 of 100 readings of this hour lie between, if they are normally distributed: 1.96 deviations are 2.46 mean absolute ones. */
export function usualAt(
  base: Baseline,
  profile: Float32Array,
  at: number,
  hour: number,
  resolution: number,
  below: number,
) {
  const spread = spreadOf(base, resolution);
  const rhythm = hasRhythm(base, profile, at, hour, below);
  const middle = base.level + (rhythm ? (profile[at + hour] as number) : 0);
  const half = 2.46 * (rhythm ? around(base, spread) : spread);
  return { low: middle - half, high: middle + half };
}

/** Deviation in spreads from what is usual at this hour; `z` (that from the level) while there is no daily rhythm. */
export function seasonalZ(
  base: Baseline,
  profile: Float32Array,
  at: number,
  value: number,
  hour: number,
  z: number,
  spread: number,
  below: number,
): number {
  if (!hasRhythm(base, profile, at, hour, below)) return z;
  return (value - base.level - (profile[at + hour] as number)) / around(base, spread);
}

const clamp = (value: number, most: number) => Math.max(-most, Math.min(most, value));

export function learn(
  base: Baseline,
  profile: Float32Array,
  at: number,
  value: number,
  hour: number,
  settings: NoveltySettings,
): void {
  const deviation = value - base.level;
  const size = Math.abs(deviation);
  const { spread } = base;
  const gain = 1 / Math.min(base.count + 1, settings.levelMemory);
  if (base.count < PLAIN) {
    base.level += gain * deviation;
    base.spread += gain * (size - spread);
  } else {
    base.level += gain * (spread > 0 ? clamp(deviation, LEVEL_CLAMP * spread) : deviation);
    base.spread += gain * (Math.min(size, SPREAD_CLAMP * spread + TINY) - spread);
  }
  // A metric that was constant until now: its first change is its spread.
  if (base.spread <= 0) base.spread = size;

  const seen = visitsOf(profile, at, hour);
  const usual = profile[at + hour] as number;
  const fromProfile = seen > 0 ? Math.min(Math.abs(deviation - usual), SPREAD_CLAMP * base.spread) : size;
  base.seasonalSpread += gain * (fromProfile - base.seasonalSpread);
  const visits = Math.min(seen + 1, MOST_VISITS);
  if (visits > seen) visit(profile, at, hour);
  profile[at + hour] =
    usual + Math.max(1 / visits, settings.profileGain) * (clamp(deviation, PROFILE_CLAMP * base.spread) - usual);
  base.count++;
}
