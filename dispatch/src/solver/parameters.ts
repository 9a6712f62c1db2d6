/**
 * Knobs of the search. Names and values follow Christiaens & Vanden Berghe, "Slack Induction by String Removals for
 * Vehicle Routing Problems", Transportation Science 54(2), 2020, where not said otherwise.
 */
export interface Parameters {
  /** c-bar: visits taken out in an iteration, on average. */
  readonly averageRemoved: number;
  /** L-max: longest string taken out of one route. */
  readonly longestString: number;
  /** alpha: share of strings that keep a few visits in their middle ("split string"). */
  readonly splitShare: number;
  /** beta: chance that the kept middle stops growing. */
  readonly splitStop: number;
  /** Share of iterations that make room for a visit left out, if there is one. Ours. */
  readonly leftOutShare: number;
  /** Share of iterations that take "near" to mean "competes for the same vehicles". Ours. */
  readonly competingShare: number;
  /** Chance that a place is overlooked when a visit is put back. */
  readonly blinkRate: number;
  /** Chance that an empty vehicle competes with those in use; it is always asked when none of them has a place. Ours. */
  readonly newRouteShare: number;
  /** Share of iterations that take all visits out of one route and try to do without it. Ours. */
  readonly wholeRouteShare: number;
  /** Share of iterations that try with one more vehicle. Ours. */
  readonly openingShare: number;
  /** Routes kept to be recombined. Ours. */
  readonly largestPool: number;
  /** Where vehicles cost something: share of the search that tries to do with fewer of them. */
  readonly fewerShare: number;
  /** Where they cost nothing and there is no start: the same at most, to start from few vehicles. Ours. */
  readonly fewFirstShare: number;
  /** Whether a search without a start begins with few long routes. Ours. */
  readonly thrifty: boolean;
  /**
   * First temperature, in mean costs of travel of a route of the first plan: long routes need more heat than short ones, as
   * measured. Ours: costs here have no fixed scale.
   */
  readonly startTemperature: number;
  /** So many times that where days have a longest length: what hours allow changes in jumps. Ours, as measured. */
  readonly hoursHeat: number;
  /** Last temperature, in mean costs of a leg. */
  readonly endTemperature: number;
  /** Iterations a visit for each of several searches from the start. Ours, as all below. */
  readonly searchIterations: number;
  /** Of the limit: for all these searches (cycles.ts). */
  readonly searchShare: number;
  /** Iterations a visit of the short search that follows a crossing of two plans. */
  readonly crossIterations: number;
  /** Its first temperature, as a share of the first of all. */
  readonly crossHeat: number;
}

export const defaultParameters: Parameters = {
  averageRemoved: 10, // paper: 10; with the next two, measured on 30 to 60 visits with scarce skills (README)
  longestString: 10,
  splitShare: 0.5,
  splitStop: 0.01,
  leftOutShare: 0.2,
  competingShare: 0.5,
  blinkRate: 0.01,
  newRouteShare: 0.3,
  wholeRouteShare: 0.05,
  openingShare: 0.05,
  largestPool: 3000,
  fewerShare: 0.5,
  fewFirstShare: 0.15,
  thrifty: true,
  startTemperature: 0.09,
  hoursHeat: 2,
  endTemperature: 0.05,
  searchIterations: 180,
  searchShare: 0.4,
  crossIterations: 50,
  crossHeat: 0.3,
};
