import type { Insertion } from '../../routing/route-model.ts';
import { arriveAfter, firstIn, NEVER } from './gaps.ts';
import type { VroomModel, VroomRoute } from './model.ts';
import type { ProblemVehicle, VroomProblem } from './problem.ts';
import { detour, way } from './way.ts';

/** Finds the cheapest place of a task in a route without building the routes: price first, then loads, then times. */
export class PlaceScan {
  private readonly problem: VroomProblem;
  private readonly model: VroomModel;
  private readonly chain: Float64Array;

  constructor(problem: VroomProblem, model: VroomModel) {
    this.problem = problem;
    this.model = model;
    this.chain = new Float64Array(2 * (1 + Math.max(...problem.vehicles.map(({ breaks }) => breaks.length))));
  }

  job(route: VroomRoute, stop: number, into: Insertion): void {
    const v = this.model.vehicle(route.vehicle);
    const { stops, loads } = route;
    const { seconds, metres, units, count } = v.ways;
    const here = this.model.locationOf(stop);
    const { delivery, pickup } = this.problem.tasks[this.model.taskOf(stop)]!;
    const service = v.perTaskSecond * (v.service[stop] as number);
    let from = v.start;
    for (let at = 0; at <= stops.length; at++) {
      const to = at < stops.length ? this.model.locationOf(stops[at] as number) : v.end;
      const cost = way(units, count, from, here) + way(units, count, here, to) - way(units, count, from, to) + service;
      const before = from;
      from = to;
      if (cost >= into.added || !loads.takeJob(at, delivery, pickup, v.capacity)) continue;
      const [there, on] = [way(seconds, count, before, here), way(seconds, count, here, to)];
      if (route.travel + there + on - way(seconds, count, before, to) > v.maxTravel) continue;
      if (metres !== null && route.metres + detour(metres, count, before, here, to) > v.maxDistance) continue;
      if (this.meets(v, route, at, route.ready, at * (v.breaks.length + 1), stop, there, on)) offer(into, cost, at, at);
    }
  }

  shipment(route: VroomRoute, pickup: number, delivery: number, into: Insertion): void {
    const v = this.model.vehicle(route.vehicle);
    const { stops, loads } = route;
    const { seconds, metres, units, count } = v.ways;
    const states = v.breaks.length + 1;
    const [p, d] = [this.model.locationOf(pickup), this.model.locationOf(delivery)];
    const { carried } = this.problem.tasks[this.model.taskOf(pickup)]!;
    const service = v.perTaskSecond * ((v.service[pickup] as number) + (v.service[delivery] as number));
    const locationAt = (i: number) =>
      i < 0 ? v.start : i < stops.length ? this.model.locationOf(stops[i] as number) : v.end;
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
            this.meets(v, route, then, chain, 0, delivery, way(seconds, count, before, d), way(seconds, count, d, to))
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

  /** Whether the rest can still begin in time, with `stop` before position `at`; `ready` from `base` on: when one could leave for it. */
  private meets(
    v: ProblemVehicle,
    route: VroomRoute,
    at: number,
    ready: Float64Array,
    base: number,
    stop: number,
    there: number,
    on: number,
  ): boolean {
    const { windows } = this.problem.stops[stop]!;
    const states = v.breaks.length + 1;
    for (let k = 0; k < states; k++) {
      if (ready[base + k] === NEVER) continue;
      for (let k1 = k; k1 < states; k1++) {
        const done =
          firstIn(windows, arriveAfter(v.breaks, k, k1, ready[base + k] as number, there)) +
          (v.service[stop] as number);
        if (done === NEVER) continue;
        for (let k2 = k1; k2 < states; k2++)
          if (arriveAfter(v.breaks, k1, k2, done, on) <= (route.late[at * states + k2] as number)) return true;
      }
    }
    return false;
  }
}

/** Keeps the cheaper one. */
export function offer(into: Insertion, added: number, at: number, then: number): void {
  if (added >= into.added) return;
  into.added = added;
  into.at = at;
  into.secondAt = then;
}
