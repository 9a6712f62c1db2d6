import { FLOOD_BEGINS, FLOOD_ENDS, HOUR, type Instant, MINUTE } from '@uptower/domain';

const PERIOD_MS = 10 * MINUTE;
const BUSY_HOUR = 30;

export interface Rates {
  readonly peakTenMinutes: number;
  readonly peakAt: Instant | null;
  readonly busyPeriods: number;
  readonly busyHours: number;
  readonly flood: number;
  readonly floods: number;
}

/** How many instants fall into each stretch of `[from, to)`; sparse: most are empty. */
function counted(times: readonly Instant[], from: Instant, ms: number): Map<number, number> {
  const counts = new Map<number, number>();
  for (const at of times) {
    const i = Math.floor((at - from) / ms);
    counts.set(i, (counts.get(i) ?? 0) + 1);
  }
  return counts;
}

/**
 * Peaks and floods of alarms that were told at `times`, all within `[from, to)`, shared evenly by `operators`. A flood
 * begins with a ten-minute period of more than ten alarms and ends with one of fewer than five (ISA-18.2). Pure.
 */
export function ratesOf(times: readonly Instant[], from: Instant, to: Instant, operators: number): Rates {
  const periods = Math.max(1, Math.ceil((to - from) / PERIOD_MS));
  const hours = Math.max(1, Math.ceil((to - from) / HOUR));
  const counts = [...counted(times, from, PERIOD_MS)].sort(([a], [b]) => a - b);
  let peak: readonly [number, number] | null = null;
  let [busy, flooded, floods] = [0, 0, 0];
  let last: number | null = null;
  for (const [i, count] of counts) {
    const each = count / operators;
    if (!peak || each > peak[1]) peak = [i, each];
    if (each > FLOOD_BEGINS) busy += 1;
    const goesOn = last === i - 1 && each >= FLOOD_ENDS;
    if (!goesOn && each <= FLOOD_BEGINS) continue;
    if (!goesOn) floods += 1;
    flooded += 1;
    last = i;
  }
  const busyHours = [...counted(times, from, HOUR).values()].filter((count) => count / operators > BUSY_HOUR).length;
  return {
    peakTenMinutes: peak?.[1] ?? 0,
    peakAt: peak && from + peak[0] * PERIOD_MS,
    busyPeriods: busy / periods,
    busyHours: busyHours / hours,
    flood: flooded / periods,
    floods,
  };
}
