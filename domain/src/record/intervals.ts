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
 * A quantile of values that come in groups (the leads of one device are alike), with a percentile bootstrap over the groups
 * (Efron 1979; groups resampled whole: Davison & Hinkley 1997, 3.8). Null without values.
 */
export function groupedQuantile(groups: readonly (readonly number[])[], q: number): QuantileEstimate | null {
  const given = groups.filter((group) => group.length > 0);
  const value = quantile(ascending(given.flat()), q);
  if (value === null) return null;
  if (given.length < FEWEST_GROUPS) return { value, low: null, high: null };
  const next = randomOf(SEED);
  const seen: number[] = [];
  const resamples = Math.max(FEWEST, Math.min(RESAMPLES, Math.floor(MOST_DRAWN / given.length)));
  for (let i = 0; i < resamples; i++) {
    const sample: number[] = [];
    for (let j = 0; j < given.length; j++) sample.push(...(given[Math.floor(next() * given.length)] ?? []));
    seen.push(quantile(ascending(sample), q) as number);
  }
  const sorted = ascending(seen);
  return { value, low: quantile(sorted, 0.025) as number, high: quantile(sorted, 0.975) as number };
}

/** A typed array sorts numbers several times as fast. */
const ascending = (values: number[]): number[] => [...Float64Array.from(values).sort()];

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
