import type { RulPrediction } from './metrics.ts';

/**
 * By how much p10 is moved down and p90 up, in shares of their distance, for predictions in each band of the cap
 * (negative: inwards).
 */
export interface IntervalShift {
  readonly down: readonly number[];
  readonly up: readonly number[];
}

/** Upper ends of the bands, in shares of the cap: near failure, wearing, about healthy, healthy. */
const BANDS = [0.25, 0.5, 0.85, Number.POSITIVE_INFINITY];
/** A band with fewer examples takes the shift of all. */
const MIN_EXAMPLES = 100;
/** Each side is missed by one in ten. */
const SIDE = 0.9;

/**
 * Conformalised quantile regression (Romano et al. 2019), each side for itself and by band of the prediction (Mondrian:
 * Vovk et al. 2003), from predictions of units the predictor had not seen.
 *
 * @param held raw predictions with what was true, cycles
 */
export function learnShift(held: readonly { said: RulPrediction; remaining: number }[], cap: number): IntervalShift {
  const shifts = (miss: (said: RulPrediction, remaining: number) => number): number[] => {
    const all = held.map(({ said, remaining }) => miss(said, remaining) / widthOf(said));
    return BANDS.map((_, band) => {
      const inBand = all.filter((__, i) => bandOf(held[i]!.said.rul, cap) === band);
      return quantile(inBand.length >= MIN_EXAMPLES ? inBand : all, SIDE);
    });
  };
  return {
    down: shifts(({ p10 }, remaining) => p10 - remaining),
    up: shifts(({ p90 }, remaining) => remaining - p90),
  };
}

/** The prediction with its interval shifted and in order: 0 ≤ p10 ≤ rul ≤ p90, rul ≤ cap. */
export function withInterval(raw: RulPrediction, shift: IntervalShift, cap: number): RulPrediction {
  const rul = Math.max(0, Math.min(cap, raw.rul));
  const band = bandOf(raw.rul, cap);
  return {
    rul,
    p10: Math.max(0, Math.min(rul, raw.p10 - shift.down[band]! * widthOf(raw))),
    p90: Math.max(rul, raw.p90 + shift.up[band]! * widthOf(raw)),
  };
}

const bandOf = (rul: number, cap: number): number => BANDS.findIndex((end) => rul < end * cap);

/** Never 0: the network's quantiles may cross. */
const widthOf = ({ p10, p90 }: RulPrediction): number => Math.max(1, p90 - p10);

/** The smallest value that at least a share `q` of `values`, and of one more like them, does not exceed. */
function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length, Math.ceil(q * (sorted.length + 1))) - 1] ?? 0;
}
