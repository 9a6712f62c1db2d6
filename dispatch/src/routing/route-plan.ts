import type { Rng } from '../solver/rng.ts';
import type { Neighbours } from './neighbours.ts';
import { type Insertion, type ModelRoute, type RouteModel, withInserted } from './route-model.ts';

/**
 * The plan a search works on: one route a vehicle, tasks in none are absent. The best place of a task in a route is
 * remembered as long as that very route is there (routes are numbered as they are made), also across undone moves.
 */
export class RoutePlan<R extends ModelRoute> {
  readonly model: RouteModel<R>;
  /** Of all routes and everything left out. */
  cost = 0;
  /** Tasks in no route, in no particular order. */
  readonly absent: number[] = [];
  private readonly near: Neighbours;
  private readonly stopsOf: (task: number) => readonly number[];
  private readonly routes: R[];
  private readonly idOf: Int32Array; // by vehicle: number of the route that is there
  private readonly vehicles: Int32Array; // by task; -1: absent
  private nextId = 1;
  private undo: { vehicle: number; route: R; id: number }[] = [];
  private stops = 0;
  private used = 0;
  private costAtMark = 0;
  private readonly touched: Int32Array;
  private stamp = 0;
  private readonly seenKind: Int32Array;
  // best place of a task in a vehicle's route, valid while `placeRoute` is the number of that route
  private readonly placeRoute: Int32Array;
  private readonly placeAdded: Float64Array; // Infinity: none
  private readonly placeAt: Int32Array;
  private readonly placeThen: Int32Array;
  private readonly may: Uint8Array; // vehicle x task
  private readonly scratch: Insertion = { added: 0, at: 0, secondAt: 0 };

  constructor(model: RouteModel<R>, near: Neighbours, stopsOf: (task: number) => readonly number[]) {
    const { vehicleCount, taskCount } = model;
    this.model = model;
    this.near = near;
    this.stopsOf = stopsOf;
    this.routes = Array.from({ length: vehicleCount }, (_, vehicle) => model.empty(vehicle));
    this.idOf = Int32Array.from(this.routes, () => this.nextId++);
    this.vehicles = new Int32Array(taskCount).fill(-1);
    this.touched = new Int32Array(vehicleCount);
    this.seenKind = new Int32Array(
      1 + this.routes.reduce((most, { vehicle }) => Math.max(most, model.kindOf(vehicle)), 0),
    );
    const places = vehicleCount * taskCount;
    this.may = new Uint8Array(places);
    for (let task = 0; task < taskCount; task++)
      for (const vehicle of model.vehiclesFor(task)) this.may[vehicle * taskCount + task] = 1;
    this.placeRoute = new Int32Array(places);
    this.placeAdded = new Float64Array(places);
    this.placeAt = new Int32Array(places);
    this.placeThen = new Int32Array(places);
    for (const { cost } of this.routes) this.cost += cost;
    for (let task = 0; task < taskCount; task++) {
      this.cost += model.leftOutCost(task);
      this.absent.push(task);
    }
  }

  route(vehicle: number): R {
    return this.routes[vehicle] as R;
  }
  /** -1: absent. */
  vehicleOf(task: number): number {
    return this.vehicles[task] as number;
  }
  meanLength(): number {
    return this.used === 0 ? 1 : this.stops / this.used;
  }
  /** Of what depends on the order and the vehicle. */
  meanLegCost(): number {
    const { model } = this;
    let costs = this.routes.reduce((sum, { cost }) => sum + cost, 0);
    for (let task = 0; task < model.taskCount; task++)
      if (this.vehicleOf(task) >= 0) costs -= model.fixedCost?.(task) ?? 0;
    return costs / Math.max(1, this.stops + this.used);
  }

  adopt(start: readonly (readonly number[])[]): void {
    start.forEach((stops, vehicle) => {
      const route = stops.length === 0 ? null : this.model.build(vehicle, stops);
      if (route !== null) this.put(vehicle, route, this.nextId++);
    });
    this.refreshAbsent();
  }

  /** Takes tasks out of a route; all of it comes out when what is left would break a rule. */
  remove(vehicle: number, tasks: ReadonlySet<number>): void {
    const left = this.route(vehicle).stops.filter((stop) => !tasks.has(this.model.taskOf(stop)));
    const route = left.length === 0 ? null : this.model.build(vehicle, left);
    this.put(vehicle, route ?? this.model.empty(vehicle), this.nextId++);
  }

