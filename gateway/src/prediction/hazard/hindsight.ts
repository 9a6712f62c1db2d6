import { sigmoid } from './boost.ts';
import { logit } from './calibrate.ts';

/** What probabilities told of one device model turned out to be worth. Plain data, constant size. */
export interface Hindsight {
  /** By bin of log-odds: cases whose horizon is over, and how many of them failed. */
  readonly told: number[];
  readonly failed: number[];
  /** Log-odds to add to what is told from now on. */
  shift: number;
}

const LOWEST = -7;
const STEP = 0.5;
const BINS = 28;

export const startHindsight = (): Hindsight => ({
  told: new Array<number>(BINS).fill(0),
  failed: new Array<number>(BINS).fill(0),
  shift: 0,
});

/** The bin of a probability, 0 to 27. */
export const binOf = (probability: number): number =>
  Math.max(0, Math.min(BINS - 1, Math.round((logit(probability) - LOWEST) / STEP)));

/** Counts a case whose horizon is over, whether it failed early in it or late: failures come to light first. */
export function learn(hindsight: Hindsight, bin: number, failed: boolean): void {
  hindsight.told[bin] = (hindsight.told[bin] as number) + 1;
  if (failed) hindsight.failed[bin] = (hindsight.failed[bin] as number) + 1;
}

/**
 * Sets the shift to the one most likely after all cases: logistic regression with the told log-odds as offset ("calibration
 * in the large", Cox 1958), by Newton's method. `spread` is the standard deviation expected of it before anything was seen.
 */
export function settleShift(hindsight: Hindsight, spread: number): void {
  let shift = hindsight.shift;
  const weight = 1 / spread ** 2;
  for (let step = 0; step < 20; step += 1) {
    let [gradient, curvature] = [-weight * shift, weight];
    for (let bin = 0; bin < BINS; bin += 1) {
      const told = hindsight.told[bin] as number;
      if (told === 0) continue;
      const p = sigmoid(LOWEST + STEP * bin + shift);
      gradient += (hindsight.failed[bin] as number) - told * p;
      curvature += told * p * (1 - p);
    }
    const move = Math.max(-1, Math.min(1, gradient / curvature));
    shift += move;
    if (Math.abs(move) < 1e-6) break;
  }
  hindsight.shift = shift;
}

export const believed = (hindsight: Hindsight | undefined, probability: number): number =>
  hindsight ? sigmoid(logit(probability) + hindsight.shift) : probability;
