import type { Insertion, ModelRoute, RouteModel } from '../../routing/route-model.ts';
import { Reach } from './reach.ts';
import type { TrspProblem } from './read.ts';
import { join, joinedDuration, type Segment } from './segment.ts';

/**
 * Routes of technicians. Cost: working time, from leaving home to being back, left as late as the first window allows.
 * Stops and tasks are requests, numbered as in the problem. The depot is no stop: each route knows the cheapest place to
 * pass it, or that it need not.
 */
export interface TrspRoute extends ModelRoute {
  /** The depot is passed before the stop of this index (their number: before home); -1: not at all. */
  readonly depotAt: number;
  /** `heads[i]`: home and the first i stops, without the depot; null where windows or the depot's goods forbid. */
  readonly heads: readonly (Segment | null)[];
  /** `tails[i]`: the stops from i on, and home. */
  readonly tails: readonly (Segment | null)[];
}

export class TrspModel implements RouteModel<TrspRoute> {
  readonly vehicleCount: number;
  readonly taskCount: number;
  readonly keys: RouteModel<TrspRoute>['keys'];
  private readonly problem: TrspProblem;
  private readonly places: number;
  private readonly travel: Float64Array;
  private readonly single: readonly Segment[]; // by place id
  private readonly candidates: readonly Int32Array[];
  private readonly lacksTool: Uint8Array; // technician x request
  private readonly leftOut: number;
  private readonly reaches: readonly [Reach, Reach, Reach];

