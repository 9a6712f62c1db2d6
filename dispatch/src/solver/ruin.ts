import type { Instance } from './instance.ts';
import type { Lists, VehiclesFor } from './near.ts';
import type { Parameters } from './parameters.ts';
import type { Rng } from './rng.ts';
import type { Routes } from './routes.ts';

/**
 * Adjacent string removal, section 5.2 of the SISR paper: strings of consecutive visits come out of routes that pass near
 * one visit chosen at random, so that the slack they leave lies side by side and can be traded.
 *   l_s = min(L_max, mean route length)      k_s ~ U[1, 4 c-bar / (1 + l_s) - 1]      l_t ~ U[1, min(|t|, l_s)]
 * A string ends where a frozen visit is. Ours: where visits are left out, one of them is often the one chosen, and then
 * only vehicles that could serve it are opened (in the paper every vehicle can serve everybody).
 */
export class Ruin {
  private readonly instance: Instance;
  private readonly routes: Routes;
  private readonly vehiclesFor: VehiclesFor;
  private readonly ruined: Float64Array; // by vehicle
  private stamps = 0;

  constructor(routes: Routes, vehiclesFor: VehiclesFor) {
    this.instance = routes.instance;
    this.routes = routes;
    this.vehiclesFor = vehiclesFor;
    this.ruined = new Float64Array(routes.instance.vehicleCount);
  }

  /**
   * `near` says who is near whom. With `wholeRoute` the first route loses all its visits, and more routes than else lose
   * a string, as its visits need the room. Ours: strings alone hardly ever close a route.
   */
  strings(near: Lists, wholeRoute: boolean, parameters: Parameters, rng: Rng): void {
    const { routes, instance } = this;
    const present = instance.visitCount - routes.absentCount;
    const longest = Math.min(parameters.longestString, routes.usedCount === 0 ? 1 : present / routes.usedCount);
    const mostStrings = (4 * parameters.averageRemoved) / (1 + longest) - 1;
    let strings = Math.floor(1 + rng.unit() * Math.max(1, mostStrings));
    if (wholeRoute) strings += BESIDE_WHOLE_ROUTE;
    const leftOut = routes.absentCount > 0 && rng.unit() < parameters.leftOutShare ? this.aLeftOutVisit(rng) : -1;
    const useful = leftOut < 0 ? null : this.vehiclesFor(leftOut);
    const center = leftOut < 0 ? rng.below(instance.visitCount) : leftOut;
    const stamp = ++this.stamps;
    let whole = wholeRoute;
    const list = near[center] as Int32Array;
    for (let k = 0; k < list.length && strings > 0; k++) {
      const visit = list[k] as number;
      const vehicle = routes.vehicleOf(visit);
      if (vehicle < 0 || this.ruined[vehicle] === stamp || instance.frozenVehicle(visit) >= 0) continue;
      if (useful?.includes(vehicle) === false) continue;
      this.ruined[vehicle] = stamp;
      strings--;
      if (whole) {
        whole = false;
        this.wholeRoute(vehicle);
        continue;
      }
      const length = Math.floor(1 + rng.unit() * Math.min(routes.lengths[vehicle] as number, longest));
      this.stringAround(visit, length, parameters, rng);
    }
  }

  /** Takes out a run of `length` visits with the given one in it; or a longer run, of which the middle is kept. */
  private stringAround(visit: number, length: number, parameters: Parameters, rng: Rng): void {
    const { routes } = this;
    const { next, previous } = routes;
    let kept = 0;
    const room = (routes.lengths[routes.vehicleOf(visit)] as number) - length;
    if (length > 1 && room > 0 && rng.unit() < parameters.splitShare) {
      kept = 1;
      while (kept < room && rng.unit() > parameters.splitStop) kept++;
    }
    let span = length + kept;
    let before = 0;
    for (let v = previous[visit] as number; before < span - 1 && this.isLoose(v); v = previous[v] as number) before++;
    let behind = 0;
    for (let v = next[visit] as number; behind < span - 1 && this.isLoose(v); v = next[v] as number) behind++;
    if (span > before + behind + 1) {
      span = before + behind + 1;
      kept = Math.max(0, span - length);
    }
    const least = Math.max(0, span - 1 - behind);
    let first = visit;
    for (let back = least + rng.below(Math.min(before, span - 1) - least + 1); back > 0; back--)
      first = previous[first] as number;
    const removed = span - kept;
    if (kept === 0 || removed < 2) {
      routes.remove(first, this.along(first, removed - 1));
      return;
    }
    const head = 1 + rng.below(removed - 1);
    const headEnd = this.along(first, head - 1);
    const tail = this.along(headEnd, kept + 1);
    const tailEnd = this.along(tail, removed - head - 1);
    if (routes.remove(first, headEnd)) routes.remove(tail, tailEnd);
  }

  private wholeRoute(vehicle: number): void {
    const { routes } = this;
    let visit = routes.first(vehicle);
    while (visit < routes.startNode) {
      if (!this.isLoose(visit)) {
        visit = routes.next[visit] as number;
        continue;
      }
      let last = visit;
      while (this.isLoose(routes.next[last] as number)) last = routes.next[last] as number;
      const after = routes.next[last] as number;
      if (!routes.remove(visit, last)) return;
      visit = after;
    }
  }

  private along(visit: number, steps: number): number {
    let v = visit;
    for (let k = 0; k < steps; k++) v = this.routes.next[v] as number;
    return v;
  }

  private isLoose(node: number): boolean {
    return node < this.routes.startNode && this.instance.frozenVehicle(node) < 0;
  }

  /** -1: all visits that anybody could serve are in. */
  private aLeftOutVisit(rng: Rng): number {
    const { absentList, absentCount } = this.routes;
    const hopeful: number[] = [];
    for (let k = 0; k < absentCount; k++)
      if (this.vehiclesFor(absentList[k] as number).length > 0) hopeful.push(absentList[k] as number);
    return hopeful.length === 0 ? -1 : (hopeful[rng.below(hopeful.length)] as number);
  }
}

const BESIDE_WHOLE_ROUTE = 2;
