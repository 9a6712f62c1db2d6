import type { Share } from '@uptower/domain';

/** The normal's 97.5 % point: intervals of 95 %. */
const Z = 1.959964;

/** A proportion `k` of `n` with Wilson's score interval (Wilson 1927, J. Am. Stat. Assoc. 22, 209); null when n is 0. */
export function proportion(k: number, n: number): Share | null {
  if (n <= 0) return null;
  const p = k / n;
  const z2 = Z * Z;
  const centre = (p + z2 / (2 * n)) / (1 + z2 / n);
  const half = (Z / (1 + z2 / n)) * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n));
  return { value: p, low: k === 0 ? 0 : centre - half, high: k === n ? 1 : centre + half };
}

/**
 * `k` events in `exposure` as a rate, with Byar's approximation to the exact Poisson interval (Breslow & Day 1987,
 * Statistical Methods in Cancer Research II, eq. 2.13); null without exposure.
 */
export function rate(k: number, exposure: number): Share | null {
  if (!(exposure > 0)) return null;
  const bound = (n: number, sign: 1 | -1) => n * (1 - 1 / (9 * n) + (sign * Z) / (3 * Math.sqrt(n))) ** 3;
  const low = k === 0 ? 0 : bound(k, -1);
  return { value: k / exposure, low: Math.max(0, low) / exposure, high: bound(k + 1, 1) / exposure };
}
