import { HOUR, type Instant, type Rule } from '@uptower/domain';

/**
 * The rules' own words as code, small and slow: an independent re-statement for tuning the world and for its tests. The
 * product's detectors live in the gateway and share nothing with this.
 */
export interface Detector {
  /** Feeds one reading; true while the rule is active. */
  feed(at: Instant, values: Readonly<Record<string, number>>): boolean;
}

export function detectorOf(rule: Rule): Detector {
  const judge = judgeOf(rule);
  let active = false;
  return {
    feed(at, values) {
      const value = values[rule.metric];
      const gate = rule.only ? values[rule.only.metric] : undefined;
      if (value === undefined) return active;
      if (rule.only) {
        if (gate === undefined || gate < (rule.only.min ?? -Infinity) || gate > (rule.only.max ?? Infinity))
          return active;
      }
      active = judge(at, value);
      return active;
    },
  };
}

function judgeOf(rule: Rule): (at: Instant, value: number) => boolean {
  switch (rule.kind) {
    case 'limit': {
      const sign = rule.side === 'high' ? 1 : -1;
      let beyondSince: Instant | undefined;
      let backSince: Instant | undefined;
      let active = false;
      return (at, value) => {
        const beyond = (value - rule.level) * sign > 0;
        const back = (value - rule.level) * sign < -rule.deadband;
        beyondSince = beyond ? (beyondSince ?? at) : undefined;
        backSince = back ? (backSince ?? at) : undefined;
        if (!active && beyondSince !== undefined && at - beyondSince >= rule.onDelaySeconds * 1_000) active = true;
        if (active && backSince !== undefined && at - backSince >= rule.offDelaySeconds * 1_000) active = false;
        return active;
      };
    }
    case 'growth': {
      const seen: { at: Instant; value: number }[] = [];
      let until = Number.NEGATIVE_INFINITY;
      return (at, value) => {
        seen.push({ at, value });
        while (seen[0] && at - seen[0].at > rule.withinHours * HOUR) seen.shift();
        if (value - (seen[0]?.value ?? value) >= rule.by) until = at + rule.holdHours * HOUR;
        return at < until;
      };
    }
    case 'trend':
      return trend(rule);
    case 'learned':
      throw new Error('what was learned has no formula of its own');
    case 'rate': {
      // The difference between the means of the window's newer and older half, which lie half a window apart.
      const sign = rule.side === 'high' ? 1 : -1;
      const seen: { at: Instant; value: number }[] = [];
      let beyondSince: Instant | undefined;
      return (at, value) => {
        seen.push({ at, value });
        while (seen[0] && at - seen[0].at > rule.withinHours * HOUR) seen.shift();
        const middle = at - (rule.withinHours * HOUR) / 2;
        const mean = (part: typeof seen) => part.reduce((sum, each) => sum + each.value, 0) / part.length;
        const older = mean(seen.filter((each) => each.at < middle));
        const newer = mean(seen.filter((each) => each.at >= middle));
        const rate = (sign * (newer - older)) / (rule.withinHours / 2);
        beyondSince = rate >= rule.perHour ? (beyondSince ?? at) : undefined;
        return beyondSince !== undefined && at - beyondSince >= rule.onDelaySeconds * 1_000;
      };
    }
    case 'novelty':
      // Has no independent re-statement: its rules are watched over by the fleet benchmark alone.
      return () => false;
  }
}

/** Exponentially forgotten weighted least squares; P from the spread of the extrapolated value at the horizon. */
function trend(rule: Extract<Rule, { kind: 'trend' }>): (at: Instant, value: number) => boolean {
  const sign = rule.direction === 'rising' ? 1 : -1;
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let y0 = 0;
  let y1 = 0;
  let yy = 0;
  let last: Instant | undefined;
  let first: Instant | undefined;
  return (at, raw) => {
    const y = raw * sign;
    if (last !== undefined) {
      // Moves the origin of time to `at`, then forgets.
      const d = (at - last) / HOUR;
      s2 += -2 * d * s1 + d * d * s0;
      s1 -= d * s0;
      y1 -= d * y0;
      const keep = Math.exp(-d / rule.memoryHours);
      s0 *= keep;
      s1 *= keep;
      s2 *= keep;
      y0 *= keep;
      y1 *= keep;
      yy *= keep;
    }
    last = at;
    first ??= at;
    s0 += 1;
    y0 += y;
    yy += y * y;
    const det = s0 * s2 - s1 * s1;
    if (det <= 1e-9 || at - first < rule.minHours * HOUR) return false;
    const slope = (s0 * y1 - s1 * y0) / det;
    const level = (y0 - slope * s1) / s0;
    if (level < rule.healthyLevel * sign) return false;
    const residual = Math.max(0, (yy - level * y0 - slope * y1) / s0);
    const spread = Math.sqrt(residual + 1e-9) + 0.3 * Math.abs(slope) * rule.horizonHours;
    const reached = level + slope * rule.horizonHours - rule.failLevel * sign;
    return normalCdf(reached / spread) >= rule.minProbability;
  };
}

/** Abramowitz & Stegun 26.2.17, error below 1e-7. */
function normalCdf(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const tail =
    0.3989422804 *
    Math.exp((-z * z) / 2) *
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return z >= 0 ? 1 - tail : tail;
}
