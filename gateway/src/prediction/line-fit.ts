import { HOUR, type Instant } from '@uptower/domain';

/**
 * Level and slope of a noisy metric: weighted least squares with weights exp(−age / memory), kept as five sums with time
 * measured in hours back from the newest reading (so they stay small), O(1) a reading. It lies among a device's numbers.
 *
 * Robust: an innovation counts at most three standard deviations (Huber), so a spike moves little. Honest about
 * rhythm: readings a minute apart are not independent, so the lag-1 correlation ρ of the residuals widens the
 * uncertainty by (1 + ρ) / (1 − ρ), the variance inflation of an AR(1) process.
 */
export class LineFit {
  private doubles: Float64Array;
  private at = 0;

  constructor(doubles: Float64Array) {
    this.doubles = doubles;
  }

  point(doubles: Float64Array, at: number): void {
    this.doubles = doubles;
    this.at = at;
  }

  /** Nothing was added yet. */
  get isEmpty(): boolean {
    return Number.isNaN(this.firstTs);
  }

  clear(): void {
    this.doubles.fill(Number.NaN, this.at, this.at + FIT_SIZE);
  }

  start(value: number, ts: Instant): void {
    this.doubles.fill(0, this.at, this.at + FIT_SIZE);
    this.firstTs = ts;
    this.lastTs = ts;
    this.count = 1;
    this.setSums(1, 0, 0, value, 0);
  }

  get firstTs(): Instant {
    return this.doubles[this.at + 0] as number;
  }
  set firstTs(value: Instant) {
    this.doubles[this.at + 0] = value;
  }
  get lastTs(): Instant {
    return this.doubles[this.at + 1] as number;
  }
  set lastTs(value: Instant) {
    this.doubles[this.at + 1] = value;
  }
  get count(): number {
    return this.doubles[this.at + 2] as number;
  }
  set count(value: number) {
    this.doubles[this.at + 2] = value;
  }
  /** Exponentially weighted mean square of the innovations, and of neighbours' products. */
  get variance(): number {
    return this.doubles[this.at + 3] as number;
  }
  set variance(value: number) {
    this.doubles[this.at + 3] = value;
  }
  get covariance(): number {
    return this.doubles[this.at + 4] as number;
  }
  set covariance(value: number) {
    this.doubles[this.at + 4] = value;
  }
  get lastInnovation(): number {
    return this.doubles[this.at + 5] as number;
  }
  set lastInnovation(value: number) {
    this.doubles[this.at + 5] = value;
  }
  /** Consecutive innovations beyond the clamp, positive above, negative below. */
  get beyond(): number {
    return this.doubles[this.at + 6] as number;
  }
  set beyond(value: number) {
    this.doubles[this.at + 6] = value;
  }
  /** Σw, Σwt, Σwt², Σwy, Σwty; t ≤ 0 hours. */
  sum(i: 0 | 1 | 2 | 3 | 4): number {
    return this.doubles[this.at + 7 + i] as number;
  }

  setSums(s0: number, s1: number, s2: number, y0: number, y1: number): void {
    const at = this.at + 7;
    this.doubles[at] = s0;
    this.doubles[at + 1] = s1;
    this.doubles[at + 2] = s2;
    this.doubles[at + 3] = y0;
    this.doubles[at + 4] = y1;
  }

  get sums(): number[] {
    return [...this.doubles.subarray(this.at + 7, this.at + FIT_SIZE)];
  }
  set sums(sums: readonly number[]) {
    this.doubles.set(sums, this.at + 7);
  }

  toJSON() {
    const { firstTs, lastTs, count, sums, variance, covariance, lastInnovation, beyond } = this;
    return { firstTs, lastTs, count, sums, variance, covariance, lastInnovation, beyond };
  }
}

/** Doubles a fit takes. */
export const FIT_SIZE = 12;

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
  const [s0, s1, y0] = [fit.sum(0), fit.sum(1), fit.sum(3)];
  fit.setSums(
    decay * s0 + 1,
    decay * (s1 - hours * s0),
    decay * (fit.sum(2) - 2 * hours * s1 + hours * hours * s0),
    decay * y0 + accepted,
    decay * (fit.sum(4) - hours * y0),
  );
  const share = 1 / Math.min(fit.count, NOISE_MEMORY);
  fit.variance += share * (counted * counted - fit.variance);
  fit.covariance += share * (counted * fit.lastInnovation - fit.covariance);
  fit.lastInnovation = counted;
  fit.lastTs = ts;
  fit.count += 1;
}

/** The line's value so many hours after the newest reading. */
function valueIn(fit: LineFit, hours: number): number {
  const [s0, s1, s2, y0, y1] = [fit.sum(0), fit.sum(1), fit.sum(2), fit.sum(3), fit.sum(4)];
  const determinant = s0 * s2 - s1 * s1;
  if (!hasSlope(determinant, s0)) return y0 / s0;
  return (s2 * y0 - s1 * y1 + (s0 * y1 - s1 * y0) * hours) / determinant;
}

/** Of one moment only: a level, and no idea of a slope. */
const hasSlope = (determinant: number, s0: number): boolean => determinant > 1e-12 * s0 * s0;

/** The line's value at the newest reading: the level of `lineOf`. */
export const levelOf = (fit: LineFit): number => valueIn(fit, 0);

/** The line at the newest reading, with the uncertainty of both its numbers. */
export function lineOf(fit: LineFit, noiseFloor: number): Line {
  const [s0, s1, s2, y0, y1] = [fit.sum(0), fit.sum(1), fit.sum(2), fit.sum(3), fit.sum(4)];
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
