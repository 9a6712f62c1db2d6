import { chance } from './chance.ts';
import { scaled } from './model.ts';
import { type LossGradient, type Network, type NetworkOptions, trainNetwork } from './network.ts';

/** One network to fit; may be sent to a thread. */
export interface FitJob {
  /** About of deviation 1. */
  readonly inputs: readonly Float64Array[];
  /** Of each input, cycles. */
  readonly remaining: readonly number[];
  readonly cap: number;
  readonly options: NetworkOptions;
  readonly seed: number;
}

/** Works on a job, here or in a thread; `onEpoch` hears how many passes are done. */
export type Fit = (job: FitJob, onEpoch: (done: number) => void) => Promise<Network>;

/** How much the quantiles pull at what all outputs share. */
const QUANTILE_WEIGHT = 0.2;

export function fitNetwork(
  { inputs, remaining, cap, options, seed }: FitJob,
  onEpoch: (done: number) => void,
): Network {
  let epochs = 0;
  return trainNetwork(inputs, 3, lossOf(remaining, cap), options, chance(seed), () => onEpoch(++epochs));
}

/**
 * Squared error of the capped life, and the pinball losses (Koenker & Bassett 1978) of the 10 % and 90 % quantiles of
 * the whole life.
 */
function lossOf(remaining: readonly number[], cap: number): LossGradient {
  return (output, row, into) => {
    const life = remaining[row]!;
    into[0] = output[0]! - scaled(Math.min(cap, life), cap);
    const whole = scaled(life, cap);
    into[1] = QUANTILE_WEIGHT * (output[1]! > whole ? 0.9 : -0.1);
    into[2] = QUANTILE_WEIGHT * (output[2]! > whole ? 0.1 : -0.9);
  };
}
