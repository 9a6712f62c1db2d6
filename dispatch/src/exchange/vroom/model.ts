import { type Insertion, type ModelRoute, type RouteModel, withInserted } from '../../routing/route-model.ts';
import { comebackKeys, leftOutCosts } from './comeback.ts';
import { arriveAfter, firstIn, lastIn, NEVER, readyBefore } from './gaps.ts';
import { Loads } from './loads.ts';
import { offer, PlaceScan } from './places.ts';
import type { ProblemVehicle, VroomProblem } from './problem.ts';
import { way } from './way.ts';

/** Drivable within all rules. Cost in units (`UNITS_PER_COST`). Position i lies before the stop of index i. */
export interface VroomRoute extends ModelRoute {
  readonly travel: number;
  readonly metres: number;
  /** [position x breaks taken]: done with what lies before (the start, or the stop before) at the earliest. */
  readonly ready: Float64Array;
  /** [stop x breaks taken]: service begins (at the end: arrival) at the latest, so that all the rest fits. */
  readonly late: Float64Array;
  readonly loads: Loads;
}

/**
 * Routes under VROOM's rules. Times: for each position and each number of breaks already taken the earliest moment to be
 * ready, and from the other end the latest to begin; a new stop fits when the two meet. Both are exact, because being
 * earlier never hurts: nobody has to leave before they like.
 */
export class VroomModel implements RouteModel<VroomRoute> {
  readonly vehicleCount: number;
  readonly taskCount: number;
  private readonly problem: VroomProblem;
  private readonly candidates: (Int32Array | undefined)[];
  private readonly kindCan = new Map<string, boolean>();
  private madeKeys: RouteModel<VroomRoute>['keys'] | undefined;
  private leftOut: Float64Array | undefined;
  /** Vehicles for which a stop can change how long the next one takes, or how full a break is: tried out in full. */
  private readonly intricate: readonly boolean[];
  private readonly scan: PlaceScan;

  constructor(problem: VroomProblem) {
    const { vehicles, tasks } = problem;
    this.problem = problem;
    this.vehicleCount = vehicles.length;
    this.taskCount = tasks.length;
    this.intricate = vehicles.map(
      ({ breaks, setup }) => breaks.some(({ maxLoad }) => maxLoad !== null) || setup.some((seconds) => seconds > 0),
    );
    this.scan = new PlaceScan(problem, this);
    this.candidates = tasks.map(() => undefined);
  }

  get keys(): RouteModel<VroomRoute>['keys'] {
    this.madeKeys ??= comebackKeys(this.problem, this);
    return this.madeKeys;
  }

  kindOf(vehicle: number): number {
    return this.vehicle(vehicle).kind;
  }
  vehiclesFor(task: number): Int32Array {
    const known = this.candidates[task];
    if (known !== undefined) return known;
    const { skills, stops } = this.problem.tasks[task]!;
    const able = this.problem.vehicles.flatMap((vehicle, v) => {
      const key = `${task} ${vehicle.kind}`;
      const can =
        this.kindCan.get(key) ?? (skills.every((s) => vehicle.skills.has(s)) && this.build(v, stops) !== null);
      this.kindCan.set(key, can);
      return can ? [v] : [];
    });
    const made = Int32Array.from(able);
    this.candidates[task] = made;
    return made;
  }
  taskOf(stop: number): number {
    return this.problem.stops[stop]!.task;
  }
  leftOutCost(task: number): number {
    this.leftOut ??= leftOutCosts(this.problem);
    return this.leftOut[task] as number;
  }
  apart(a: number, b: number): number {
    const { ways } = this.vehicle(0);
    let least = NEVER;
    for (const one of this.problem.tasks[a]!.stops)
      for (const other of this.problem.tasks[b]!.stops) {
        const [x, y] = [this.locationOf(one), this.locationOf(other)];
        least = Math.min(least, way(ways.seconds, ways.count, x, y) + way(ways.seconds, ways.count, y, x));
      }
    return least;
  }

  empty(vehicle: number): VroomRoute {
    const none = new Float64Array(0);
    const loads = new Loads(this.problem, []);
    return { vehicle, stops: [], cost: 0, travel: 0, metres: 0, ready: none, late: none, loads };
  }

  /** Skills are the caller's business (`vehiclesFor`). */
  build(vehicle: number, stops: readonly number[]): VroomRoute | null {
    if (stops.length === 0) return this.empty(vehicle);
    const v = this.vehicle(vehicle);
    const loads = new Loads(this.problem, stops);
    if (stops.length > v.maxTasks || !loads.fit(v.capacity)) return null;
    const { seconds, metres, units, count } = v.ways;
    let [travel, length, cost, from] = [0, 0, v.fixed, v.start];
    for (let i = 0; i <= stops.length; i++) {
      const to = i < stops.length ? this.locationOf(stops[i] as number) : v.end;
      travel += way(seconds, count, from, to);
      if (metres !== null) length += way(metres, count, from, to);
      cost += way(units, count, from, to);
      if (i < stops.length) cost += v.perTaskSecond * this.action(v, stops[i] as number, from);
      from = to;
    }
    if (travel > v.maxTravel || length > v.maxDistance) return null;
    const times = this.times(v, stops, loads);
    return times === null ? null : { vehicle, stops, cost, travel, metres: length, loads, ...times };
  }

