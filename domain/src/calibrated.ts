import type { Finding } from './finding.ts';

/** What of a rule's claims came true: the probability to go by where the rule claims `p`. */
export type Belief = (ruleId: string, p: number) => number;

/** A claim of certainty has no hazard that could be scaled. */
const CERTAIN = 0.9999;

/**
 * A finding as its rule's record makes it. Its curve keeps its shape: all hazards are scaled by one factor (proportional
 * hazards, Cox 1972), S′(t) = S(t)^k, with the k that gives the recorded probability at the horizon. `expected` is
 * read off at the curve's points.
 */
export function calibrated(finding: Finding, belief: Belief): Finding {
  const { ruleId, probability, presence } = finding;
  if (presence || probability <= 0 || probability >= CERTAIN) return finding;
  const recorded = Math.min(CERTAIN, Math.max(0, belief(ruleId, probability)));
  if (Math.abs(recorded - probability) < 5e-5) return finding;
  const k = Math.log1p(-recorded) / Math.log1p(-probability);
  const scaled = (p: number) => Math.round((1 - (1 - p) ** k) * 1e4) / 1e4;
  const curve = finding.curve.map(({ at, p }) => ({ at, p: scaled(p) }));
  const reached = (p: number) => curve.find((point) => point.p >= p)?.at ?? null;
  return {
    ...finding,
    claimed: finding.claimed ?? probability,
    probability: scaled(probability),
    curve,
    expected: { p10: reached(0.1), p50: reached(0.5), p90: reached(0.9) },
  };
}
