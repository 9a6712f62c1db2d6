import { quantile } from '../score.ts';
import { betaI, gammaP, invert } from './special-functions.ts';

/** A figure with its 95 % interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** A quantile with its 95 % interval; null where too few devices have a value to say how sure it is. */
export interface QuantileEstimate {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** Quantile 0.975 of the normal distribution. */
const Z = 1.959963984540054;

/** A share of `n` with Wilson's score interval (Wilson 1927; Brown, Cai & DasGupta 2001); null of nothing. */
export function proportion(k: number, n: number): Estimate | null {
  if (n === 0) return null;
  const share = k / n;
  const z2 = Z * Z;
  const middle = (share + z2 / (2 * n)) / (1 + z2 / n);
  const half = (Z / (1 + z2 / n)) * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n));
  // At the ends the bound is the end itself; rounding must not say otherwise.
  return {
    value: share,
    low: k === 0 ? 0 : Math.max(0, middle - half),
    high: k === n ? 1 : Math.min(1, middle + half),
  };
}

/** `k` events of a Poisson process in `exposure`: the rate with its exact interval (Garwood 1936); null without exposure. */
export function poissonRate(k: number, exposure: number): Estimate | null {
  if (!(exposure > 0)) return null;
  const top = k + 10 + 10 * Math.sqrt(k + 1);
  const low = k === 0 ? 0 : invert((mean) => gammaP(k, mean), 0.025, 0, top);
  const high = invert((mean) => gammaP(k + 1, mean), 0.975, 0, top);
  return { value: k / exposure, low: low / exposure, high: high / exposure };
}

/** Central 95 % of Beta(a, b). */
export function betaInterval(a: number, b: number): { readonly low: number; readonly high: number } {
  const at = (q: number) => invert((x) => betaI(x, a, b), q, 0, 1);
  return { low: at(0.025), high: at(0.975) };
}

const RESAMPLES = 1_000;
/** Of very many groups fewer resamples say the same; nobody should wait for the rest. */
const FEWEST = 200;
const MOST_DRAWN = 1_000_000;
/** Any number would do; the same one every time makes the same page from the same record. */
const SEED = 20_250_301;

/** Of fewer groups a bootstrap shows only what they happen to be. */
const FEWEST_GROUPS = 5;

/**
 * Quantiles of values that come in groups (the leads of one device are alike), each with a percentile bootstrap over the
 * groups (Efron 1979; groups resampled whole: Davison & Hinkley 1997, 3.8). In the order of `qs`; null without values.
 * A resample is how often each group was drawn: the values are sorted once, not once for each.
 */
export function groupedQuantiles(
  groups: readonly (readonly number[])[],
  qs: readonly number[],
): (QuantileEstimate | null)[] {
  const given = groups.filter((group) => group.length > 0);
  const sorted = given.flatMap((group, g) => group.map((value) => ({ value, g }))).sort((a, b) => a.value - b.value);
  if (sorted.length === 0) return qs.map(() => null);
  const values = Float64Array.from(sorted, ({ value }) => value);
  const owners = Int32Array.from(sorted, ({ g }) => g);
  const drawn = new Int32Array(given.length).fill(1);
  const points = qs.map((q) => quantileOfDrawn(values, owners, drawn, q));
  if (given.length < FEWEST_GROUPS) return points.map((value) => ({ value, low: null, high: null }));
  const next = randomOf(SEED);
  const resamples = Math.max(FEWEST, Math.min(RESAMPLES, Math.floor(MOST_DRAWN / given.length)));
  const seen = qs.map(() => new Float64Array(resamples));
  for (let i = 0; i < resamples; i++) {
    drawn.fill(0);
    for (let j = 0; j < given.length; j++) add(drawn, Math.floor(next() * given.length));
    for (const [k, q] of qs.entries()) (seen[k] as Float64Array)[i] = quantileOfDrawn(values, owners, drawn, q);
  }
  return points.map((value, k) => {
    const resampled = [...(seen[k] as Float64Array).sort()];
    return { value, low: quantile(resampled, 0.025) as number, high: quantile(resampled, 0.975) as number };
  });
}

const add = (counts: Int32Array, at: number) => {
  counts[at] = (counts[at] as number) + 1;
};

/** `quantile` of values in order, each as often there as its group was drawn. */
function quantileOfDrawn(values: Float64Array, owners: Int32Array, drawn: Int32Array, q: number): number {
  let count = 0;
  for (let k = 0; k < owners.length; k++) count += drawn[owners[k] as number] as number;
  const position = (count - 1) * q;
  const share = position - Math.floor(position);
  const [lower, upper] = [Math.floor(position), Math.ceil(position)];
  let below = Number.NaN;
  let before = 0;
  for (let k = 0; k < owners.length; k++) {
    before += drawn[owners[k] as number] as number;
    if (Number.isNaN(below) && before > lower) below = values[k] as number;
    if (before > upper) return below + ((values[k] as number) - below) * share;
  }
  return below;
}

/** mulberry32: small, seeded, good enough to resample with. */
function randomOf(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