  /**
   * Puts absent tasks back, section 5.3 of the SISR paper: one after the other, each at its cheapest place, where a whole
   * route is now and then overlooked ("blink"; by route, so that places can be remembered).
   */
  recreate(rng: Rng, { blink, shuffled }: { blink: number; shuffled: boolean }): void {
    const waiting = shuffled ? this.worthTrying(rng) : [...this.absent];
    if (shuffled) this.shuffle(waiting, rng);
    for (const task of waiting) this.insertBest(task, blink, rng);
    this.refreshAbsent();
  }

  /**
   * Gives the stops of one route to another vehicle, which hands back its own: the cheapest such exchange, when it is
   * cheaper than now. Homes, tools and shifts make whole routes somebody's; strings never move that much at once.
   */
  handOver(vehicle: number): boolean {
    const mine = this.route(vehicle);
    let least = -TINY * mine.cost;
    let best: { vehicle: number; given: R; taken: R } | null = null;
    this.stamp++;
    for (let other = 0; other < this.routes.length; other++) {
      const theirs = this.route(other);
      if (other === vehicle || this.model.kindOf(other) === this.model.kindOf(vehicle)) continue;
      if (theirs.stops.length === 0) {
        const kind = this.model.kindOf(other);
        if (this.seenKind[kind] === this.stamp) continue;
        this.seenKind[kind] = this.stamp;
      }
      if (!this.mayServe(other, mine) || !this.mayServe(vehicle, theirs)) continue;
      const given = this.model.build(other, mine.stops);
      if (given === null) continue;
      const taken = theirs.stops.length === 0 ? this.model.empty(vehicle) : this.model.build(vehicle, theirs.stops);
      if (taken === null) continue;
      const delta = given.cost + taken.cost - mine.cost - theirs.cost;
      if (delta >= least) continue;
      least = delta;
      best = { vehicle: other, given, taken };
    }
    if (best === null) return false;
    this.put(vehicle, this.model.empty(vehicle), this.nextId++);
    this.put(best.vehicle, best.given, this.nextId++);
    this.put(vehicle, best.taken, this.nextId++);
    return true;
  }

  /** Puts these routes, by vehicle, in the place of all there are. */
  load(routes: readonly R[]): void {
    for (let v = 0; v < routes.length; v++)
      if (this.routes[v] !== routes[v]) this.put(v, this.model.empty(v), this.nextId++);
    for (let v = 0; v < routes.length; v++)
      if (this.routes[v] !== routes[v]) this.put(v, routes[v] as R, this.nextId++);
    this.refreshAbsent();
  }

  /** Puts these routes, no two with a task in common, into the plan; what else loses its place by that is absent. */
  graft(routes: readonly R[]): void {
    for (const { stops } of routes) {
      const tasks = new Set(stops.map((stop) => this.model.taskOf(stop)));
      for (const vehicle of new Set([...tasks].map((task) => this.vehicleOf(task))))
        if (vehicle >= 0) this.remove(vehicle, tasks);
    }
    for (const route of routes) this.put(route.vehicle, route, this.nextId++);
    this.refreshAbsent();
  }

  mark(): void {
    this.undo = [];
    this.costAtMark = this.cost;
  }

  rollBack(): void {
    for (const { vehicle, route, id } of this.undo.splice(0).reverse()) this.put(vehicle, route, id);
    this.undo = [];
    this.cost = this.costAtMark;
    this.refreshAbsent();
  }

  snapshot(): { routes: readonly R[]; unassigned: readonly number[]; cost: number } {
    return { routes: [...this.routes], unassigned: [...this.absent], cost: this.cost };
  }

  private mayServe(vehicle: number, { stops }: R): boolean {
    const { model } = this;
    return stops.every((stop) => this.may[vehicle * model.taskCount + model.taskOf(stop)] === 1);
  }

  private put(vehicle: number, route: R, id: number): void {
    const before = this.route(vehicle);
    this.undo.push({ vehicle, route: before, id: this.idOf[vehicle] as number });
    const { model } = this;
    for (const stop of before.stops) {
      const task = model.taskOf(stop);
      if (this.vehicles[task] !== vehicle) continue; // the other stop of the task came first, or it is elsewhere by now
      this.vehicles[task] = -1;
      this.cost += model.leftOutCost(task);
    }
    for (const stop of route.stops) {
      const task = model.taskOf(stop);
      if (this.vehicles[task] === vehicle) continue;
      this.vehicles[task] = vehicle;
      this.cost -= model.leftOutCost(task);
    }
    this.cost += route.cost - before.cost;
    this.stops += route.stops.length - before.stops.length;
    this.used += (route.stops.length > 0 ? 1 : 0) - (before.stops.length > 0 ? 1 : 0);
    this.routes[vehicle] = route;
    this.idOf[vehicle] = id;
  }

