import type { Window } from './problem.ts';

/** One thing that begins at a moment of its own, in a chain of such things. */
export interface Link {
  /** From the beginning of the one before to that of this one at the least. */
  readonly after: number;
  /** When it should begin; empty: whenever. */
  readonly windows: readonly Window[];
  /** When it must. */
  readonly from: number;
  readonly to: number;
}

/**
 * Moments for a chain that leave the windows by as few seconds in sum as possible; among those the chain ends as early as
 * it can, and each begins as late as that end allows. Null when the hard bounds cannot be met.
 *
 * Take u_i = t_i − (sum of `after` up to i): then u never falls along the chain, and each window's cost is piecewise linear
 * in u. There is a best solution in which every u is a corner of some cost (move a run of equal u until one is met), so a
 * table over corners is exact: best(i, u) = cost_i(u) + min over u' ≤ u of best(i − 1, u').
 */
export function leastLate(links: readonly Link[]): number[] | null {
  const offsets: number[] = [];
  let sum = 0;
  for (const { after } of links) {
    sum += after;
    offsets.push(sum);
  }
  const values = new Set<number>();
  links.forEach(({ windows, from, to }, i) => {
    for (const moment of [from, to, ...windows.flat()]) values.add(moment - (offsets[i] as number));
  });
  const corners = Float64Array.from(values).sort();
  const size = corners.length;
  const least: Float64Array[] = []; // by link: the best with u up to each corner
  const exact: Float64Array[] = [];
  let before: Float64Array | null = null;
  for (const [i, link] of links.entries()) {
    const here = new Float64Array(size);
    const upTo = new Float64Array(size);
    for (let c = 0; c < size; c++) {
      const moment = (corners[c] as number) + (offsets[i] as number);
      const hard = moment < link.from || moment > link.to ? Number.POSITIVE_INFINITY : outside(link.windows, moment);
      here[c] = hard + (before === null ? 0 : (before[c] as number));
      upTo[c] = c === 0 ? (here[c] as number) : Math.min(upTo[c - 1] as number, here[c] as number);
    }
    exact.push(here);
    least.push(upTo);
    before = upTo;
  }
  const moments: number[] = new Array(links.length);
  let corner = -1;
  for (let i = links.length - 1; i >= 0; i--) {
    const [here, upTo] = [exact[i] as Float64Array, least[i] as Float64Array];
    if (i === links.length - 1) {
      const best = upTo[size - 1] as number;
      if (best === Number.POSITIVE_INFINITY) return null;
      corner = here.indexOf(best);
    } else {
      const best = upTo[corner] as number;
      while ((here[corner] as number) > best) corner--;
    }
    moments[i] = (corners[corner] as number) + (offsets[i] as number);
  }
  return moments;
}

/** Seconds from the nearest window; negative when early. */
export function offWindow(windows: readonly Window[], moment: number): number {
  let nearest = windows.length === 0 ? 0 : Number.POSITIVE_INFINITY;
  for (const [from, to] of windows) {
    const off = moment < from ? moment - from : moment > to ? moment - to : 0;
    if (Math.abs(off) < Math.abs(nearest)) nearest = off;
  }
  return nearest;
}

function outside(windows: readonly Window[], moment: number): number {
  return Math.abs(offWindow(windows, moment));
}
