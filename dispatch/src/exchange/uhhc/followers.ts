import type { HomeCare } from './read.ts';

/**
 * For each patient the others who come best right after, cheapest first: by what that costs at least in driving, waiting and
 * tardiness, given the windows.
 */
export function followers(problem: HomeCare, most: number): Int32Array[] {
  const { patients, travel, places, weights, windowsAtEnd } = problem;
  const least = (a: number, b: number): number => {
    const [first, second] = [patients[a]!, patients[b]!];
    const lasts = first.services[0]!.lasts;
    const way = travel[first.place * places + second.place] as number;
    const ends = windowsAtEnd ? second.services[0]!.lasts : 0;
    let best = Number.POSITIVE_INFINITY;
    for (const one of first.windows)
      for (const two of second.windows) {
        const soonest = one.from + lasts + way;
        const latest = Math.max(soonest, one.to + (windowsAtEnd ? 0 : lasts) + way);
        const wait = Math.max(0, two.from - latest);
        const late = Math.max(0, soonest + ends - two.to);
        best = Math.min(best, weights.waiting * wait + weights.tardiness * late);
      }
    return weights.travel * way + best;
  };
  const all = [...patients.keys()];
  return all.map((a) => {
    const costs = all.map((b) => (a === b ? Number.POSITIVE_INFINITY : least(a, b)));
    const sorted = all.filter((b) => a !== b).sort((b, c) => (costs[b] as number) - (costs[c] as number) || b - c);
    return Int32Array.from(sorted.slice(0, most));
  });
}
