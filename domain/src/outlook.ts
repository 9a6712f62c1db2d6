import type { CurvePoint, Finding } from './finding.ts';
import type { Severity } from './rule.ts';
import { HOUR, type Instant } from './time.ts';

const RANK: Record<Severity, number> = { P1: 0, P2: 1, P3: 2 };
const MOST_POINTS = 64;
const round = (p: number) => Math.round(p * 1e4) / 1e4;

const isSuppressed = ({ suppression }: Finding) => suppression !== undefined;

/** What is not suppressed first, then the most severe, then the most probable. */
const byWeight = (a: Finding, b: Finding) =>
  Number(isSuppressed(a)) - Number(isSuppressed(b)) ||
  RANK[a.severity] - RANK[b.severity] ||
  b.probability - a.probability ||
  (a.ruleId < b.ruleId ? -1 : 1);

/** What an alert shows: of the findings that are not suppressed the most severe, of these the most probable. */
export const faceOf = (findings: readonly Finding[]): Finding | undefined => [...findings].sort(byWeight)[0];

/**
 * All findings of one component as one: the face's words, severity and horizon with P(fail by t) of all of them, which is
 * the upper envelope of their curves.
 *
 * Findings of one component mostly have one cause, so they are not independent: 1 − Π(1 − p) ("noisy or") would count the
 * same evidence twice. Whatever the dependence, max pᵢ ≤ P(any) ≤ min(1, Σ pᵢ) (Fréchet 1935); the lower bound is reached
 * when there is one cause, and it is what is claimed. `claimed` keeps what the face's own rule said.
 */
export function outlookOf(findings: readonly Finding[]): Finding | undefined {
  const face = faceOf(findings);
  if (!face || findings.length === 1 || face.presence) return face;
  // What is suppressed means nothing, unless everything is.
  const counts = (finding: Finding) => !finding.presence && (isSuppressed(face) || !isSuppressed(finding));
  const curves = findings.filter(counts).map(curveOf);
  const within = (at: Instant) => Math.max(...curves.map((curve) => valueAt(curve, at)));
  const end = face.at + Math.round(face.horizonHours * HOUR);
  const probability = round(Math.max(face.probability, within(end)));
  const times = [...new Set(curves.flatMap((curve) => curve.map(({ at }) => at)))]
    .filter((at) => at > face.at)
    .sort((a, b) => a - b);
  if (times.length === 0) return face;
  const curve = thinned(times).map((at) => ({ at, p: round(within(at)) }));
  if (probability === face.probability && curve.every(({ at, p }) => p <= round(valueAt(curveOf(face), at))))
    return face;
  const [p10, p50, p90] = [0.1, 0.5, 0.9].map((p) =>
    reached([{ at: face.at, p: round(within(face.at)) }, ...curve], p),
  );
  return {
    ...face,
    ...(probability === face.probability ? {} : { claimed: face.claimed ?? face.probability }),
    probability,
    curve,
    expected: { p10: p10 ?? null, p50: p50 ?? null, p90: p90 ?? null },
  };
}

/** From certain survival at the moment of the finding; one without a curve has its claim at the horizon. */
function curveOf({ at, curve, probability, horizonHours }: Finding): readonly CurvePoint[] {
  const points = curve.length > 0 ? curve : [{ at: at + Math.round(horizonHours * HOUR), p: probability }];
  return (points[0] as CurvePoint).at > at ? [{ at, p: 0 }, ...points] : points;
}

/** Linear between the points; 0 before the first, level after the last. */
export function valueAt(curve: readonly CurvePoint[], at: Instant): number {
  let before: CurvePoint | undefined;
  for (const point of curve) {
    if (point.at > at)
      return before ? before.p + ((point.p - before.p) * (at - before.at)) / (point.at - before.at) : 0;
    before = point;
  }
  return before?.p ?? 0;
}

/** When the curve first reaches `p`; undefined when it does not. */
function reached(curve: readonly CurvePoint[], p: number): Instant | undefined {
  let before: CurvePoint | undefined;
  for (const point of curve) {
    if (point.p >= p) {
      if (!before || point.p === before.p) return point.at;
      return Math.round(before.at + ((p - before.p) * (point.at - before.at)) / (point.p - before.p));
    }
    before = point;
  }
  return undefined;
}

/** Evenly fewer, with the first and the last. */
function thinned(times: readonly Instant[]): readonly Instant[] {
  if (times.length <= MOST_POINTS) return times;
  const step = (times.length - 1) / (MOST_POINTS - 1);
  return Array.from({ length: MOST_POINTS }, (_, i) => times[Math.round(i * step)] as Instant);
}
