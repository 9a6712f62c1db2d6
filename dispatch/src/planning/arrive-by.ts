import type { Stop } from '../solver/plan.ts';

/**
 * By when the engineer is there four times in five, for each stop of a day: work before it may take longer than planned.
 * `spreads[i]` says by how many seconds the p80 of the work at stop `i` is beyond what was planned for it.
 *
 * Kinds of work run late independently, so their spreads add up as the root of the sum of squares, as those of normal
 * variables do; time to spare before a departure takes up as much of the delay. Ways count as planned. Seconds, whole.
 */
export function arriveBy(stops: readonly Stop[], spreads: readonly number[]): number[] {
  let delay = 0;
  let done = Number.NEGATIVE_INFINITY;
  return stops.map(({ departAt, arriveAt, endAt }, i) => {
    delay = Math.max(0, delay - Math.max(0, departAt - done));
    const by = arriveAt + Math.round(delay);
    delay = Math.hypot(delay, spreads[i] ?? 0);
    done = endAt;
    return by;
  });
}
