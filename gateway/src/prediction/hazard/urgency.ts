import { sigmoid } from './boost.ts';
import { logit } from './calibrate.ts';
import type { Judged } from './shadow.ts';

/**
 * A probability of failing, less what can wait: its odds times the urgency, as a probability. `urgency` is, of failures
 * like this one, the share that a later order would lose (0 to 1).
 *
 * Optimal stopping, one step ahead (Chow, Robbins & Siegmund 1971, "Great expectations"; learned from paths as in Longstaff
 * & Schwartz 2001): let a false order cost c failures. An order now is worth p − c (1 − p). One that waits for a moment at
 * least as sure is worth p (1 − urgency), and costs nothing where that moment does not come. So the order is worth opening
 * now when p × urgency ≥ c (1 − p).
 */
export const pressing = (probability: number, urgency: number): number =>
  sigmoid(logit(probability) + Math.log(Math.max(1e-6, urgency)));

/** A fixed threshold is of failures of which this share is lost by waiting; surer ones need less, doubtful ones more. */
const USUAL_URGENCY = 0.25;

/** Whether, by a fixed threshold (a probability), it is time to say so: likely enough, and waiting would lose too much. */
export const isDue = (probability: number, urgency: number, threshold: number): boolean =>
  probability >= threshold && pressing(probability, urgency) >= pressing(threshold, USUAL_URGENCY);

/**
 * What waiting would have lost: by row of the moments from which a failure was at most the horizon and at least the lead
 * away, whether no later one of these said it at least as surely.
 */
export function lastChances(judged: Judged, leadHours: number, horizonHours: number): Map<number, boolean> {
  const { at, device, failsIn, p } = judged;
  const chances = new Map<number, boolean>();
  const surest = new Map<number, { failsAt: number; p: number }>();
  for (let row = p.length - 1; row >= 0; row -= 1) {
    const fails = failsIn[row] as number;
    if (!(fails >= leadHours && fails <= horizonHours)) continue;
    const failsAt = (at[row] as number) + fails;
    const known = surest.get(device[row] as number);
    const later = known && Math.abs(known.failsAt - failsAt) < 1e-3 ? known.p : Number.NEGATIVE_INFINITY;
    chances.set(row, (p[row] as number) > later);
    surest.set(device[row] as number, { failsAt, p: Math.max(later, p[row] as number) });
  }
  return chances;
}
