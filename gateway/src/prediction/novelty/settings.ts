/** Everything that can be set of the novelty detector. Lengths in readings follow the sampling of the metric by themselves. */
export interface NoveltySettings {
  /** Readings the level and its spread remember. */
  readonly levelMemory: number;
  /** Readings the moving means of the experts look back over: a burst, a few hours, a day at five minutes. */
  readonly short: number;
  readonly middle: number;
  readonly long: number;
  /** Newest share of the profile of an hour of the day: 0.05 is a memory of about 20 visits of that hour's readings. */
  readonly profileGain: number;
  /** The profile is used once the spread around it is below this share of the spread around the level. */
  readonly seasonalBelow: number;
  /** One reading counts in a moving mean at most as this many spreads. */
  readonly clip: number;
  /** Days' maxima an expert remembers; a day gives four, each of the 24 hours up to it. */
  readonly maximaMemory: number;
  /** Standard deviation of an expert's daily maximum (in log units) believed before there is data, and its weight in maxima. */
  readonly priorDeviation: number;
  readonly priorWeight: number;
  /** Readings before anything is called novel. */
  readonly warmUp: number;
  /** Hours in which what has been said fades to half its powers of ten. */
  readonly halfForgotten: number;
  /** What has been said does not fade while the evidence stays above this share of it. */
  readonly holdAbove: number;
  /** To be said again at once it must be rarer by this factor of powers of ten. */
  readonly worse: number;
}

export const NOVELTY: NoveltySettings = Object.freeze({
  levelMemory: 10_000,
  short: 5,
  middle: 40,
  long: 300,
  profileGain: 0.05,
  seasonalBelow: 0.85,
  clip: 12,
  maximaMemory: 100,
  priorDeviation: 0.35,
  priorWeight: 3,
  warmUp: 150,
  halfForgotten: 12,
  holdAbove: 0.6,
  worse: 1.25,
});

/**
 * Probability below which a value is worth an alert: so extreme a one comes on one day in fourteen. A statement about
 * days, the same for every metric; a round number near what served labelled series best (docs/prediction.md).
 */
export const ONCE_A_FORTNIGHT = 1 / 14;
