import { type CurvePoint, type Finding, HOUR, type Instant } from '@uptower/domain';

/** Where the curve is drawn, in horizons: dense where somebody can still go there in time, then out to ten. */
const AT_HORIZONS = [1 / 16, 1 / 8, 1 / 4, 3 / 8, 1 / 2, 3 / 4, 1, 1.5, 2, 3, 5, 10] as const;
const FAR_HORIZONS = 10;

const round = (p: number) => Math.round(p * 1e4) / 1e4;

/** P(fail by t) drawn and read off from a distribution function of the hours from `at`. Non-decreasing by construction. */
export function drawn(
  at: Instant,
  horizonHours: number,
  failedWithin: (hours: number) => number,
): Pick<Finding, 'curve' | 'expected' | 'probability'> {
  let highest = 0;
  const within = (hours: number) => {
    highest = Math.max(highest, Math.min(1, failedWithin(hours)));
    return highest;
  };
  const curve: CurvePoint[] = AT_HORIZONS.map((horizons) => ({
    at: at + Math.round(horizons * horizonHours * HOUR),
    p: round(within(horizons * horizonHours)),
  }));
  const probability = (curve[AT_HORIZONS.indexOf(1)] as CurvePoint).p;
  const quantile = (p: number) => quantileOf(failedWithin, p, horizonHours, at);
  return { probability, curve, expected: { p10: quantile(0.1), p50: quantile(0.5), p90: quantile(0.9) } };
}

/** When P(fail) reaches `p`, by bisection; null when that is beyond ten horizons. */
function quantileOf(failedWithin: (hours: number) => number, p: number, horizonHours: number, at: Instant) {
  let [low, high] = [0, FAR_HORIZONS * horizonHours];
  if (failedWithin(high) < p) return null;
  for (let i = 0; i < 30; i += 1) {
    const middle = (low + high) / 2;
    if (failedWithin(middle) >= p) high = middle;
    else low = middle;
  }
  return at + Math.round(high * HOUR);
}

/** A constant hazard that gives `probability` within the horizon: what a rule claims that knows no more. */
export function constantHazard(probability: number, horizonHours: number): (hours: number) => number {
  const survival = 1 - Math.min(probability, 0.999);
  return (hours) => 1 - survival ** (hours / horizonHours);
}
