import type { Parameters } from './parameters.ts';

/** A stretch of the search in which the temperature falls from `heat` times the first one to the last. */
export interface Cycle {
  /** Shares of the limit. */
  readonly from: number;
  readonly to: number;
  readonly heat: number;
  /** From the plan at hand, from the first one, or from one good plan with routes of another (cross.ts). */
  readonly begin: 'on' | 'anew' | 'crossed';
}

export const ONE_CYCLE: readonly Cycle[] = [{ from: 0, to: 1, heat: 1, begin: 'on' }];
/** A second cycle pays where the first has had some thousand iterations a visit. */
const TWO_CYCLES: readonly Cycle[] = [
  { from: 0, to: 0.6, heat: 1, begin: 'on' },
  { from: 0.6, to: 1, heat: 0.3, begin: 'on' },
];
const ENOUGH_FOR_TWO = 3000;

/**
 * What a limit of so many iterations a visit is best spent on. A single search ends in what its first choices led to, and
 * longer is hardly better: where there is time for several, those come first, and then short ones from crossings of what they
 * found. The last stretch goes on from the best, after routes have been recombined.
 */
export function cyclesOf(iterationsAVisit: number, mayCross: boolean, parameters: Parameters): readonly Cycle[] {
  const { searchIterations, crossIterations, searchShare, crossHeat } = parameters;
  const searches = Math.min(MOST_SEARCHES, Math.floor((searchShare * iterationsAVisit) / searchIterations));
  if (!mayCross || searches < LEAST_SEARCHES) return iterationsAVisit >= ENOUGH_FOR_TWO ? TWO_CYCLES : ONE_CYCLE;
  const crossShare = LAST - searchShare;
  const crossings = Math.min(
    MOST_CROSSINGS,
    Math.max(1, Math.floor((crossShare * iterationsAVisit) / crossIterations)),
  );
  return [
    ...Array.from(
      { length: searches },
      (_, k): Cycle => ({
        from: (searchShare * k) / searches,
        to: (searchShare * (k + 1)) / searches,
        heat: 1,
        begin: k === 0 ? 'on' : 'anew',
      }),
    ),
    ...Array.from(
      { length: crossings },
      (_, k): Cycle => ({
        from: searchShare + (crossShare * k) / crossings,
        to: searchShare + (crossShare * (k + 1)) / crossings,
        heat: crossHeat,
        begin: 'crossed',
      }),
    ),
    { from: LAST, to: 1, heat: crossHeat, begin: 'on' },
  ];
}

/** Two, and crossings of theirs, came to no more than one that is as long, as measured. */
const LEAST_SEARCHES = 4;
const MOST_SEARCHES = 8;
const MOST_CROSSINGS = 60;
/** Where routes are recombined for the last time (session.ts). */
const LAST = 0.94;
