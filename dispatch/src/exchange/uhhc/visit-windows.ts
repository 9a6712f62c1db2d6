import type { HomeCare } from './read.ts';

/** When a visit may begin, and how late that is. A patient has one window or several, the first to open first. */
export class VisitWindows {
  private readonly problem: HomeCare;
  private readonly from: readonly Int32Array[];
  private readonly to: readonly Int32Array[];

  constructor(problem: HomeCare) {
    this.problem = problem;
    this.from = problem.patients.map(({ windows }) => Int32Array.from(windows, ({ from }) => from));
    this.to = problem.patients.map(({ windows }) => Int32Array.from(windows, ({ to }) => to));
  }

  /** The start from `ready` on, of a visit that takes `lasts`, that costs least in waiting and tardiness. */
  fit(patient: number, ready: number, lasts: number): number {
    const from = this.from[patient] as Int32Array;
    if (from.length === 1) return Math.max(ready, from[0] as number);
    const to = this.to[patient] as Int32Array;
    const { weights, windowsAtEnd } = this.problem;
    let [best, least] = [0, Number.POSITIVE_INFINITY];
    for (let w = 0; w < from.length; w++) {
      const start = Math.max(ready, from[w] as number);
      const late = start + (windowsAtEnd ? lasts : 0) - (to[w] as number);
      const cost = (late > 0 ? weights.tardiness * late : 0) + (weights.waiting + 0.5) * (start - ready);
      if (cost >= least) continue;
      [best, least] = [start, cost];
    }
    return best;
  }

  /** Minutes past the end of the window it is least late for, of those that are open by its start. */
  late(patient: number, start: number, lasts: number): number {
    const from = this.from[patient] as Int32Array;
    const to = this.to[patient] as Int32Array;
    const moment = this.problem.windowsAtEnd ? start + lasts : start;
    let least = Number.MAX_SAFE_INTEGER;
    for (let w = 0; w < from.length; w++) {
      if (start < (from[w] as number)) break;
      least = Math.min(least, Math.max(0, moment - (to[w] as number)));
    }
    return least;
  }
}
