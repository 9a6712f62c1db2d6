/** How far predictions are from the truth, and how often the truth lies within p10..p90. */
export interface RulScore {
  readonly units: number;
  readonly rmse: number;
  /** The asymmetric score of the PHM 2008 challenge (Saxena et al. 2008): a sum over units, late counts more. */
  readonly phm08: number;
  readonly coverage: number;
}

export interface RulPrediction {
  readonly rul: number;
  readonly p10: number;
  readonly p90: number;
}

/** @param cap lives longer than this count as this; Infinity takes them as given */
export function scoreRul(predictions: readonly RulPrediction[], truth: readonly number[], cap: number): RulScore {
  let [squares, phm08, within] = [0, 0, 0];
  for (const [i, { rul, p10, p90 }] of predictions.entries()) {
    const wanted = Math.min(cap, truth[i]!);
    const error = rul - wanted;
    squares += error * error;
    phm08 += Math.exp(error < 0 ? -error / 13 : error / 10) - 1;
    if (wanted >= p10 && wanted <= p90) within++;
  }
  const units = predictions.length;
  return { units, rmse: Math.sqrt(squares / units), phm08, coverage: within / units };
}
