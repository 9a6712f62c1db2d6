/** Moments of a component of a fleet in order of time, judged; times in hours. */
export interface Judged {
  readonly at: Float64Array;
  readonly device: Int32Array;
  /** Hours to the failure, Infinity when none is known; and until observation or the part ended. */
  readonly failsIn: Float64Array;
  readonly seenFor: Float64Array;
  readonly p: Float64Array;
}

/**
 * The moments at which a threshold would have opened an order: one order a problem, open until the failure, the
 * replacement, or the horizon.
 */
export function shadowOrders(
  judged: Judged,
  threshold: number,
  horizonHours: number,
): { row: number; failed: boolean }[] {
  const openUntil = new Map<number, number>();
  const orders: { row: number; failed: boolean }[] = [];
  for (let row = 0; row < judged.p.length; row += 1) {
    if ((judged.p[row] as number) < threshold) continue;
    const device = judged.device[row] as number;
    const at = judged.at[row] as number;
    if (at < (openUntil.get(device) ?? Number.NEGATIVE_INFINITY)) continue;
    const lasts = Math.min(horizonHours, judged.failsIn[row] as number, judged.seenFor[row] as number);
    openUntil.set(device, at + lasts);
    orders.push({ row, failed: (judged.failsIn[row] as number) <= horizonHours });
  }
  return orders;
}
