import type { Insertion, ModelRoute, RouteModel } from '../../routing/route-model.ts';
import { Goods } from './goods.ts';
import { Passes } from './passes.ts';
import type { TrspProblem } from './read.ts';
import { LATEST, Tours, WIDTH } from './tours.ts';

/**
 * Routes of technicians. Cost: working time, from leaving home to being back, left as late as the first window allows.
 * Stops and tasks are requests, numbered as in the problem. The depot is no stop: each route knows the cheapest place to
 * pass it, or that it need not.
 */
export interface TrspRoute extends ModelRoute {
  /** The depot is passed before the stop of this index (their number: before home); -1: not at all. */
  readonly depotAt: number;
  /** How many stops from the start on need nothing from the depot. */
  readonly alone: number;
  /** Pieces (tours.ts): home and the first i stops, by i, as if nobody needed the depot. */
  readonly heads: readonly number[];
  /** The stops from i on and home, by i. */
  readonly tails: readonly number[];
  /** The same with the depot on the way; made when first asked for. */
  passes: Passes | null;
}

export class TrspModel implements RouteModel<TrspRoute> {
  readonly vehicleCount: number;
  readonly taskCount: number;
  readonly keys: RouteModel<TrspRoute>['keys'];
  private readonly problem: TrspProblem;
  private readonly tours: Tours;
  private readonly goods: Goods;
  private readonly candidates: readonly Int32Array[];
  private readonly leftOut: number;

  constructor(problem: TrspProblem) {
    this.problem = problem;
    const { technicians, requests } = problem;
    this.vehicleCount = technicians.length;
    this.taskCount = requests.length;
    this.tours = new Tours(problem);
    this.goods = new Goods(problem);
    // A whole day: no route lasts longer, so to serve one more request is worth a technician.
    this.leftOut = 1 + technicians.reduce((most, { from, to }) => Math.max(most, to - from), 0);
    this.candidates = requests.map((request, r) => {
      const able = technicians.flatMap(({ skills }, t) => (request.skills.every((s) => skills.includes(s)) ? [t] : []));
      return Int32Array.from(able.filter((t) => this.build(t, [r]) !== null));
    });
    const key = (of: (request: number) => number) => Float64Array.from(requests, (_, r) => of(r));
    this.keys = [
      { weight: 2, key: key((r) => requests[r]!.to - requests[r]!.from) },
      { weight: 2, key: key((r) => requests[r]!.from) },
      { weight: 2, key: key((r) => -requests[r]!.to) },
      { weight: 4, key: key((r) => this.candidates[r]!.length) },
    ];
  }

  kindOf(vehicle: number): number {
    return vehicle;
  }
  vehiclesFor(task: number): Int32Array {
    return this.candidates[task] as Int32Array;
  }
  taskOf(stop: number): number {
    return stop;
  }
  leftOutCost(): number {
    return this.leftOut;
  }
  fixedCost(task: number): number {
    return this.problem.requests[task]!.service;
  }
  apart(a: number, b: number): number {
    return Math.min(this.after(a, b), this.after(b, a));
  }
  /** Minutes b costs next after a: the way, and what waiting or being late no other hour of the two can help. */
  private after(a: number, b: number): number {
    const { open, close, service } = this.tours;
    const [from, to] = [this.placeOf(a), this.placeOf(b)];
    const way = this.way(from, to);
    const wait = (open[to] as number) - (close[from] as number) - (service[from] as number) - way;
    const late = (open[from] as number) + (service[from] as number) + way - (close[to] as number);
    return way + Math.max(0, wait) + Math.max(0, late);
  }
  way(from: number, to: number): number {
    return this.tours.way(from, to);
  }
  placeOf(request: number): number {
    return 1 + this.vehicleCount + request;
  }

  empty(vehicle: number): TrspRoute {
    const home = this.tours.alone(1 + vehicle);
    return { vehicle, stops: [], cost: 0, depotAt: -1, alone: 0, heads: home, tails: home, passes: null };
  }

