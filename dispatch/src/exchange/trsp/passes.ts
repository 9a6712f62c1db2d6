import { AT, dropIfDominated, type Tours, WIDTH } from './tours.ts';

const DEPOT = 0;

/**
 * The ways a route can pass the depot, as pieces (tours.ts): by i, the first i stops with the depot somewhere before the
 * last of them, and the stops from i on with it somewhere after the first. Of those that nothing can tell apart to their
 * harm only the best are kept, mostly two or three, so that a further stop is priced in a few steps a place.
 */
export class Passes {
  private readonly tours: Tours;
  private readonly home: number;
  private readonly stops: readonly number[];
  private readonly firstRequest: number;
  private readonly alone: number;
  private readonly tails: readonly number[];
  /** Home, the first i stops, the depot; by i up to `alone`. Beyond a piece that comes too late there are no more. */
  private readonly leaving: number[] = [];
  /** Pieces of i are at `gone[goneFrom[i]]` until `goneFrom[i + 1]`. */
  private readonly gone: number[] = [];
  private readonly goneFrom: number[] = [0, 0];
  /** The depot, the stops from i on, home; by i up to `alone`. Made, as the rest, by `suffixes`: few routes need them. */
  private arriving: number[] | null = null;
  /** Pieces of i are at `ahead[aheadFrom[i]]` until `aheadTo[i]`, earlier passes first. */
  private readonly ahead: number[] = [];
  private readonly aheadFrom: number[] = [];
  private readonly aheadTo: number[] = [];
  private readonly scratch = [0, 0, 0, 0];

  constructor(
    tours: Tours,
    home: number,
    stops: readonly number[],
    firstRequest: number,
    { alone, heads, tails }: { alone: number; heads: readonly number[]; tails: readonly number[] },
  ) {
    this.tours = tours;
    this.home = home;
    this.stops = stops;
    this.firstRequest = firstRequest;
    this.alone = alone;
    this.tails = tails;
    const { gone, goneFrom, leaving } = this;
    for (let i = 0; i <= alone; i++)
      if (!tours.append(heads, WIDTH * i, this.placeAt(i - 1), DEPOT, leaving, leaving.length, i)) break;
    for (let i = 0; i < stops.length; i++) {
      const here = this.placeAt(i);
      const since = gone.length;
      if (WIDTH * i < leaving.length) tours.append(leaving, WIDTH * i, DEPOT, here, gone, gone.length, i);
      for (let k = goneFrom[i] as number; k < since; k += WIDTH)
        if (tours.append(gone, k, this.placeAt(i - 1), here, gone, gone.length, gone[k + AT] as number))
          dropIfDominated(gone, since);
      goneFrom.push(gone.length);
    }
  }

  /** The whole route, the depot passed at its cheapest. */
  cheapest(): { cost: number; at: number } {
    const { tours, home, tails, gone, leaving, stops } = this;
    const end = WIDTH * stops.length;
    let [cost, at] = [Number.POSITIVE_INFINITY, -1];
    if (end < leaving.length) {
      cost = tours.together(leaving, end, tours.way(DEPOT, home), tails, end);
      at = stops.length;
    }
    const last = this.placeAt(stops.length - 1);
    for (let k = this.goneFrom[stops.length] as number; k < gone.length; k += WIDTH) {
      const duration = tours.together(gone, k, tours.way(last, home), tails, end);
      if (duration >= cost) continue;
      cost = duration;
      at = gone[k + AT] as number;
    }
    return { cost, at };
  }

  /** How long the route takes with a further stop before stop i, `on` away from the next, the depot passed before it. */
  before(i: number, place: number, on: number, tails: readonly number[]): number {
    const { tours, gone, goneFrom, leaving, scratch } = this;
    let least = Number.POSITIVE_INFINITY;
    if (WIDTH * i < leaving.length) {
      if (tours.append(leaving, WIDTH * i, DEPOT, place, scratch, 0, i))
        least = tours.together(scratch, 0, on, tails, WIDTH * i);
    }
    const last = this.placeAt(i - 1);
    const end = goneFrom[i + 1] as number;
    for (let k = goneFrom[i] as number; k < end; k += WIDTH) {
      if (!tours.append(gone, k, last, place, scratch, 0, i)) continue;
      const duration = tours.together(scratch, 0, on, tails, WIDTH * i);
      if (duration < least) least = duration;
    }
    return least;
  }

  /** The depot passed after the further stop: `piece` is all up to and with it. `most`: as `Goods.mostBefore` says. */
  after(i: number, piece: readonly number[], place: number, on: number, most: number): number {
    const { tours, ahead, aheadFrom } = this;
    const arriving = this.arriving ?? this.suffixes();
    let least = tours.together(piece, 0, tours.way(place, DEPOT), arriving, WIDTH * i);
    const end = this.aheadTo[i] as number;
    for (let k = aheadFrom[i] as number; k < end && (ahead[k + AT] as number) <= most; k += WIDTH) {
      const duration = tours.together(piece, 0, on, ahead, k);
      if (duration < least) least = duration;
    }
    return least;
  }

  private suffixes(): number[] {
    const { tours, tails, alone, ahead, aheadFrom, aheadTo } = this;
    const arriving: number[] = [];
    for (let i = 0; i <= alone; i++)
      if (!tours.prepend(DEPOT, tails, WIDTH * i, this.placeAt(i), arriving, arriving.length, i))
        arriving.push(Number.POSITIVE_INFINITY, 0, Number.NEGATIVE_INFINITY, i);
    aheadFrom[alone] = aheadTo[alone] = 0;
    for (let i = alone - 1; i >= 0; i--) {
      const since = ahead.length;
      const here = this.placeAt(i);
      tours.prepend(here, arriving, WIDTH * (i + 1), DEPOT, ahead, ahead.length, i + 1);
      const end = aheadTo[i + 1] as number;
      for (let k = aheadFrom[i + 1] as number; k < end; k += WIDTH)
        if (tours.prepend(here, ahead, k, this.placeAt(i + 1), ahead, ahead.length, ahead[k + AT] as number))
          dropIfDominated(ahead, since);
      aheadFrom[i] = since;
      aheadTo[i] = ahead.length;
    }
    this.arriving = arriving;
    return arriving;
  }

  private placeAt(stop: number): number {
    return stop < 0 || stop >= this.stops.length ? this.home : this.firstRequest + (this.stops[stop] as number);
  }
}