  /** What the ruin took out, and some of what was left out before: where many are, most have no place anyhow. */
  private worthTrying(rng: Rng): number[] {
    const before = [...this.absent];
    rng.shuffle(before);
    const some = before.slice(0, LEFT_OUT_TRIED);
    const known = new Set(before);
    this.refreshAbsent();
    return [...this.absent.filter((task) => !known.has(task)), ...some];
  }

  private refreshAbsent(): void {
    this.absent.length = 0;
    for (let task = 0; task < this.vehicles.length; task++) if (this.vehicles[task] === -1) this.absent.push(task);
  }

  private shuffle(tasks: number[], rng: Rng): void {
    rng.shuffle(tasks);
    const total = this.model.keys.reduce((sum, { weight }) => sum + weight, RANDOM_WEIGHT);
    let ticket = rng.below(total) - RANDOM_WEIGHT;
    for (const { weight, key } of this.model.keys) {
      if (ticket >= 0 && ticket < weight) tasks.sort((a, b) => (key[a] as number) - (key[b] as number));
      ticket -= weight;
    }
  }

  private insertBest(task: number, blink: number, rng: Rng): void {
    this.stamp++;
    const all = this.model.vehiclesFor(task);
    const granular = all.length > MANY_VEHICLES && this.model.taskCount > MANY_VEHICLES;
    if (granular) for (const other of this.near.of(task).subarray(0, NEAREST)) this.touch(this.vehicleOf(other));
    const fresh = blink === 0 || rng.unit() < NEW_ROUTE_SHARE;
    if (this.insertAmong(all, task, granular, fresh, blink, rng)) return;
    if (granular || !fresh) this.insertAmong(all, task, false, true, blink, rng);
  }

  private touch(vehicle: number): void {
    if (vehicle >= 0) this.touched[vehicle] = this.stamp;
  }

  /** `granular`: only routes with one of the nearest tasks, and empty ones. */
  private insertAmong(
    vehicles: Int32Array,
    task: number,
    granular: boolean,
    fresh: boolean,
    blink: number,
    rng: Rng,
  ): boolean {
    let least = this.model.leftOutCost(task);
    let best = -1;
    this.stamp += granular ? 0 : 1;
    for (let i = 0; i < vehicles.length; i++) {
      const vehicle = vehicles[i] as number;
      const route = this.routes[vehicle] as R;
      if (route.stops.length === 0) {
        if (!fresh) continue;
        const kind = this.model.kindOf(vehicle);
        if (this.seenKind[kind] === this.stamp) continue;
        this.seenKind[kind] = this.stamp;
      } else if (granular && this.touched[vehicle] !== this.stamp) continue;
      if (blink > 0 && rng.unit() < blink) continue;
      const added = this.price(vehicle, route, task);
      if (added >= least) continue;
      least = added;
      best = vehicle;
    }
    if (best < 0) return false;
    const place = best * this.model.taskCount + task;
    const insertion = { added: least, at: this.placeAt[place] as number, secondAt: this.placeThen[place] as number };
    const stops = withInserted(this.route(best).stops, this.stopsOf(task), insertion);
    const route = this.model.build(best, stops);
    if (route === null) throw new Error(`task ${task} does not fit where vehicle ${best} offered a place`);
    this.put(best, route, this.nextId++);
    return true;
  }

  private price(vehicle: number, route: R, task: number): number {
    const place = vehicle * this.model.taskCount + task;
    const id = this.idOf[vehicle] as number;
    if (this.placeRoute[place] === id) return this.placeAdded[place] as number;
    const found = this.model.bestInsertion(route, task, this.scratch);
    this.placeRoute[place] = id;
    this.placeAdded[place] = found ? this.scratch.added : Number.POSITIVE_INFINITY;
    this.placeAt[place] = this.scratch.at;
    this.placeThen[place] = this.scratch.secondAt;
    return this.placeAdded[place] as number;
  }
}

const NEW_ROUTE_SHARE = 0.3;
/** Of those left out before an iteration, so many are tried in it. */
const LEFT_OUT_TRIED = 20;
const RANDOM_WEIGHT = 4;
/** From so many vehicles and tasks on only routes near a task are looked at first. */
const MANY_VEHICLES = 60;
const NEAREST = 60;
const TINY = 1e-9;
