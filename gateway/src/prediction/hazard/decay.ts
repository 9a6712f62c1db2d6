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

export function addTo(fading: Fading, at: number, amount: number): void {
  const elapsed = Math.max(0, at - fading.at);
  for (let i = 0; i < SPANS.length; i += 1)
    fading.sums[i] = (fading.sums[i] as number) * Math.exp(-elapsed / (SPANS[i] as number)) + amount;
  fading.at = Math.max(at, fading.at);
}

export const sumAt = (fading: Fading, span: number, at: number): number =>
  (fading.sums[span] as number) * Math.exp(-Math.max(0, at - fading.at) / (SPANS[span] as number));
