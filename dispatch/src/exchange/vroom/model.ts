import { type Insertion, type ModelRoute, type RouteModel, withInserted } from '../../routing/route-model.ts';
import { arriveAfter, firstIn, lastIn, NEVER, readyBefore } from './gaps.ts';
import { Loads } from './loads.ts';
import type { ProblemVehicle, VroomProblem } from './problem.ts';

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
  private readonly chain: Float64Array;

  constructor(problem: VroomProblem) {
    const { vehicles, tasks } = problem;
    this.problem = problem;
    this.vehicleCount = vehicles.length;
    this.taskCount = tasks.length;
    this.intricate = vehicles.map(
      ({ breaks, setup }) => breaks.some(({ maxLoad }) => maxLoad !== null) || setup.some((seconds) => seconds > 0),
    );
    this.chain = new Float64Array(2 * (1 + Math.max(...vehicles.map(({ breaks }) => breaks.length))));
    this.candidates = tasks.map(() => undefined);
  }

  get keys(): RouteModel<VroomRoute>['keys'] {
    this.madeKeys ??= this.makeKeys();
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
    this.leftOut ??= this.makeLeftOut();
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
    else if (stops.length === 1) this.tryJob(route, stops[0] as number, into);
    else this.tryShipment(route, stops[0] as number, stops[1] as number, into);
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

  private tryJob(route: VroomRoute, stop: number, into: Insertion): void {
    const v = this.vehicle(route.vehicle);
    const { stops, loads } = route;
    const { seconds, metres, units, count } = v.ways;
    const here = this.locationOf(stop);
    const { delivery, pickup } = this.problem.tasks[this.taskOf(stop)]!;
    const service = v.perTaskSecond * (v.service[stop] as number);
    let from = v.start;
    for (let at = 0; at <= stops.length; at++) {
      const to = at < stops.length ? this.locationOf(stops[at] as number) : v.end;
      const cost = way(units, count, from, here) + way(units, count, here, to) - way(units, count, from, to) + service;
      const before = from;
      from = to;
      if (cost >= into.added || !loads.takeJob(at, delivery, pickup, v.capacity)) continue;
      const [there, on] = [way(seconds, count, before, here), way(seconds, count, here, to)];
      if (route.travel + there + on - way(seconds, count, before, to) > v.maxTravel) continue;
      if (metres !== null && route.metres + detour(metres, count, before, here, to) > v.maxDistance) continue;
      if (this.meets(v, route, at, stop, there, on)) offer(into, cost, at, at);
    }
  }

  /** Whether, with `stop` before position `at`, the rest can still begin in time. */
  private meets(v: ProblemVehicle, route: VroomRoute, at: number, stop: number, there: number, on: number): boolean {
    const states = v.breaks.length + 1;
    const { windows } = this.problem.stops[stop]!;
    const service = v.service[stop] as number;
    for (let k = 0; k < states; k++) {
      const moment = route.ready[at * states + k] as number;
      if (moment === NEVER) continue;
      for (let k1 = k; k1 < states; k1++) {
        const done = firstIn(windows, arriveAfter(v.breaks, k, k1, moment, there)) + service;
        if (done === NEVER) continue;
        for (let k2 = k1; k2 < states; k2++)
          if (arriveAfter(v.breaks, k1, k2, done, on) <= (route.late[at * states + k2] as number)) return true;
      }
    }
    return false;
  }

  private tryShipment(route: VroomRoute, pickup: number, delivery: number, into: Insertion): void {
    const v = this.vehicle(route.vehicle);
    const { stops, loads } = route;
    const { seconds, metres, units, count } = v.ways;
    const states = v.breaks.length + 1;
    const [p, d] = [this.locationOf(pickup), this.locationOf(delivery)];
    const { carried } = this.problem.tasks[this.taskOf(pickup)]!;
    const service = v.perTaskSecond * ((v.service[pickup] as number) + (v.service[delivery] as number));
    const locationAt = (i: number) =>
      i < 0 ? v.start : i < stops.length ? this.locationOf(stops[i] as number) : v.end;
    const [chain, next] = [this.chain.subarray(0, states), this.chain.subarray(states, 2 * states)];
    for (let at = 0; at <= stops.length; at++) {
      const from = locationAt(at - 1);
      const toPickup = service + way(units, count, from, p);
      chain.set(route.ready.subarray(at * states, (at + 1) * states));
      if (!this.advance(v, chain, next, pickup, way(seconds, count, from, p))) continue;
      let before = p;
      for (let then = at; then <= stops.length && loads.takeAt(then, carried, v.capacity); then++) {
        const to = locationAt(then);
        const atPickup =
          then === at
            ? toPickup
            : toPickup + way(units, count, p, locationAt(at)) - way(units, count, from, locationAt(at));
        const cost =
          atPickup +
          way(units, count, before, d) +
          way(units, count, d, to) -
          way(units, count, then === at ? from : before, to);
        if (cost < into.added) {
          const within = (table: Float64Array, sum: number, most: number) => {
            if (most === NEVER) return true;
            const first = then === at ? 0 : detour(table, count, from, p, locationAt(at));
            const second =
              then === at
                ? way(table, count, from, p) +
                  way(table, count, p, d) +
                  way(table, count, d, to) -
                  way(table, count, from, to)
                : detour(table, count, before, d, to);
            return sum + first + second <= most;
          };
          if (
            within(seconds, route.travel, v.maxTravel) &&
            (metres === null || within(metres, route.metres, v.maxDistance)) &&
            this.meetsFrom(v, route, then, chain, delivery, way(seconds, count, before, d), way(seconds, count, d, to))
          )
            offer(into, cost, at, then);
        }
        if (
          then === stops.length ||
          !this.advance(v, chain, next, stops[then] as number, way(seconds, count, before, to))
        )
          break;
        before = to;
      }
    }
  }

  /** Moves the earliest moments in `chain` past one more stop; false when none is left. */
  private advance(v: ProblemVehicle, chain: Float64Array, next: Float64Array, stop: number, travel: number): boolean {
    const { windows } = this.problem.stops[stop]!;
    const service = v.service[stop] as number;
    next.fill(NEVER);
    let any = false;
    for (let k = 0; k < chain.length; k++) {
      if (chain[k] === NEVER) continue;
      for (let k2 = k; k2 < chain.length; k2++) {
        const done = firstIn(windows, arriveAfter(v.breaks, k, k2, chain[k] as number, travel)) + service;
        if (done < (next[k2] as number)) next[k2] = done;
        if (done < NEVER) any = true;
      }
    }
    chain.set(next);
    return any;
  }

  private meetsFrom(
    v: ProblemVehicle,
    route: VroomRoute,
    at: number,
    chain: Float64Array,
    stop: number,
    there: number,
    on: number,
  ): boolean {
    const { windows } = this.problem.stops[stop]!;
    const states = chain.length;
    for (let k = 0; k < states; k++) {
      if (chain[k] === NEVER) continue;
      for (let k1 = k; k1 < states; k1++) {
        const done =
          firstIn(windows, arriveAfter(v.breaks, k, k1, chain[k] as number, there)) + (v.service[stop] as number);
        if (done === NEVER) continue;
        for (let k2 = k1; k2 < states; k2++)
          if (arriveAfter(v.breaks, k1, k2, done, on) <= (route.late[at * states + k2] as number)) return true;
      }
    }
    return false;
  }

  /** To serve a task is worth any way to it and back; one of a higher priority is worth all of a lower one together. */
  private makeLeftOut(): Float64Array {
    const { vehicles, tasks } = this.problem;
    const distinct = [...new Set(vehicles.map(({ ways }) => ways))];
    const longestOf = new Map(distinct.map((ways) => [ways, largest(ways.units)]));
    const longest = Math.max(...vehicles.map(({ ways, fixed }) => fixed + 4 * (longestOf.get(ways) as number)));
    const action = Math.max(...vehicles.map((v) => v.perTaskSecond * 2 * (largest(v.service) + largest(v.setup))));
    const worth = 1 + longest + action;
    return Float64Array.from(
      tasks,
      ({ priority, stops }) => worth * (stops.length + priority * (2 * tasks.length + 1)),
    );
  }

  private makeKeys(): RouteModel<VroomRoute>['keys'] {
    const { tasks, stops } = this.problem;
    const key = (of: (task: number) => number) => Float64Array.from(tasks, (_, t) => of(t));
    const first = (t: number) => stops[tasks[t]!.stops[0] as number]!;
    const width = (t: number) => first(t).windows.reduce((sum, [from, to]) => sum + to - from, 0) || NEVER;
    const size = (t: number) =>
      tasks[t]!.delivery.concat(tasks[t]!.pickup, tasks[t]!.carried).reduce((a, b) => a + b, 0);
    return [
      { weight: 2, key: key((t) => -this.leftOutCost(t)) },
      { weight: 2, key: key((t) => this.vehiclesFor(t).length) },
      { weight: 4, key: key((t) => -size(t)) },
      { weight: 2, key: key((t) => -this.nearestStart(t)) },
      { weight: 1, key: key((t) => this.nearestStart(t)) },
      { weight: 2, key: key(width) },
      { weight: 2, key: key((t) => first(t).windows[0]?.[0] ?? 0) },
      { weight: 2, key: key((t) => -(first(t).windows.at(-1)?.[1] ?? 0)) },
    ];
  }

  private nearestStart(task: number): number {
    const stop = this.problem.tasks[task]!.stops[0] as number;
    let least = NEVER;
    for (const vehicle of this.vehiclesFor(task)) {
      const { ways, start, end } = this.vehicle(vehicle);
      least = Math.min(least, way(ways.seconds, ways.count, start < 0 ? end : start, this.locationOf(stop)));
    }
    return least === NEVER ? 0 : least;
  }
}

/** Nothing where a route begins or ends at its own stop (place -1). */
export function way(table: Float64Array, count: number, from: number, to: number): number {
  return from < 0 || to < 0 ? 0 : (table[from * count + to] as number);
}

function detour(table: Float64Array, count: number, from: number, by: number, to: number): number {
  return way(table, count, from, by) + way(table, count, by, to) - way(table, count, from, to);
}

function offer(into: Insertion, added: number, at: number, then: number): void {
  if (added >= into.added) return;
  into.added = added;
  into.at = at;
  into.secondAt = then;
}

function largest(values: Float64Array): number {
  let most = 0;
  for (let k = 0; k < values.length; k++) if ((values[k] as number) > most) most = values[k] as number;
  return most;
}
