import { HOUR, type Instant } from '@uptower/domain';

/**
 * Level and slope of a noisy metric: weighted least squares with weights exp(−age / memory), kept as five sums with time
 * measured in hours back from the newest reading (so they stay small), JSON-serialisable, O(1) a reading.
 *
 * Robust: an innovation counts at most three standard deviations (Huber), so a spike moves little. Honest about
 * rhythm: readings a minute apart are not independent, so the lag-1 correlation ρ of the residuals widens the
 * uncertainty by (1 + ρ) / (1 − ρ), the variance inflation of an AR(1) process.
 */
export interface LineFit {
  firstTs: Instant;
  lastTs: Instant;
  count: number;
  /** Σw, Σwt, Σwt², Σwy, Σwty; t ≤ 0 hours. */
  sums: [s0: number, s1: number, s2: number, y0: number, y1: number];
  /** Exponentially weighted mean square of the innovations, and of neighbours' products. */
  variance: number;
  covariance: number;
  lastInnovation: number;
  /** Consecutive innovations beyond the clamp, positive above, negative below. */
  beyond: number;
}

export interface Line {
  readonly level: number;
  /** An hour. */
  readonly slope: number;
  readonly varLevel: number;
  readonly varSlope: number;
  readonly cov: number;
}

const CLAMP_SIGMAS = 3;
/** Readings before an innovation can be judged. */
const WARM_UP = 8;
/** Innovations are averaged over about this many readings. */
const NOISE_MEMORY = 200;
/** So many in a row on one side are not spikes: the level has moved. */
export const SHIFT_READINGS = 5;
const MAX_RHO = 0.98;

export function startFit(value: number, ts: Instant): LineFit {
  return {
    firstTs: ts,
    lastTs: ts,
    count: 1,
    sums: [1, 0, 0, value, 0],
    variance: 0,
    covariance: 0,
    lastInnovation: 0,
    beyond: 0,
  };
}

/** `noiseFloor`: standard deviations below it are not believed (a constant signal would call every change a spike). */
export function addToFit(fit: LineFit, value: number, ts: Instant, memoryHours: number, noiseFloor: number): void {
  const hours = (ts - fit.lastTs) / HOUR;
  const predicted = valueIn(fit, fit.count >= WARM_UP ? hours : 0);
  const innovation = value - predicted;
  const bound = CLAMP_SIGMAS * Math.max(Math.sqrt(fit.variance), noiseFloor);
  const outside = fit.count >= WARM_UP && Math.abs(innovation) > bound;
  const side = Math.sign(innovation);
  fit.beyond = outside ? (Math.sign(fit.beyond) === side ? fit.beyond + side : side) : 0;
  const counted = outside ? side * bound : innovation;
  const accepted = Math.abs(fit.beyond) >= SHIFT_READINGS ? value : predicted + counted;

  const decay = Math.exp(-hours / memoryHours);
  const { sums } = fit;
  const [s0, s1, s2, y0, y1] = sums;
  sums[0] = decay * s0 + 1;
  sums[1] = decay * (s1 - hours * s0);
  sums[2] = decay * (s2 - 2 * hours * s1 + hours * hours * s0);
  sums[3] = decay * y0 + accepted;
  sums[4] = decay * (y1 - hours * y0);
  const share = 1 / Math.min(fit.count, NOISE_MEMORY);
  fit.variance += share * (counted * counted - fit.variance);
  fit.covariance += share * (counted * fit.lastInnovation - fit.covariance);
  fit.lastInnovation = counted;
  fit.lastTs = ts;
  fit.count += 1;
}

/** The line's value so many hours after the newest reading. */
function valueIn({ sums: [s0, s1, s2, y0, y1] }: LineFit, hours: number): number {
  const determinant = s0 * s2 - s1 * s1;
  if (!hasSlope(determinant, s0)) return y0 / s0;
  return (s2 * y0 - s1 * y1 + (s0 * y1 - s1 * y0) * hours) / determinant;
}

/** Of one moment only: a level, and no idea of a slope. */
const hasSlope = (determinant: number, s0: number): boolean => determinant > 1e-12 * s0 * s0;

/** The line at the newest reading, with the uncertainty of both its numbers. */
export function lineOf(fit: LineFit, noiseFloor: number): Line {
  const [s0, s1, s2, y0, y1] = fit.sums;
  const noise = Math.max(fit.variance, noiseFloor * noiseFloor);
  const rho = fit.variance > 0 ? Math.min(MAX_RHO, Math.max(0, fit.covariance / fit.variance)) : 0;
  const spread = noise * ((1 + rho) / (1 - rho));
  const determinant = s0 * s2 - s1 * s1;
  if (!hasSlope(determinant, s0)) return { level: y0 / s0, slope: 0, varLevel: spread / s0, varSlope: 1e12, cov: 0 };
  return {
    level: (s2 * y0 - s1 * y1) / determinant,
    slope: (s0 * y1 - s1 * y0) / determinant,
    varLevel: (spread * s2) / determinant,
    varSlope: (spread * s0) / determinant,
    cov: (-spread * s1) / determinant,
  };
}
