import type { NoveltySettings } from './settings.ts';

/**
 * Each expert is one number that grows with one kind of strangeness. Deviations are in spreads; a moving mean clips what
 * one reading contributes, so it answers to what lasts. Both directions are separate experts: a metric that often drops
 * may never have risen.
 */
export const EXPERTS = [
  'rise',
  'fall',
  'burst-high',
  'burst-low',
  'hours-high',
  'hours-low',
  'day-high',
  'day-low',
  'level-high',
  'level-low',
  'restless-burst',
  'restless',
  'quiet',
] as const;
export type Expert = (typeof EXPERTS)[number];

/** Which way a metric goes when it is a sign of trouble. */
export type Side = 'high' | 'low' | 'any';
const FIRST_OF_ANY = EXPERTS.indexOf('restless-burst');

/** Experts come in pairs, up and down, but for the last, which know no direction. */
export const speaksFor = (expert: number, side: Side): boolean =>
  side === 'any' || (expert < FIRST_OF_ANY && (expert % 2 === 0) === (side === 'high'));

/** Exponentially weighted means, all in spreads: of the seasonal deviation over three lengths, of the plain one over the longest, of the size of steps over two. */
export interface Means {
  short: number;
  middle: number;
  long: number;
  plain: number;
  stepsShort: number;
  stepsMiddle: number;
}

/** Evidence grows by ratios: twice as far out is as much more for a spiky metric as for a smooth one. */
const compressed = (x: number) => (x > 0 ? Math.log1p(x) : x);

/**
 * @param z deviation from the level
 * @param seasonal deviation from level and profile
 * @param step change since the reading before; 0 when that is not known
 * @param into EXPERTS.length numbers, overwritten
 */
export function consult(
  means: Means,
  z: number,
  seasonal: number,
  step: number,
  { short, middle, long, clip }: NoveltySettings,
  into: Float64Array,
): void {
  const s = Math.max(-clip, Math.min(clip, seasonal));
  const plain = Math.max(-clip, Math.min(clip, z));
  const size = Math.min(Math.abs(step), clip);
  const shortMean = means.short + (s - means.short) / short;
  const middleMean = means.middle + (s - means.middle) / middle;
  const longMean = means.long + (s - means.long) / long;
  const plainMean = means.plain + (plain - means.plain) / long;
  const stepsShort = means.stepsShort + (size - means.stepsShort) / short;
  const stepsMiddle = means.stepsMiddle + (size - means.stepsMiddle) / middle;
  means.short = shortMean;
  means.middle = middleMean;
  means.long = longMean;
  means.plain = plainMean;
  means.stepsShort = stepsShort;
  means.stepsMiddle = stepsMiddle;
  into[0] = compressed(step);
  into[1] = compressed(-step);
  into[2] = compressed(shortMean);
  into[3] = compressed(-shortMean);
  into[4] = compressed(middleMean);
  into[5] = compressed(-middleMean);
  into[6] = compressed(longMean);
  into[7] = compressed(-longMean);
  into[8] = compressed(plainMean);
  into[9] = compressed(-plainMean);
  into[10] = compressed(stepsShort);
  into[11] = compressed(stepsMiddle);
  into[12] = -stepsMiddle;
}
