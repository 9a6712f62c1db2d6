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
  level: number;
  stepsShort: number;
  stepsMiddle: number;
}

export const startMeans = (): Means => ({ short: 0, middle: 0, long: 0, level: 0, stepsShort: 0, stepsMiddle: 0 });

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
  means.short += (s - means.short) / short;
  means.middle += (s - means.middle) / middle;
  means.long += (s - means.long) / long;
  means.level += (plain - means.level) / long;
  means.stepsShort += (size - means.stepsShort) / short;
  means.stepsMiddle += (size - means.stepsMiddle) / middle;
  into[0] = compressed(step);
  into[1] = compressed(-step);
  into[2] = compressed(means.short);
  into[3] = compressed(-means.short);
  into[4] = compressed(means.middle);
  into[5] = compressed(-means.middle);
  into[6] = compressed(means.long);
  into[7] = compressed(-means.long);
  into[8] = compressed(means.level);
  into[9] = compressed(-means.level);
  into[10] = compressed(means.stepsShort);
  into[11] = compressed(means.stepsMiddle);
  into[12] = -means.stepsMiddle;
}