  bestInsertion(route: VroomRoute, task: number, into: Insertion): boolean {
    const stops = this.problem.tasks[task]!.stops;
    if (route.stops.length + stops.length > this.vehicle(route.vehicle).maxTasks) return false;
    into.added = NEVER;
    if (this.intricate[route.vehicle] || route.stops.length === 0) this.tryAll(route, stops, into);
    else if (stops.length === 1) this.scan.job(route, stops[0] as number, into);
    else this.scan.shipment(route, stops[0] as number, stops[1] as number, into);
    return into.added < NEVER;
  }

  /** Setup and service of a stop reached from `from`. */
  action(v: ProblemVehicle, stop: number, from: number): number {
    return (v.service[stop] as number) + (from === this.locationOf(stop) ? 0 : (v.setup[stop] as number));
  }
  vehicle(index: number): ProblemVehicle {
    return this.problem.vehicles[index] as ProblemVehicle;
  }
  locationOf(stop: number): number {
    return this.problem.stops[stop]!.location;
  }
  /** How many breaks from the `first` on may be taken with this load. */
  breaksWith(v: ProblemVehicle, first: number, loads: Loads, position: number): number {
    let end = first;
    while (end < v.breaks.length && loads.within(position, v.breaks[end]!.maxLoad)) end++;
    return end;
  }

  private times(v: ProblemVehicle, stops: readonly number[], loads: Loads) {
    const states = v.breaks.length + 1;
    const { seconds, count } = v.ways;
    const ready = new Float64Array((stops.length + 1) * states).fill(NEVER);
    const late = new Float64Array((stops.length + 1) * states).fill(Number.NEGATIVE_INFINITY);
    ready[0] = v.from;
    let from = v.start;
    for (let i = 0; i < stops.length; i++) {
      const stop = stops[i] as number;
      const to = this.locationOf(stop);
      const [travel, action] = [way(seconds, count, from, to), this.action(v, stop, from)];
      const { windows } = this.problem.stops[stop]!;
      let any = false;
      for (let k = 0; k < states; k++) {
        const moment = ready[i * states + k] as number;
        if (moment === NEVER) continue;
        const most = this.breaksWith(v, k, loads, i);
        for (let k2 = k; k2 <= most; k2++) {
          const start = firstIn(windows, arriveAfter(v.breaks, k, k2, moment, travel));
          const at = (i + 1) * states + k2;
          if (start + action >= (ready[at] as number)) continue;
          ready[at] = start + action;
          any = true;
        }
      }
      if (!any) return null;
      from = to;
    }
    late[stops.length * states + v.breaks.length] = v.to;
    for (let i = stops.length - 1; i >= 0; i--) {
      const stop = stops[i] as number;
      const here = this.locationOf(stop);
      const before = i === 0 ? v.start : this.locationOf(stops[i - 1] as number);
      const there = i + 1 < stops.length ? this.locationOf(stops[i + 1] as number) : v.end;
      const [travel, action] = [way(seconds, count, here, there), this.action(v, stop, before)];
      const { windows } = this.problem.stops[stop]!;
      for (let k = 0; k < states; k++) {
        const most = this.breaksWith(v, k, loads, i + 1);
        for (let k2 = k; k2 <= most; k2++) {
          const by = late[(i + 1) * states + k2] as number;
          if (by === Number.NEGATIVE_INFINITY) continue;
          const start = lastIn(windows, readyBefore(v.breaks, k, k2, by, travel) - action);
          const at = i * states + k;
          if (start > (late[at] as number)) late[at] = start;
        }
      }
    }
    const first = way(seconds, count, v.start, this.locationOf(stops[0] as number));
    const most = this.breaksWith(v, 0, loads, 0);
    for (let k = 0; k <= most; k++)
      if (arriveAfter(v.breaks, 0, k, v.from, first) <= (late[k] as number)) return { ready, late };
    return null;
  }

  /** Every place, each route built in full. */
  private tryAll(route: VroomRoute, added: readonly number[], into: Insertion): void {
    for (let at = 0; at <= route.stops.length; at++) {
      for (let then = at; then <= (added.length === 2 ? route.stops.length : at); then++) {
        const stops = withInserted(route.stops, added, { added: 0, at, secondAt: then });
        const built = this.build(route.vehicle, stops);
        if (built !== null) offer(into, built.cost - route.cost, at, then);
      }
    }
  }
}
