import { LATEST, type ProblemBreak, type Window } from './problem.ts';

/** No such moment. */
export const NEVER = Number.POSITIVE_INFINITY;

/** The first moment from `moment` on in a window; windows are sorted and apart. None given: any moment. */
export function firstIn(windows: readonly Window[], moment: number): number {
  if (windows.length === 0) return moment;
  for (const [from, to] of windows) if (moment <= to) return Math.max(moment, from);
  return NEVER;
}

/** The last moment up to `moment` in a window, or -Infinity. */
export function lastIn(windows: readonly Window[], moment: number): number {
  if (windows.length === 0) return moment;
  for (let k = windows.length - 1; k >= 0; k--) {
    const [from, to] = windows[k] as Window;
    if (moment >= from) return Math.min(moment, to);
  }
  return Number.NEGATIVE_INFINITY;
}

/**
 * When a vehicle that is ready at `ready` arrives after `travel` seconds of driving and breaks number `first` up to, not
 * including, `end` on the way. A break may interrupt the drive; while its window is not open yet, driving goes on.
 */
export function arriveAfter(
  breaks: readonly ProblemBreak[],
  first: number,
  end: number,
  ready: number,
  travel: number,
): number {
  let moment = ready;
  let left = travel;
  for (let k = first; k < end; k++) {
    const { windows, service } = breaks[k] as ProblemBreak;
    const start = firstIn(windows, moment);
    if (start === NEVER) return NEVER;
    left -= Math.min(left, start - moment);
    moment = start + service;
  }
  return moment + left;
}

/** The mirror of `arriveAfter`: when to be ready at the latest, to arrive by `by`. -Infinity: too late in any case. */
export function readyBefore(
  breaks: readonly ProblemBreak[],
  first: number,
  end: number,
  by: number,
  travel: number,
): number {
  let moment = by;
  let left = travel;
  for (let k = end - 1; k >= first; k--) {
    const { windows, service } = breaks[k] as ProblemBreak;
    const start = lastIn(windows, moment - service);
    if (start === Number.NEGATIVE_INFINITY) return start;
    left -= Math.min(left, moment - service - start);
    moment = start;
  }
  return Math.max(moment - left, -LATEST);
}
