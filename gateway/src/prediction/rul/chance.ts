/** A seeded generator of uniform numbers in [0, 1): mulberry32 (Ettinger 2017, public domain). */
export type Chance = () => number;

export function chance(seed: number): Chance {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The first `count` of `items` after a Fisher–Yates shuffle of a copy. */
export function shuffled<T>(items: readonly T[], next: Chance, count = items.length): T[] {
  const copy = [...items];
  for (let i = 0; i < Math.min(count, copy.length - 1); i++) {
    const j = i + Math.floor(next() * (copy.length - i));
    [copy[i], copy[j]] = [copy[j]!, copy[i]!];
  }
  return copy.slice(0, count);
}
