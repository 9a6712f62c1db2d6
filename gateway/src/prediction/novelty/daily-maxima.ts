/**
 * How improbable is it that a whole day holds so large a value? A streaming form of the block-maxima method of extreme
 * value theory (Coles, An Introduction to Statistical Modeling of Extreme Values, 2001, chapter 3): the largest value of a
 * day is described by a Gumbel distribution, fitted by moments. A day is the block because most metrics have a daily
 * rhythm: within a day readings depend on each other, days much less.
 *
 * The maximum over the last 24 hours is taken every six, so there are four (overlapping) maxima a day; an estimate of the
 * level counts a day once for them.
 *
 * One expert takes SLOTS numbers of a flat array of single precision: 7 digits of a logarithm are more than it is known to.
 */
export const PARTS_OF_DAY = 4;

const RUNNING = 0;
const PARTS = 1;
const MEAN = PARTS + PARTS_OF_DAY - 1;
const VARIANCE = MEAN + 1;
const LOCATION = VARIANCE + 1;
const INVERSE_SCALE = LOCATION + 1;
export const SLOTS = INVERSE_SCALE + 1;

/** Smaller than any evidence. */
export const NOTHING = Number.NEGATIVE_INFINITY;

const EULER = 0.5772156649015329;
const SQRT6_BY_PI = Math.sqrt(6) / Math.PI;

export interface MaximaSettings {
  readonly maximaMemory: number;
  readonly priorDeviation: number;
  readonly priorWeight: number;
}

/** Before anything was seen. */
export function startMaxima(maxima: Float32Array, at: number): void {
  maxima.fill(NOTHING, at, at + PARTS_OF_DAY);
  maxima.fill(0, at + PARTS_OF_DAY, at + SLOTS);
}

export function addToMaxima(maxima: Float32Array, at: number, value: number): void {
  if (value > (maxima[at + RUNNING] as number)) maxima[at + RUNNING] = value;
}

/** How far `value` is out, in standardised Gumbel units; NOTHING before a second day's maximum is known. */
export function reduced(maxima: Float32Array, at: number, value: number): number {
  const inverse = maxima[at + INVERSE_SCALE] as number;
  return inverse === 0 ? NOTHING : (value - (maxima[at + LOCATION] as number)) * inverse;
}

/** −log10 of the chance that a day's maximum exceeds a reduced value: of 1 − exp(−exp(−y)), which tends to exp(−y). */
export function rarity(y: number): number {
  if (y > 20) return y / Math.LN10;
  return y < -5 ? 0 : -Math.log10(-Math.expm1(-Math.exp(-y)));
}

/** The reduced value of which `rarity` is this: to compare many with one, without their logarithms. */
export const reducedOf = (rare: number): number => -Math.log(-Math.log1p(-(10 ** -rare)));

/** A quarter of a day is over. `closed`: how many maxima were taken before; returns whether this took one more. */
export function closePart(maxima: Float32Array, at: number, closed: number, settings: MaximaSettings): boolean {
  let day = maxima[at + RUNNING] as number;
  const newest = day;
  let known = true;
  for (let k = 0; k < PARTS_OF_DAY - 1; k++) {
    const part = maxima[at + PARTS + k] as number;
    if (part === NOTHING) known = false;
    if (part > day) day = part;
  }
  for (let k = PARTS_OF_DAY - 2; k > 0; k--) maxima[at + PARTS + k] = maxima[at + PARTS + k - 1] as number;
  maxima[at + PARTS] = newest;
  maxima[at + RUNNING] = NOTHING;
  if (!known) return false;
  const count = Math.min(closed + 1, settings.maximaMemory);
  const gain = 1 / count;
  const error = day - (maxima[at + MEAN] as number);
  const mean = count === 1 ? day : (maxima[at + MEAN] as number) + gain * error;
  const variance = count === 1 ? 0 : (1 - gain) * ((maxima[at + VARIANCE] as number) + gain * error * error);
  maxima[at + MEAN] = mean;
  maxima[at + VARIANCE] = variance;
  if (count < 2) return true;
  const { priorDeviation, priorWeight } = settings;
  const believed = (variance * count + priorDeviation * priorDeviation * priorWeight) / (count + priorWeight);
  // A new day differs from the mean by its own spread and by the error of the mean, known from count / PARTS_OF_DAY days.
  const scale = Math.sqrt(believed * (1 + PARTS_OF_DAY / count)) * SQRT6_BY_PI;
  maxima[at + LOCATION] = mean - EULER * scale;
  maxima[at + INVERSE_SCALE] = 1 / scale;
  return true;
}
