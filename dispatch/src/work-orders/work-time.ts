import type { OpenWorkOrder, OrderFacts } from '@uptower/domain';

/** Repairs of one kind so far: the logarithms of their minutes. `squares`: of their distances from the mean, summed. */
export interface RepairTally {
  readonly count: number;
  readonly mean: number;
  readonly squares: number;
}

/**
 * How long work takes, from the repairs of the same failure mode on the same device model. The logarithm of the minutes is
 * taken as normal with unknown mean and variance under the conjugate (normal-inverse-gamma) prior: what the catalogue says
 * counts as much as four repairs, and before any repair one in five takes 28 % longer. SOURCE: Murphy, "Conjugate Bayesian
 * analysis of the Gaussian distribution", 2007, equations 86-89 and 110 (the predictive distribution is Student's t).
 */
const PRIOR = { repairs: 4, shape: 3, rate: 0.18 };
/** Somebody forgot to say that the work was done, or said all at once: counted as this many times longer or shorter at most. */
const FARTHEST = 4;

export function withRepair(before: RepairTally | undefined, minutes: number, catalogueMinutes: number): RepairTally {
  const { count, mean, squares } = before ?? { count: 0, mean: 0, squares: 0 };
  const value = Math.log(Math.min(FARTHEST * catalogueMinutes, Math.max(catalogueMinutes / FARTHEST, minutes)));
  const nextMean = mean + (value - mean) / (count + 1);
  return { count: count + 1, mean: nextMean, squares: squares + (value - mean) * (value - nextMean) };
}

/** Whole minutes that half, and four in five, of such repairs are expected to stay within. */
export function workTimeOf(
  tally: RepairTally | undefined,
  catalogueMinutes: number,
): NonNullable<OrderFacts['workTime']> {
  const { count, mean, squares } = tally ?? { count: 0, mean: 0, squares: 0 };
  const prior = Math.log(catalogueMinutes);
  const weight = PRIOR.repairs + count;
  const centre = (PRIOR.repairs * prior + count * mean) / weight;
  const shape = PRIOR.shape + count / 2;
  const rate = PRIOR.rate + squares / 2 + (PRIOR.repairs * count * (mean - prior) ** 2) / (2 * weight);
  const scale = Math.sqrt((rate * (weight + 1)) / (shape * weight));
  const p80 = Math.exp(centre + studentQuantile80(2 * shape) * scale);
  return {
    p50Minutes: Math.max(1, Math.round(Math.exp(centre))),
    p80Minutes: Math.max(1, Math.round(p80)),
    repairs: count,
  };
}

/**
 * The 0.8 quantile of Student's t, to three decimals from five degrees of freedom on. SOURCE: Abramowitz and Stegun, Handbook
 * of Mathematical Functions, 26.7.5.
 */
export function studentQuantile80(freedom: number): number {
  const x = 0.841_621_233_6; // of the normal distribution
  const first = (x ** 3 + x) / 4;
  const second = (5 * x ** 5 + 16 * x ** 3 + 3 * x) / 96;
  const third = (3 * x ** 7 + 19 * x ** 5 + 17 * x ** 3 - 15 * x) / 384;
  return x + first / freedom + second / freedom ** 2 + third / freedom ** 3;
}

/** What the order's work is planned with; orders from before anything was learned have the catalogue's minutes only. */
export function workMinutes({ workTime, serviceMinutes }: OpenWorkOrder, quantile: 0.5 | 0.8): number {
  if (!workTime) return serviceMinutes;
  return quantile === 0.8 ? workTime.p80Minutes : workTime.p50Minutes;
}
