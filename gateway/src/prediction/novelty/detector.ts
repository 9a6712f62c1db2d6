import { HOUR, type Instant } from '@uptower/domain';
import { hourOfDay, learn, seasonalZ, spreadOf } from './baseline.ts';
import { addToMaxima, closePart, NOTHING, PARTS_OF_DAY, rarity, reduced, SLOTS } from './daily-maxima.ts';
import { consult, EXPERTS, type Expert, type Side, speaksFor } from './experts.ts';
import { NOVELTY, type NoveltySettings } from './settings.ts';
import { aloneNovelty, type NoveltyState } from './state.ts';

export type { NoveltyState } from './state.ts';

/** What a reading's strangeness comes to. */
export class Novelty {
  constructor(
    /** −log10 of `probability`. */
    readonly rarity: number,
    /** Who says so; undefined while nobody can. */
    readonly expert: Expert | undefined,
    /** False when as much has been said of late: an alert that is due is due once. */
    readonly fresh: boolean,
  ) {}

  /** Chance that a day of this metric holds something so strange: the smallest of the experts. 1 while warming up. */
  get probability(): number {
    return 10 ** -this.rarity;
  }
}

const PART = (24 / PARTS_OF_DAY) * HOUR;
/** A quarter of a day with a smaller share of the usual readings is gathered on: a thin one has too small a maximum. */
const FULL_ENOUGH = 0.5;
/** Longer without a reading, the step and the short means are not continued. */
const GAP = 6 * HOUR;
const USUAL_GAIN = 0.2;
/** Readings before maxima are gathered; the first ones have no spread to be measured by. */
const FIRST = 3;
const UNKNOWN = new Novelty(0, undefined, false);

export function startNovelty(value: number, ts: Instant): NoveltyState {
  const state = aloneNovelty();
  beginNovelty(state, value, ts);
  return state;
}

/** The same at a place that is there. */
export function beginNovelty(state: NoveltyState, value: number, ts: Instant): void {
  state.start(value, ts);
  state.part = Math.floor(ts / PART);
}

// One array for all metrics: consulting the experts is one synchronous call.
const evidence = new Float64Array(EXPERTS.length);

/**
 * Judges a reading against all before it, then learns from it. Readings come in event order; one that is not newer than
 * the last is not read twice. The first reading is given to `startNovelty` and here.
 *
 * @param resolution smallest change of the metric that means something, in its unit (0: not known)
 * @param side whose strangeness is asked for; all are kept up
 */
export function observe(
  state: NoveltyState,
  value: number,
  ts: Instant,
  resolution = 0,
  settings: NoveltySettings = NOVELTY,
  side: Side = 'any',
): Novelty {
  const elapsed = ts - state.lastTs;
  if (!consider(state, value, ts, resolution, settings, side)) return UNKNOWN;
  const rare = rarity(strangest.reduced);
  return new Novelty(rare, EXPERTS[strangest.expert], unsaid(state, rare, elapsed, settings));
}

/** What `consider` found last, if it says true. */
export const strangest = { reduced: NOTHING, expert: -1 };

/**
 * The same without what has been said: leaves the strangest expert and how far out it is, in standardised Gumbel units, in
 * `strangest`. False while nobody can say.
 */
export function consider(
  state: NoveltyState,
  value: number,
  ts: Instant,
  resolution: number,
  settings: NoveltySettings,
  side: Side,
): boolean {
  const { singles, profile, maxima } = state;
  const started = state.count > 0;
  if (started && ts <= state.lastTs) return false;
  const afterGap = ts - state.lastTs > GAP;
  const spread = spreadOf(state, resolution);
  const hour = hourOfDay(ts);
  const z = (value - state.level) / spread;
  const seasonal = seasonalZ(state, singles, profile, value, hour, z, spread, settings.seasonalBelow);
  const step = afterGap ? 0 : (value - state.lastValue) / spread;
  if (afterGap) {
    state.short = 0;
    state.stepsShort = 0;
  }
  consult(state, z, seasonal, step, settings, evidence);

  closeParts(state, ts, settings);
  const gathers = state.count >= FIRST;
  let most = NOTHING;
  let by = -1;
  for (let k = 0, at = maxima; k < EXPERTS.length; k++, at += SLOTS) {
    const says = evidence[k] as number;
    const y = reduced(singles, at, says);
    if (y > most && speaksFor(k, side)) {
      most = y;
      by = k;
    }
    if (gathers) addToMaxima(singles, at, says);
  }
  if (gathers) state.inPart++;
  learn(state, singles, profile, value, hour, settings);
  state.lastTs = ts;
  state.lastValue = value;
  if (by < 0 || state.count <= settings.warmUp) return false;
  strangest.reduced = most;
  strangest.expert = by;
  return true;
}

/**
 * Whether this is more than what was said. Said evidence fades with time, but not while the same goes on (ISA-18.2: an
 * alarm that has not returned to normal is not annunciated again), and is said again when it becomes clearly worse.
 */
function unsaid(state: NoveltyState, rare: number, elapsed: number, settings: NoveltySettings): boolean {
  if (state.said > 0 && rare <= settings.holdAbove * state.said)
    state.said *= 0.5 ** (Math.min(elapsed, GAP) / HOUR / settings.halfForgotten);
  if (rare <= state.said) return false;
  state.said = rare * settings.worse;
  return true;
}

function closeParts(state: NoveltyState, ts: Instant, settings: NoveltySettings): void {
  const part = Math.floor(ts / PART);
  if (part === state.part) return;
  state.part = part;
  if (state.inPart === 0) return;
  if (state.inPart < FULL_ENOUGH * state.usualInPart) {
    // A device that from now on speaks less often must not be waited for forever.
    state.usualInPart *= 1 - USUAL_GAIN;
    return;
  }
  state.usualInPart += (state.usualInPart === 0 ? 1 : USUAL_GAIN) * (state.inPart - state.usualInPart);
  state.inPart = 0;
  let took = false;
  for (let k = 0; k < EXPERTS.length; k++)
    took = closePart(state.singles, state.maxima + k * SLOTS, state.closed, settings);
  if (took) state.closed++;
}
