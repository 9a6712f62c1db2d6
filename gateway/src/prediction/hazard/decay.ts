/**
 * What is remembered of a stream at four ages: sums that fade with these time constants, in hours (one day, four, sixteen,
 * sixty-four). They take constant memory, need no grid of time and are the same however often nothing new is said.
 */
export const SPANS = [24, 96, 384, 1536] as const;

/** Sums valid at `at` (hours). Plain data. */
export interface Fading {
  at: number;
  sums: number[];
}

export const startFading = (at: number): Fading => ({ at, sums: SPANS.map(() => 0) });

/** Adds what happened at `at`, which may be before what was added last: the sums are the same in any order. */
export function addTo(fading: Fading, at: number, amount: number): void {
  const elapsed = Math.max(0, at - fading.at);
  const late = Math.max(0, fading.at - at);
  for (let i = 0; i < SPANS.length; i += 1) {
    const span = SPANS[i] as number;
    fading.sums[i] = (fading.sums[i] as number) * Math.exp(-elapsed / span) + amount * Math.exp(-late / span);
  }
  fading.at = Math.max(at, fading.at);
}

/** How recently something happened: 0 for never or `LONG_AGO`, 9 for just now, in logarithms between. */
export const recency = (then: number | null, at: number): number =>
  then === null ? 0 : Math.log1p(LONG_AGO) - Math.log1p(Math.min(LONG_AGO, Math.max(0, at - then)));

/** What happened longer ago is no news any more, hours. */
export const LONG_AGO = 8766;

export const sumAt = (fading: Fading, span: number, at: number): number =>
  (fading.sums[span] as number) * Math.exp(-Math.max(0, at - fading.at) / (SPANS[span] as number));
