/**
 * Seeded chance without state: every random figure of the world is a hash of (seed, who, when). A reading of last Tuesday
 * can then be computed again after a crash, byte for byte, and nothing but repairs has to be remembered.
 */

/** Avalanche of a 32-bit integer (the finalizer of MurmurHash3, Appleby, public domain). */
function avalanche(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Joins two 32-bit integers into one well-mixed one. */
export function mix(a: number, b: number): number {
  return avalanche((a ^ Math.imul(b | 0, 0x9e3779b1)) + 0x7f4a7c15);
}

/** FNV-1a of a text, mixed into a seed: names a stream of chance. */
export function seedOf(seed: number, ...names: readonly string[]): number {
  let h = mix(seed, 0x811c9dc5);
  for (const name of names) {
    for (let i = 0; i < name.length; i++) h = Math.imul(h ^ name.charCodeAt(i), 0x01000193);
    h = avalanche(h);
  }
  return h >>> 0;
}

/** Uniform in [0, 1) for this stream and index. */
export function unit(seed: number, index: number): number {
  return mix(seed, index) / 4_294_967_296;
}

/**
 * Nearly normal, mean 0, deviation 1, never beyond ±3.5: the sum of the four bytes of one hash (Irwin–Hall). Bounded on
 * purpose, so that "noise never reaches the limit" can be true rather than likely.
 */
export function bell(seed: number, index: number): number {
  const h = mix(seed, index);
  const sum = (h & 255) + ((h >>> 8) & 255) + ((h >>> 16) & 255) + (h >>> 24);
  return (sum - 510) / 147.8; // four uniform bytes: variance 4 · (256² − 1) / 12 = 147.8²
}

/** Slow smooth wandering in [−1, 1]: hashed lattice points a `periodMs` apart, smoothstep between them. */
export function wander(seed: number, t: number, periodMs: number): number {
  const x = t / periodMs;
  const i = Math.floor(x);
  const f = x - i;
  const s = f * f * (3 - 2 * f);
  return (unit(seed, i) * (1 - s) + unit(seed, i + 1) * s) * 2 - 1;
}

/** A sequence of draws for building things once. */
export interface Draws {
  next(): number;
  range(from: number, to: number): number;
  /** Whole number in [from, to]. */
  int(from: number, to: number): number;
  pick<T>(items: readonly T[]): T;
}

export function draws(seed: number, ...names: readonly string[]): Draws {
  const base = seedOf(seed, ...names);
  let n = 0;
  const next = () => unit(base, n++);
  return {
    next,
    range: (from, to) => from + (to - from) * next(),
    int: (from, to) => from + Math.floor((to - from + 1) * next()),
    pick: (items) => {
      const item = items[Math.floor(items.length * next())];
      if (item === undefined) throw new Error('nothing to pick from');
      return item;
    },
  };
}
