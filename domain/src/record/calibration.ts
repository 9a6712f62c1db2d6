import { type Estimate, proportion } from './intervals.ts';

/** What a prediction claimed and whether it came true, for one order that is decided by what the device did. */
export interface Claim {
  /** Of the rule or learned model that made it. */
  readonly ruleId: string;
  /** P(fail within the horizon) as claimed when the order was opened. */
  readonly probability: number;
  readonly failed: boolean;
}

export interface ReliabilityBin {
  /** Claims in `[from, to)`; the last bin includes 1. */
  readonly from: number;
  readonly to: number;
  readonly orders: number;
  readonly failed: number;
  readonly meanClaim: number;
  /** Share that failed. */
  readonly observed: Estimate;
}

export interface Calibration {
  readonly orders: number;
  /** Mean squared difference of claim and outcome (Brier 1950): 0 is perfect, always saying one half scores 0.25. */
  readonly brier: number | null;
  /** Bins that hold anything, ascending. */
  readonly bins: readonly ReliabilityBin[];
  /** Of the orders that said about 80 % (75 to 85), how many failed; null when none did. */
  readonly eighty: ReliabilityBin | null;
}

/** A tenth wide, with the tenths in the middle: what says 80 % is judged beside what says about 80 %. */
const EDGES = [0, 0.05, 0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.95, 1];

export function calibrationFigures(claims: readonly Claim[]): Calibration {
  const bins = EDGES.slice(0, -1).flatMap((from, i): ReliabilityBin[] => {
    const to = EDGES[i + 1] as number;
    const inside = claims.filter(({ probability: p }) => p >= from && (p < to || to === 1));
    const failed = inside.filter((claim) => claim.failed).length;
    const observed = proportion(failed, inside.length);
    if (!observed) return [];
    const meanClaim = inside.reduce((sum, { probability }) => sum + probability, 0) / inside.length;
    return [{ from, to, orders: inside.length, failed, meanClaim, observed }];
  });
  const squares = claims.reduce((sum, { probability, failed }) => sum + (probability - (failed ? 1 : 0)) ** 2, 0);
  return {
    orders: claims.length,
    brier: claims.length > 0 ? squares / claims.length : null,
    bins,
    eighty: bins.find(({ from }) => from === 0.75) ?? null,
  };
}

/** A rule's own word counts as much as so many decided orders. */
export const PRIOR_ORDERS = 10;
/** Nothing is believed to be certain: a claim of 1 is read as this. */
const CERTAIN = 0.999;

/**
 * From what a rule claims to what its record says. Beta-binomial shrinkage: with n decided orders of mean claim p̄, of which k
 * failed, the observed share is read as (k + w p̄) / (n + w), w = `priorOrders` (posterior mean under a Beta prior of that
 * weight centred on the claim; Gelman et al., Bayesian Data Analysis, 3rd ed., 2.4). From that one point the map goes on as
 * proportional hazards, p ↦ 1 − (1 − p)^θ (Cox 1972), so it is non-decreasing, keeps 0, and may be used on every point of a
 * curve P(fail by t). A rule without a record is believed.
 */
export function calibrationOf(
  record: readonly Claim[],
  priorOrders = PRIOR_ORDERS,
): (ruleId: string, claimed: number) => number {
  const sums = new Map<string, { n: number; k: number; claimed: number }>();
  for (const { ruleId, probability, failed } of record) {
    const sum = sums.get(ruleId) ?? { n: 0, k: 0, claimed: 0 };
    sum.n += 1;
    sum.k += failed ? 1 : 0;
    sum.claimed += probability;
    sums.set(ruleId, sum);
  }
  const powers = new Map<string, number>();
  for (const [ruleId, { n, k, claimed }] of sums) {
    const mean = Math.min(CERTAIN, claimed / n);
    // A claim of nothing came true or did not: no power turns 0 into anything else.
    if (mean <= 0) continue;
    const posterior = Math.min(CERTAIN, (k + priorOrders * mean) / (n + priorOrders));
    powers.set(ruleId, Math.log1p(-posterior) / Math.log1p(-mean));
  }
  return (ruleId, claimed) => {
    const power = powers.get(ruleId);
    if (power === undefined) return claimed;
    return 1 - (1 - Math.min(CERTAIN, claimed)) ** power;
  };
}
