/** Moments of components with what came of them; times in hours. */
export interface Moments {
  readonly rows: number;
  /** Hours from the moment to the failure; Infinity when none was seen. */
  readonly failsIn: Float64Array;
  /** Hours until nobody looked any more: the end of observation, or a planned replacement. */
  readonly seenFor: Float64Array;
  readonly weight: Float64Array;
}

/** Ends of the intervals the horizon is cut into: the lead, then in equal ratios to the horizon. */
export function intervalEnds(leadHours: number, horizonHours: number): number[] {
  const first = leadHours > 0 && leadHours < horizonHours ? leadHours : horizonHours / 30;
  return [0, 1, 2, 3].map((i) => (i === 3 ? horizonHours : first * (horizonHours / first) ** (i / 3)));
}

/**
 * Person-period rows of a discrete-time survival model (Singer & Willett 1993, "It's about time"): a moment gives a row
 * for each interval it was observed through, up to the one in which the component failed. A moment whose observation
 * ended gives fewer rows, which is all that censoring asks for.
 */
export function personPeriods({ rows, failsIn, seenFor, weight }: Moments, ends: readonly number[]) {
  const base: number[] = [];
  const interval: number[] = [];
  const y: number[] = [];
  const w: number[] = [];
  for (let r = 0; r < rows; r += 1)
    for (let k = 0; k < ends.length; k += 1) {
      const end = ends[k] as number;
      const failed = (failsIn[r] as number) <= end && (failsIn[r] as number) <= (seenFor[r] as number);
      if (!failed && (seenFor[r] as number) < end) break;
      base.push(r);
      interval.push(k);
      y.push(failed ? 1 : 0);
      w.push(weight[r] as number);
      if (failed) break;
    }
  return {
    base: Int32Array.from(base),
    interval: Uint8Array.from(interval),
    y: Uint8Array.from(y),
    weight: Float64Array.from(w),
  };
}
