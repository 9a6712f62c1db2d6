/**
 * A piece of a route as seen from outside: how long it takes at least, and when it may begin so that it takes no longer.
 * Two pieces join in a few additions: Vidal, Crainic, Gendreau and Prins, "A hybrid genetic algorithm with adaptive
 * diversity management for a large class of vehicle routing problems with time-windows", Computers & Operations
 * Research 40(1), 2013, section 4.3, here without time warp: a piece that breaks a window does not exist.
 */
export interface Segment {
  /** Place at its two ends. */
  readonly first: number;
  readonly last: number;
  duration: number;
  /** Begun from `earliest` to `latest` it takes `duration`; begun sooner it waits, begun later it breaks a window. */
  earliest: number;
  latest: number;
}

/** `a`, then `travel`, then `b`; null when `b` cannot be reached in time. */
export function join(a: Segment, travel: number, b: Segment): Segment | null {
  const offset = a.duration + travel;
  if (a.earliest + offset > b.latest) return null;
  const wait = Math.max(0, b.earliest - offset - a.latest);
  return {
    first: a.first,
    last: b.last,
    duration: offset + b.duration + wait,
    earliest: Math.max(b.earliest - offset, a.earliest) - wait,
    latest: Math.min(b.latest - offset, a.latest),
  };
}

/** What `join` would take, or Infinity. */
export function joinedDuration(a: Segment, travel: number, b: Segment): number {
  const offset = a.duration + travel;
  if (a.earliest + offset > b.latest) return Number.POSITIVE_INFINITY;
  return offset + b.duration + Math.max(0, b.earliest - offset - a.latest);
}