  constructor(problem: TrspProblem) {
    this.problem = problem;
    const { technicians, requests, depot } = problem;
    this.vehicleCount = technicians.length;
    this.taskCount = requests.length;
    const places = [depot, ...technicians, ...requests];
    this.places = places.length;
    this.travel = Float64Array.from(places.flatMap((a) => places.map((b) => Math.hypot(a.x - b.x, a.y - b.y))));
    const reach = () => new Reach(this.travel, this.places);
    this.reaches = [reach(), reach(), reach()];
    this.single = [...[depot, ...technicians].map((place) => ({ ...place, service: 0 })), ...requests].map(
      ({ id, from, to, service }) => ({ first: id, last: id, duration: service, earliest: from, latest: to }),
    );
    this.lacksTool = Uint8Array.from(
      technicians.flatMap(({ tools }) => requests.map((r) => (r.tools.every((tool) => tools.includes(tool)) ? 0 : 1))),
    );
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
  apart(a: number, b: number): number {
    return this.way(this.placeOf(a), this.placeOf(b));
  }
  way(from: number, to: number): number {
    return this.travel[from * this.places + to] as number;
  }
  placeOf(request: number): number {
    return 1 + this.vehicleCount + request;
  }

  empty(vehicle: number): TrspRoute {
    const home = this.single[1 + vehicle] as Segment;
    return { vehicle, stops: [], cost: 0, depotAt: -1, heads: [home], tails: [home] };
  }

  build(vehicle: number, stops: readonly number[]): TrspRoute | null {
    const home = this.single[1 + vehicle] as Segment;
    const heads: (Segment | null)[] = [home];
    const alone = this.aloneUntil(vehicle, stops, -1, -1);
    for (let i = 0; i < stops.length; i++) {
      const head = heads[i] as Segment | null;
      heads.push(head === null || i >= alone ? null : this.joined(head, this.at(stops[i] as number)));
    }
    const tails: (Segment | null)[] = Array.from({ length: stops.length + 1 }, () => null);
    tails[stops.length] = home;
    for (let i = stops.length - 1; i >= 0; i--) {
      const tail = tails[i + 1] as Segment | null;
      tails[i] = tail === null ? null : this.joined(this.at(stops[i] as number), tail);
    }
    let cost = this.duration(heads[stops.length] as Segment | null, home);
    let depotAt = -1;
    for (let i = 0; i <= stops.length; i++) {
      const passed = this.duration(
        this.joined(heads[i] as Segment | null, this.single[0] as Segment),
        tails[i] as Segment | null,
      );
      if (passed >= cost) continue;
      cost = passed;
      depotAt = i;
    }
    return cost === Number.POSITIVE_INFINITY ? null : { vehicle, stops, cost, depotAt, heads, tails };
  }

  /** When to leave home at the latest, so that the route takes no longer than it must. */
  latestLeave(vehicle: number, stops: readonly number[], depotAt: number): number {
    const home = this.single[1 + vehicle] as Segment;
    const pieces = stops.map((stop) => this.at(stop));
    if (depotAt >= 0) pieces.splice(depotAt, 0, this.single[0] as Segment);
    let whole: Segment | null = home;
    for (const piece of [...pieces, home]) whole = this.joined(whole, piece);
    if (whole === null) throw new Error(`technician ${vehicle} cannot drive this route`);
    return whole.latest;
  }

  /**
   * For each place of the request: without the depot; with it before the request; with it after. What comes before the
   * depot must do with the technician's own tools and parts.
   */
  bestInsertion(route: TrspRoute, task: number, into: Insertion): boolean {
    const { vehicle, stops, heads, tails } = route;
    const count = stops.length;
    const depot = this.single[0] as Segment;
    const request = this.at(task);
    const [passed, own, tip] = this.reaches;
    let least = Number.POSITIVE_INFINITY;
    for (let at = 0; at <= count; at++) {
      const head = heads[at] as Segment | null;
      if (head === null) break;
      // With the depot here, the request anywhere after it.
      passed.begin(head);
      let goes = passed.append(depot);
      for (let i = at; goes && i <= count; i++) {
        const tail = tails[i] as Segment | null;
        tip.copy(passed);
        const duration = tail !== null && tip.append(request) ? tip.durationWith(tail) : Number.POSITIVE_INFINITY;
        if (duration < least) {
          least = duration;
          into.at = i;
        }
        goes = i < count && passed.append(this.at(stops[i] as number));
      }
      // The request here on own goods, the depot after it or not at all.
      const alone = this.aloneUntil(vehicle, stops, at, task);
      own.begin(head);
      goes = alone > at && own.append(request);
      for (let i = at; goes && i <= count; i++) {
        const tail = tails[i] as Segment | null;
        if (tail !== null) {
          const straight = alone > count ? own.durationWith(tail) : Number.POSITIVE_INFINITY;
          tip.copy(own);
          const duration = Math.min(straight, tip.append(depot) ? tip.durationWith(tail) : straight);
          if (duration < least) {
            least = duration;
            into.at = at;
          }
        }
        goes = i < count && alone > i + 1 && own.append(this.at(stops[i] as number));
      }
    }
    into.added = least - route.cost;
    return least < Number.POSITIVE_INFINITY;
  }

  /** How many stops from the start on the technician can do without the depot; `extra` put in before stop `at`. */
  private aloneUntil(vehicle: number, stops: readonly number[], at: number, extra: number): number {
    const { technicians, requests, partCount } = this.problem;
    const carried = technicians[vehicle]!.parts;
    const used = this.used.fill(0, 0, partCount);
    const total = stops.length + (extra < 0 ? 0 : 1);
    for (let i = 0; i < total; i++) {
      const stop = extra < 0 || i < at ? (stops[i] as number) : i === at ? extra : (stops[i - 1] as number);
      if (this.lacksTool[vehicle * this.taskCount + stop] === 1) return i;
      const { parts } = requests[stop]!;
      for (let p = 0; p < partCount; p++) {
        used[p] = (used[p] as number) + (parts[p] as number);
        if ((used[p] as number) > (carried[p] as number)) return i;
      }
    }
    return total;
  }
  private readonly used = new Float64Array(10_000);

  private at(request: number): Segment {
    return this.single[1 + this.vehicleCount + request] as Segment;
  }
  private joined(a: Segment | null, b: Segment): Segment | null {
    return a === null ? null : join(a, this.way(a.last, b.first), b);
  }
  private duration(a: Segment | null, b: Segment | null): number {
    return a === null || b === null ? Number.POSITIVE_INFINITY : joinedDuration(a, this.way(a.last, b.first), b);
  }
}