  build(vehicle: number, stops: readonly number[]): TrspRoute | null {
    const { tours } = this;
    const home = 1 + vehicle;
    const count = stops.length;
    const heads = tours.alone(home);
    let last = home;
    for (let i = 0; i < count; i++) {
      const place = this.placeOf(stops[i] as number);
      if (!tours.append(heads, WIDTH * i, last, place, heads, WIDTH * (i + 1), -1)) return null;
      last = place;
    }
    const tails = heads.slice();
    for (let f = 0; f < WIDTH; f++) tails[WIDTH * count + f] = heads[f] as number;
    last = home;
    for (let i = count - 1; i >= 0; i--) {
      const place = this.placeOf(stops[i] as number);
      if (!tours.prepend(place, tails, WIDTH * (i + 1), last, tails, WIDTH * i, -1)) return null;
      last = place;
    }
    const alone = this.goods.aloneUntil(vehicle, stops);
    const route = { vehicle, stops, cost: 0, depotAt: -1, alone, heads, tails, passes: null };
    if (alone === count) {
      route.cost = tours.together(heads, 0, tours.way(home, last), tails, 0);
      return route.cost === Number.POSITIVE_INFINITY ? null : route;
    }
    const passes = new Passes(tours, home, stops, 1 + this.vehicleCount, route);
    const { cost, at } = passes.cheapest();
    return cost === Number.POSITIVE_INFINITY ? null : { ...route, cost, depotAt: at, passes };
  }

  /** When to leave home at the latest, so that the route takes no longer than it must. */
  latestLeave(vehicle: number, stops: readonly number[], depotAt: number): number {
    const home = 1 + vehicle;
    const places = [...stops.map((stop) => this.placeOf(stop)), home];
    if (depotAt >= 0) places.splice(depotAt, 0, 0);
    const pieces = this.tours.alone(home);
    let last = home;
    places.forEach((place, i) => {
      if (!this.tours.append(pieces, WIDTH * i, last, place, pieces, pieces.length, -1))
        throw new Error(`technician ${vehicle} cannot drive this route`);
      last = place;
    });
    return pieces[WIDTH * places.length + LATEST] as number;
  }

  /**
   * For each place of the request: without the depot; with it before the request; with it after. What comes before the
   * depot must do with the technician's own tools and parts. The way by the depot is never the shorter one, so a place
   * that is too dear without it is not looked at any further.
   */
  bestInsertion(route: TrspRoute, task: number, into: Insertion): boolean {
    const { vehicle, stops, heads, tails, alone } = route;
    const { tours } = this;
    const count = stops.length;
    const home = 1 + vehicle;
    const place = this.placeOf(task);
    // The request on own goods: at most so many of the other stops come before the depot.
    const most = this.goods.mostBefore(vehicle, stops, alone, task);
    const needless = most === count;
    const piece = this.piece;
    let least = Number.POSITIVE_INFINITY;
    let last = home;
    for (let i = 0; i <= count; i++) {
      const head = WIDTH * i;
      const next = i === count ? home : this.placeOf(stops[i] as number);
      const on = tours.way(place, next);
      if (!tours.append(heads, head, last, place, piece, 0, -1)) break;
      const straight = tours.together(piece, 0, on, tails, head);
      if (straight < least) {
        let duration = straight;
        if (!needless) {
          const passes = route.passes ?? this.passesOf(route);
          duration = Number.POSITIVE_INFINITY;
          if (i <= most) duration = passes.after(i, piece, place, on, most);
          duration = Math.min(duration, passes.before(i, place, on, tails));
        }
        if (duration < least) {
          least = duration;
          into.at = i;
        }
      }
      last = next;
    }
    into.added = least - route.cost;
    return least < Number.POSITIVE_INFINITY;
  }
  private readonly piece = [0, 0, 0, 0];

  private passesOf(route: TrspRoute): Passes {
    route.passes = new Passes(this.tours, 1 + route.vehicle, route.stops, 1 + this.vehicleCount, route);
    return route.passes;
  }
}
