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

/** Rows of a table for a booster; see `PeriodRows`. */
export interface LabelledRows {
  readonly base: Int32Array;
  readonly interval: Uint8Array;
  readonly y: Uint8Array;
  readonly weight: Float64Array;
}

const labelled = (rows: readonly (readonly [base: number, interval: number, y: number, weight: number])[]) => ({
  base: Int32Array.from(rows, ([base]) => base),
  interval: Uint8Array.from(rows, ([, interval]) => interval),
  y: Uint8Array.from(rows, ([, , y]) => y),
  weight: Float64Array.from(rows, ([, , , weight]) => weight),
});

/** Does it fail within the horizon? Moments after which nobody looked that long, and no failure came, say neither. */
export function whetherRows({ rows, failsIn, seenFor, weight }: Moments, horizonHours: number): LabelledRows {
  const made: [number, number, number, number][] = [];
  for (let r = 0; r < rows; r += 1) {
    const fails = (failsIn[r] as number) <= horizonHours;
    if (fails || (seenFor[r] as number) >= horizonHours) made.push([r, 0, fails ? 1 : 0, weight[r] as number]);
  }
  return labelled(made);
}

/**
 * When does it fail, if it fails within the horizon? Person-period rows of a discrete-time survival model (Singer &
 * Willett 1993, "It's about time"): a moment gives a row for each interval up to the one in which the component failed.
 * In the last interval all that are left fail; it needs no rows. An interval holds its beginning and not its end, so a
 * failure exactly `lead` ahead is in time.
 */
export function whenRows({ rows, failsIn, weight }: Moments, ends: readonly number[]): LabelledRows {
  const made: [number, number, number, number][] = [];
  for (let r = 0; r < rows; r += 1) {
    const fails = failsIn[r] as number;
    if (fails > (ends.at(-1) as number)) continue;
    for (let k = 0; k < ends.length - 1; k += 1) {
      const now = fails < (ends[k] as number);
      made.push([r, k, now ? 1 : 0, weight[r] as number]);
      if (now) break;
    }
  }
  return labelled(made);
}
