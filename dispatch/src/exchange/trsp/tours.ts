import type { TrspProblem } from './read.ts';

/**
 * Pieces of a route as seen from outside: how long one takes at least (`duration`), and when it may begin so that it takes
 * no longer (`earliest` to `latest`). Two pieces join in a few additions: Vidal, Crainic, Gendreau and Prins, "A hybrid
 * genetic algorithm with adaptive diversity management for a large class of vehicle routing problems with time-windows",
 * Computers & Operations Research 40(1), 2013, section 4.3, here without time warp: a piece that breaks a window does not
 * exist. Pieces lie in plain arrays, `WIDTH` numbers each, as a search makes millions of them.
 */
export const WIDTH = 4;
export const DURATION = 0;
export const EARLIEST = 1;
export const LATEST = 2;
/** Before which stop the depot is passed. */
export const AT = 3;

/** Windows are kept to within rounding, so that a place found by adding from one side is there when added from the other. */
const ROUNDING = 1e-9;

/** Places by their id: 0 the depot, then technicians, then requests. */
export class Tours {
  readonly places: number;
  readonly travel: Float64Array;
  readonly open: Float64Array;
  readonly close: Float64Array;
  readonly service: Float64Array;

  constructor({ depot, technicians, requests }: TrspProblem) {
    const all = [depot, ...technicians, ...requests];
    this.places = all.length;
    this.travel = Float64Array.from(all.flatMap((a) => all.map((b) => Math.hypot(a.x - b.x, a.y - b.y))));
    this.open = Float64Array.from(all, ({ from }) => from);
    this.close = Float64Array.from(all, ({ to }) => to);
    const still = 1 + technicians.length;
    this.service = Float64Array.from(all, (_, id) => (id < still ? 0 : requests[id - still]!.service));
  }

  way(from: number, to: number): number {
    return this.travel[from * this.places + to] as number;
  }

  /** The place alone, as a piece. */
  alone(place: number): number[] {
    return [this.service[place] as number, this.open[place] as number, this.close[place] as number, -1];
  }

  /**
   * The piece of `from` at `k`, which ends at place `last`, then `place`: put into `into` at `m`, with `at` as its depot.
   * False, and nothing put, when that comes too late.
   */
  append(
    from: readonly number[],
    k: number,
    last: number,
    place: number,
    into: number[],
    m: number,
    at: number,
  ): boolean {
    const offset = (from[k] as number) + (this.travel[last * this.places + place] as number);
    const close = this.close[place] as number;
    const earliest = from[k + EARLIEST] as number;
    if (earliest + offset > close + ROUNDING) return false;
    const latest = from[k + LATEST] as number;
    const due = (this.open[place] as number) - offset;
    const wait = Math.max(0, due - latest);
    into[m] = offset + (this.service[place] as number) + wait;
    into[m + EARLIEST] = Math.max(due, earliest) - wait;
    into[m + LATEST] = Math.min(close - offset, latest);
    into[m + AT] = at;
    return true;
  }

  /** `place`, then the piece of `from` at `k`, which begins at place `first`. Else as `append`. */
  prepend(
    place: number,
    from: readonly number[],
    k: number,
    first: number,
    into: number[],
    m: number,
    at: number,
  ): boolean {
    const offset = (this.service[place] as number) + (this.travel[place * this.places + first] as number);
    const open = this.open[place] as number;
    const until = (from[k + LATEST] as number) - offset;
    if (open > until + ROUNDING) return false;
    const close = this.close[place] as number;
    const due = (from[k + EARLIEST] as number) - offset;
    const wait = Math.max(0, due - close);
    into[m] = offset + (from[k] as number) + wait;
    into[m + EARLIEST] = Math.max(due, open) - wait;
    into[m + LATEST] = Math.min(until, close);
    into[m + AT] = at;
    return true;
  }

  /** How long the piece of `a` at `k` and that of `b` at `m` take together with `travel` between them, or Infinity. */
  together(a: readonly number[], k: number, travel: number, b: readonly number[], m: number): number {
    const offset = (a[k] as number) + travel;
    if ((a[k + EARLIEST] as number) + offset > (b[m + LATEST] as number) + ROUNDING) return Number.POSITIVE_INFINITY;
    const wait = (b[m + EARLIEST] as number) - offset - (a[k + LATEST] as number);
    return offset + (b[m] as number) + Math.max(0, wait);
  }
}

/**
 * Takes the last piece of `list` off again when one between `since` and it is as good whatever comes before or after: no
 * longer, begun as late, ended as early.
 */
export function dropIfDominated(list: number[], since: number): void {
  const last = list.length - WIDTH;
  const duration = list[last] as number;
  const end = duration + (list[last + EARLIEST] as number);
  const latest = list[last + LATEST] as number;
  for (let k = since; k < last; k += WIDTH) {
    const other = list[k] as number;
    if (other > duration || other + (list[k + EARLIEST] as number) > end || (list[k + LATEST] as number) < latest)
      continue;
    list.length = last;
    return;
  }
}
