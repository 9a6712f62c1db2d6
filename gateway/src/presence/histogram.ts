/**
 * Weights by logarithmic bin, ascending; plain data of constant size: four bins an octave, so a quantile is at most 19 %
 * too large, and a device has a handful of them.
 */
export type Histogram = [bin: number, weight: number][];

const BINS_PER_OCTAVE = 4;

export const binOf = (value: number): number => Math.ceil(BINS_PER_OCTAVE * Math.log2(Math.max(1, value)) - 1e-9);

/** Adds weight to the bin of a value of at least 1; smaller ones count as 1. */
export function add(histogram: Histogram, value: number, weight: number): void {
  const bin = binOf(value);
  let at = 0;
  while (at < histogram.length && (histogram[at] as Histogram[number])[0] < bin) at += 1;
  const there = histogram[at];
  if (there?.[0] === bin) there[1] += weight;
  else histogram.splice(at, 0, [bin, weight]);
}

/** The upper edge of the bin in which the cumulated weight reaches `share` of all; null when empty. */
export function quantile(histogram: Histogram, share: number): number | null {
  let total = 0;
  for (const [, weight] of histogram) total += weight;
  let sum = 0;
  for (const [bin, weight] of histogram) {
    sum += weight;
    if (sum >= share * total) return 2 ** (bin / BINS_PER_OCTAVE);
  }
  return null;
}

/** Forgets a share of everything; what has nearly vanished goes. */
export function fade(histogram: Histogram, factor: number, least: number): void {
  for (let i = histogram.length - 1; i >= 0; i -= 1) {
    const entry = histogram[i] as Histogram[number];
    entry[1] *= factor;
    if (entry[1] < least) histogram.splice(i, 1);
  }
}
