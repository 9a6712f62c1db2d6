import type { Instance } from './instance.ts';
import { homeLegCost, idleCost, leftOutCost, overtimeCost, routeCost, stopCost, wayCost, workCost } from './pricing.ts';
import { arrival, earliestStart, latestDeparture, latestStart, NEVER, setOutAt, timeRoute } from './schedule.ts';

/**
 * Vehicles with their visits in order: what `Routes` gives out and goes back to. Where visits are tied to each other also
 * between which moments each of the order may start, `from, to, from, to ...`.
 */
export type Orders = readonly (readonly [vehicle: number, order: readonly number[], holds?: Holds])[];
export type Holds = readonly number[];

/**
 * How the places of a vehicle are priced (places.ts):
 *   PLAIN     times matter for what is possible, not for what it costs
 *   HOURS     the same, and hours count
 *   TIMED     costs depend on times, or there are appointments or frozen visits
 *   SIMULATED hours count and something of TIMED too, or a visit prefers some hours: the whole day is timed anew for each
 *             place
 */
export const PLAIN = 0;
export const HOURS = 1;
export const TIMED = 2;
export const SIMULATED = 3;

/**
 * The plan the search works on: the order of visits in each vehicle, with times as early as can be and costs kept along.
 * Always drivable. Every price is exact (whole units), so `cost` is the honest cost of the plan made from it.
 *
 * Orders are linked lists of nodes: visits first, then the start of each vehicle, then the end of each. What is known of a
 * node's place in its route is kept in arrays by node and follows a change forward and backward until nothing changes any
 * more. `latest` turns the question whether a visit fits into one comparison: somebody who gets to a node by then can still
 * keep all that follows.
 *
 * A visit that is tied to others is held between two moments while it is in (`hold`; links.ts says which), so that every tie
 * holds whatever is done to either route: in here routes know nothing of each other. `instance` is a copy that knows the holds.
 */
export class Routes {
  readonly instance: Instance;
  /** Cost of the whole plan. */
  cost = 0;
  /** Vehicles with visits. */
  usedCount = 0;
  /** The first `usedCount`, in no order. */
  readonly usedList: Int32Array;
  private readonly usedAt: Int32Array; // by vehicle, into `usedList`

  readonly startNode: number; // of vehicle 0
  readonly endNode: number;
  readonly next: Int32Array;
  readonly previous: Int32Array;
  readonly vehicleAt: Int32Array; // by node; -1: absent
  readonly place: Int32Array; // location by node
  readonly service: Float64Array; // seconds by node, of whoever it is with
  readonly start: Float64Array; // of service, by node; at the end node: the arrival
  readonly ready: Float64Array; // when the engineer can leave the node
  readonly latest: Float64Array; // arrival at the node by then is in time for all that follows
  readonly legCost: Float64Array; // of the way to the node
  readonly wayTo: Int32Array; // seconds of the way to the node
  readonly stopCosts: Float64Array; // by visit
  readonly loads: Float64Array; // vehicle x kind
  readonly lengths: Int32Array; // visits by vehicle
  /** The visits in no route; those taken out last are at the end of the first `absentCount`. */
  readonly absentList: Int32Array;
  absentCount = 0;
  private readonly absentAt: Int32Array; // by visit, into `absentList`
  /** Of the order of a vehicle: another number after each change, the old one when that is undone. */
  readonly version: Float64Array;
  readonly mode: Uint8Array; // by vehicle
  private readonly ownMode: Uint8Array; // without visits that prefer some hours
  private readonly preferring: Int32Array; // such visits by vehicle
  private readonly unkept: Uint8Array; // by vehicle: 1 when the numbers of its nodes are those of another mode
  /** By visit: it may start in one window or at any time. */
  readonly simple: Uint8Array;
  readonly open: Float64Array; // by visit: first and last moment it may start
  readonly close: Float64Array;
  /** Where hours count (mode HOURS): see places.ts. */
  readonly busySoFar: Float64Array; // travel and service from setting out until the node is done
  readonly setOutBy: Float64Array; // latest setting out that keeps the windows up to the node
  readonly homeFrom: Float64Array; // arrival home cannot be before this, however early the node is reached
  readonly hours: Float64Array; // by vehicle
  private readonly overtime: Float64Array; // cost by vehicle
  private readonly leftOutCosts: Float64Array; // by visit
  private readonly hasStopCosts: boolean;
  private readonly starts: Float64Array; // scratch
  private readonly side: number;
  private versions = 0;

  private readonly touched: number[] = []; // vehicles changed since `mark`, as they were then:
  private readonly touchedVersion: number[] = [];
  private readonly touchedFrom: number[] = []; // into `touchedOrder`
  private touchedOrder: number[] = [];
  private readonly touchedMark: Float64Array; // by vehicle
  private touchedHolds: number[] = []; // two for each of `touchedOrder`, if anything is held
  private readonly held: Float64Array | null; // from, to by visit; null: no visit is tied to another
  private marks = 1;

  /** Only the frozen visits are in; all others are absent. */
  constructor(plainly: Instance) {
    const instance = plainly.holdable();
    this.instance = instance;
    this.held = instance.links === null ? null : new Float64Array(2 * instance.visitCount).map((_, k) => unheld(k));
    const { visitCount, vehicleCount, locationCount, plain } = instance;
    const nodes = visitCount + 2 * vehicleCount;
    this.side = locationCount + 1;
    this.startNode = visitCount;
    this.endNode = visitCount + vehicleCount;
    this.next = new Int32Array(nodes).fill(-1);
    this.previous = new Int32Array(nodes).fill(-1);
    this.vehicleAt = new Int32Array(nodes).fill(-1);
    this.place = new Int32Array(nodes);
    this.service = new Float64Array(nodes);
    this.start = new Float64Array(nodes);
    this.ready = new Float64Array(nodes);
    this.latest = new Float64Array(nodes);
    this.legCost = new Float64Array(nodes);
    this.wayTo = new Int32Array(nodes);
    this.stopCosts = new Float64Array(visitCount);
    this.loads = new Float64Array(vehicleCount * instance.kindCount);
    this.usedList = new Int32Array(vehicleCount);
    this.usedAt = new Int32Array(vehicleCount);
    this.lengths = new Int32Array(vehicleCount);
    this.absentList = Int32Array.from({ length: visitCount }, (_, visit) => visit);
    this.absentAt = Int32Array.from({ length: visitCount }, (_, visit) => visit);
    this.absentCount = visitCount;
    this.version = new Float64Array(vehicleCount);
    this.mode = new Uint8Array(vehicleCount);
    this.ownMode = new Uint8Array(vehicleCount);
    this.preferring = new Int32Array(vehicleCount);
    this.unkept = new Uint8Array(vehicleCount);
    this.simple = new Uint8Array(visitCount);
    this.open = new Float64Array(visitCount);
    this.close = new Float64Array(visitCount);
    this.busySoFar = new Float64Array(nodes);
    this.setOutBy = new Float64Array(nodes);
    this.homeFrom = new Float64Array(nodes);
    this.hours = new Float64Array(vehicleCount);
    this.overtime = new Float64Array(vehicleCount);
    this.leftOutCosts = new Float64Array(visitCount);
    this.starts = new Float64Array(visitCount);
    this.touchedMark = new Float64Array(vehicleCount);

    let hasStopCosts = false;
    const { weights } = plain;
    plain.visits.forEach((visit, v) => {
      const first = instance.firstWindow(v);
      const count = instance.firstWindow(v + 1) - first;
      this.simple[v] = count <= 1 ? 1 : 0;
      this.open[v] = Math.max(instance.release(v), count === 0 ? Number.NEGATIVE_INFINITY : instance.windowFrom(first));
      this.close[v] = count === 0 ? Number.POSITIVE_INFINITY : instance.windowTo(instance.firstWindow(v + 1) - 1);
      this.place[v] = visit.location;
      this.leftOutCosts[v] = leftOutCost(instance, v);
      this.cost += this.leftOutCosts[v] as number;
      hasStopCosts ||=
        (visit.due !== undefined && weights.lateSecond > 0) ||
        (visit.downtime !== undefined && weights.downtime > 0) ||
        (visit.previous !== undefined && weights.churnPerMovedVisit > 0) ||
        ((visit.skills?.length ?? 0) > 0 && weights.overQualifiedLevel > 0) ||
        ((visit.preferredEngineers?.length ?? 0) > 0 && (weights.notPreferred ?? 0) > 0) ||
        ((visit.familiarEngineers?.length ?? 0) > 0 && (weights.unfamiliar ?? 0) > 0) ||
        instance.prefersHours(v) ||
        (visit.waitingSince !== undefined && instance.waitingPerSecond(v) > 0) ||
        ((visit.territoryEngineers?.length ?? 0) > 0 && (weights.outOfTerritory ?? 0) > 0);
    });
    this.hasStopCosts = hasStopCosts;
    const withFrozen = new Set(plain.visits.map((_, v) => instance.frozenVehicle(v)));
    const oneWindowEach = this.simple.every((one) => one === 1);
    for (let vehicle = 0; vehicle < vehicleCount; vehicle++) {
      const overtime = weights.overtimeSecond > 0 && instance.latestEnd(vehicle) > instance.shiftEnd(vehicle);
      const busy = instance.firstBusy(vehicle + 1) > instance.firstBusy(vehicle);
      const timed =
        instance.speeds !== null || hasStopCosts || overtime || busy || withFrozen.has(vehicle) || !oneWindowEach;
      this.ownMode[vehicle] = instance.countsHours(vehicle) ? (timed ? SIMULATED : HOURS) : timed ? TIMED : PLAIN;
      this.mode[vehicle] = this.ownMode[vehicle] as number;
      const [from, to] = [this.startNode + vehicle, this.endNode + vehicle];
      const home = instance.endLocation(vehicle);
      this.place[from] = instance.startLocation(vehicle);
      this.place[to] = home < 0 ? locationCount : home;
      this.vehicleAt[from] = this.vehicleAt[to] = vehicle;
      this.ready[from] = this.start[from] = instance.earliestDeparture(vehicle);
      this.setOutBy[from] = Number.POSITIVE_INFINITY;
      this.latest[to] = instance.latestEnd(vehicle);
      this.join(from, to);
      this.settle(vehicle, to, from);
    }
    for (let vehicle = 0; vehicle < vehicleCount; vehicle++)
      if (withFrozen.has(vehicle)) this.replace(vehicle, frozenOrder(instance, vehicle));
  }

  order(vehicle: number): number[] {
    const order: number[] = [];
    for (let v = this.first(vehicle); v < this.startNode; v = this.next[v] as number) order.push(v);
    return order;
  }
  /** The first visit, or the end node. */
  first(vehicle: number): number {
    return this.next[this.startNode + vehicle] as number;
  }
  isEmpty(vehicle: number): boolean {
    return this.first(vehicle) >= this.startNode;
  }
  /** -1: absent. */
  vehicleOf(visit: number): number {
    return this.vehicleAt[visit] as number;
  }
  leftOutCost(visit: number): number {
    return this.leftOutCosts[visit] as number;
  }
  /** In order of number. */
  absent(): number[] {
    return [...this.absentList.subarray(0, this.absentCount)].sort((a, b) => a - b);
  }
  /** When somebody who may leave node `a` at `ready` can be at node `b`. */
  arrival(vehicle: number, ready: number, a: number, b: number): number {
    return arrival(this.instance, vehicle, ready, this.place[a] as number, this.place[b] as number);
  }
  /** When to leave node `a` at the latest to be at node `b` by then. */
  departure(vehicle: number, by: number, a: number, b: number): number {
    return latestDeparture(this.instance, vehicle, by, this.place[a] as number, this.place[b] as number);
  }

  /**
   * From now on, and until it is taken out, the visit starts between the two moments. If it is in its present start must be
   * one of them. An absent one is looked for a place like that.
   */
  hold(visit: number, from: number, to: number): void {
    const { held, instance } = this;
    if (held === null || (held[2 * visit] === from && held[2 * visit + 1] === to)) return;
    const vehicle = this.vehicleAt[visit] as number;
    if (vehicle >= 0) this.touch(vehicle);
    held[2 * visit] = from;
    held[2 * visit + 1] = to;
    instance.hold(visit, from, to);
    const first = instance.firstWindow(visit);
    const last = instance.firstWindow(visit + 1) - 1;
    const [opens, closes] = first > last ? ALWAYS : [instance.windowFrom(first), instance.windowTo(last)];
    this.open[visit] = Math.max(instance.release(visit), opens);
    this.close[visit] = Math.min(to, closes);
    if (vehicle >= 0 && !this.settle(vehicle, visit, visit)) throw new Error(`visit ${visit} cannot be held like that`);
  }
  /** Of the visits of an order; undefined where no visit is tied to another. */
  holdsOf(order: readonly number[]): Holds | undefined {
    const { held } = this;
    if (held === null) return undefined;
    return order.flatMap((visit) => [held[2 * visit] as number, held[2 * visit + 1] as number]);
  }

  /** Puts an absent visit after a node of the vehicle. Throws where it does not fit. */
  insertAfter(node: number, visit: number): void {
    const vehicle = this.vehicleAt[node] as number;
    this.touch(vehicle);
    this.link(node, visit);
    if (!this.settle(vehicle, visit, visit))
      throw new Error(`visit ${visit} does not fit after node ${node} of vehicle ${vehicle}`);
  }

  /**
   * Takes out the visits from `from` to `to` (in that order in one route, none of them frozen). False if what is left cannot
   * be driven, because the way by a visit taken out was the quicker one; then only the frozen visits are left.
   */
  remove(from: number, to: number): boolean {
    const vehicle = this.vehicleAt[from] as number;
    this.touch(vehicle);
    const before = this.previous[from] as number;
    const after = this.next[to] as number;
    for (let visit = from; visit !== after; visit = this.next[visit] as number) this.release(vehicle, visit);
    this.join(before, after);
    if (this.isEmpty(vehicle)) this.use(vehicle, -1);
    if (this.settle(vehicle, after, before)) return true;
    this.replace(vehicle, frozenOrder(this.instance, vehicle));
    return false;
  }

  /** Gives the vehicle this order; visits no longer in it become absent. False, and nothing changed, if it cannot be driven. */
  replace(vehicle: number, order: readonly number[]): boolean {
    if (timeRoute(this.instance, vehicle, order, this.starts) === NEVER || !this.holds(vehicle, order)) return false;
    this.touch(vehicle);
    this.setOrder(vehicle, order);
    return true;
  }

  /** From here on changes can be undone with `rollBack`. */
  mark(): void {
    this.marks++;
    this.touched.length = this.touchedVersion.length = this.touchedFrom.length = this.touchedOrder.length = 0;
    this.touchedHolds.length = 0;
  }

  rollBack(): void {
    for (const vehicle of this.touched) this.empty(vehicle);
    this.touched.forEach((vehicle, k) => {
      let last = this.startNode + vehicle;
      const to = this.touchedFrom[k + 1] ?? this.touchedOrder.length;
      for (let i = this.touchedFrom[k] as number; i < to; i++) {
        const visit = this.touchedOrder[i] as number;
        if (this.held !== null)
          this.hold(visit, this.touchedHolds[2 * i] as number, this.touchedHolds[2 * i + 1] as number);
        this.link(last, visit);
        last = visit;
      }
      this.settleAll(vehicle);
      this.version[vehicle] = this.touchedVersion[k] as number;
    });
    this.mark();
  }

  copyOrders(): Orders {
    return Array.from({ length: this.instance.vehicleCount }, (_, vehicle) => {
      const order = this.order(vehicle);
      return ordered(vehicle, order, this.holdsOf(order));
    });
  }

  /** The orders must be drivable, and no visit may be in two vehicles afterwards. */
  setOrders(orders: Orders): void {
    const changed = orders.filter(([vehicle, order, holds]) => {
      const now = this.order(vehicle);
      const other = order.length !== now.length || order.some((visit, i) => visit !== now[i]);
      return other || this.holdsOf(now)?.some((moment, k) => moment !== (holds?.[k] ?? unheld(k)));
    });
    for (const [vehicle] of changed) {
      this.touch(vehicle);
      this.empty(vehicle);
    }
    for (const [vehicle, order, holds] of changed) this.setOrder(vehicle, order, holds);
  }

  /** What the route would cost with this order of visits, timed anew; NEVER if it cannot be driven. */
  costOf(vehicle: number, order: readonly number[]): number {
    return routeCostOf(this.instance, vehicle, order, this.starts);
  }

  private holds(vehicle: number, order: readonly number[]): boolean {
    const { instance } = this;
    for (let kind = 0; kind < instance.kindCount; kind++) {
      let load = 0;
      for (const visit of order) load += instance.amount(visit, kind);
      if (load > instance.capacity(vehicle, kind) && order.some((visit) => instance.frozenVehicle(visit) < 0))
        return false;
    }
    return true;
  }

  private setOrder(vehicle: number, order: readonly number[], holds: Holds | undefined = this.holdsOf(order)): void {
    this.empty(vehicle);
    if (this.held !== null)
      for (const [i, visit] of order.entries())
        this.hold(visit, holds?.[2 * i] ?? Number.NEGATIVE_INFINITY, holds?.[2 * i + 1] ?? Number.POSITIVE_INFINITY);
    let last = this.startNode + vehicle;
    for (const visit of order) {
      this.link(last, visit);
      last = visit;
    }
    this.settleAll(vehicle);
  }

  /** Leaves the numbers of the route to be settled. */
  private empty(vehicle: number): void {
    if (this.isEmpty(vehicle)) return;
    const end = this.endNode + vehicle;
    for (let visit = this.first(vehicle); visit !== end; visit = this.next[visit] as number)
      this.release(vehicle, visit);
    this.join(this.startNode + vehicle, end);
    this.use(vehicle, -1);
  }

  private link(node: number, visit: number): void {
    const vehicle = this.vehicleAt[node] as number;
    const { instance } = this;
    if (this.isEmpty(vehicle)) this.use(vehicle, 1);
    const after = this.next[node] as number;
    this.cost -= this.legCost[after] as number;
    this.legCost[after] = 0;
    this.join(node, visit);
    this.join(visit, after);
    this.vehicleAt[visit] = vehicle;
    this.service[visit] = instance.serviceSeconds(visit, vehicle);
    this.start[visit] = Number.NaN; // unlike any other: both passes go past it
    this.latest[visit] = Number.NaN;
    this.cost -= this.leftOutCosts[visit] as number;
    if (instance.prefersHours(visit)) this.prefer(vehicle, 1);
    this.lengths[vehicle] = (this.lengths[vehicle] as number) + 1;
    const last = this.absentList[--this.absentCount] as number;
    const at = this.absentAt[visit] as number;
    this.absentList[at] = last;
    this.absentAt[last] = at;
    for (let kind = 0; kind < instance.kindCount; kind++)
      this.load(vehicle * instance.kindCount + kind, instance.amount(visit, kind));
  }

  private release(vehicle: number, visit: number): void {
    const { instance } = this;
    this.vehicleAt[visit] = -1;
    if (instance.prefersHours(visit)) this.prefer(vehicle, -1);
    if (this.held !== null) this.hold(visit, ...ALWAYS);
    this.cost +=
      (this.leftOutCosts[visit] as number) - (this.stopCosts[visit] as number) - (this.legCost[visit] as number);
    this.stopCosts[visit] = this.legCost[visit] = 0;
    this.lengths[vehicle] = (this.lengths[vehicle] as number) - 1;
    this.absentAt[visit] = this.absentCount;
    this.absentList[this.absentCount++] = visit;
    for (let kind = 0; kind < instance.kindCount; kind++)
      this.load(vehicle * instance.kindCount + kind, -instance.amount(visit, kind));
  }

  /** The first visit that prefers some hours changes how the route is timed, the last one that goes changes it back. */
  private prefer(vehicle: number, one: 1 | -1): void {
    const count = (this.preferring[vehicle] as number) + one;
    this.preferring[vehicle] = count;
    this.mode[vehicle] = count > 0 ? SIMULATED : (this.ownMode[vehicle] as number);
    if (count > 0) return;
    for (let node = this.first(vehicle); node < this.startNode; node = this.next[node] as number)
      this.start[node] = this.latest[node] = Number.NaN; // simulating has not kept them
    this.unkept[vehicle] = 1;
  }

  private join(a: number, b: number): void {
    const cell = (this.place[a] as number) * this.side + (this.place[b] as number);
    const cost = this.instance.legCosts[cell] as number;
    this.wayTo[b] = this.instance.ways[cell] as number;
    this.cost += cost - (this.legCost[b] as number);
    this.legCost[b] = cost;
    this.next[a] = b;
    this.previous[b] = a;
  }

  private load(cell: number, amount: number): void {
    this.loads[cell] = (this.loads[cell] as number) + amount;
  }

  private use(vehicle: number, one: 1 | -1): void {
    if (one > 0) {
      this.usedAt[vehicle] = this.usedCount;
      this.usedList[this.usedCount++] = vehicle;
    } else {
      const last = this.usedList[--this.usedCount] as number;
      const at = this.usedAt[vehicle] as number;
      this.usedList[at] = last;
      this.usedAt[last] = at;
    }
    this.cost += one * this.instance.fixedCost(vehicle);
  }

  private touch(vehicle: number): void {
    if (this.touchedMark[vehicle] === this.marks) return;
    this.touchedMark[vehicle] = this.marks;
    this.touched.push(vehicle);
    this.touchedVersion.push(this.version[vehicle] as number);
    this.touchedFrom.push(this.touchedOrder.length);
    for (let v = this.first(vehicle); v < this.startNode; v = this.next[v] as number) {
      this.touchedOrder.push(v);
      if (this.held !== null) this.touchedHolds.push(this.held[2 * v] as number, this.held[2 * v + 1] as number);
    }
  }

  /** Every node of the order is new. */
  private settleAll(vehicle: number): void {
    if (!this.settle(vehicle, this.first(vehicle), this.previous[this.endNode + vehicle] as number))
      throw new Error(`the order of vehicle ${vehicle} cannot be driven`);
  }

  /** Brings the numbers of a route up to date after changes between the two nodes. False if it cannot be driven. */
  private settle(vehicle: number, from: number, to: number): boolean {
    this.version[vehicle] = ++this.versions;
    if (this.mode[vehicle] === SIMULATED) return this.timeAnew(vehicle);
    const whole = this.unkept[vehicle] === 1;
    const firstChanged = whole ? this.first(vehicle) : from;
    const lastChanged = whole ? (this.previous[this.endNode + vehicle] as number) : to;
    this.unkept[vehicle] = 0;
    if (
      !(this.mode[vehicle] === TIMED ? this.forward(vehicle, firstChanged) : this.forwardPlain(vehicle, firstChanged))
    )
      return false;
    if (this.mode[vehicle] === TIMED) this.backward(vehicle, lastChanged);
    else this.backwardPlain(vehicle, lastChanged);
    return this.mode[vehicle] !== HOURS || this.countHours(vehicle);
  }

  /** `forward` where nothing but one window a visit is in the way, and times cost nothing. */
  private forwardPlain(vehicle: number, from: number): boolean {
    const { start, ready, open, close, service, next, wayTo } = this;
    const end = this.endNode + vehicle;
    let moment = ready[this.previous[from] as number] as number;
    for (let node = from; node !== end; node = next[node] as number) {
      moment += wayTo[node] as number;
      const opens = open[node] as number;
      if (moment < opens) moment = opens;
      if (moment === start[node]) return true;
      if (moment > (close[node] as number)) return false;
      start[node] = moment;
      moment += service[node] as number;
      ready[node] = moment;
    }
    start[end] = moment + (wayTo[end] as number);
    return (start[end] as number) <= (this.latest[end] as number) || this.isEmpty(vehicle);
  }

  private backwardPlain(vehicle: number, from: number): void {
    const { latest, open, close, service, previous, wayTo } = this;
    const begin = this.startNode + vehicle;
    let after = this.next[from] as number;
    let by = latest[after] as number;
    for (let node = from; node !== begin; node = previous[node] as number) {
      by -= (wayTo[after] as number) + (service[node] as number);
      if (by > (close[node] as number)) by = close[node] as number;
      if (by < (open[node] as number)) by = Number.NEGATIVE_INFINITY;
      if (by === latest[node]) return;
      latest[node] = by;
      after = node;
    }
    latest[begin] = by - (wayTo[after] as number);
  }

  /** From `from` on, until nothing changes any more: the recurrence of schedule.ts, with its costs. */
  private forward(vehicle: number, from: number): boolean {
    const { instance, start, ready, next } = this;
    const end = this.endNode + vehicle;
    const engineer = instance.engineerOf(vehicle);
    let before = this.previous[from] as number;
    for (let node = from; node !== end; node = next[node] as number) {
      const arriveAt = this.arrival(vehicle, ready[before] as number, before, node);
      let startAt: number;
      let readyAt: number;
      if (instance.frozenVehicle(node) >= 0) {
        startAt = instance.frozenStart(node);
        if (arriveAt > startAt && before < this.startNode && instance.frozenVehicle(before) < 0) return false;
        readyAt = Math.max(ready[before] as number, startAt + instance.serviceSeconds(node, vehicle));
      } else {
        startAt = earliestStart(instance, vehicle, node, arriveAt);
        if (startAt === NEVER) return false;
        readyAt = startAt + instance.serviceSeconds(node, vehicle);
      }
      if (instance.speeds !== null) this.setWayCost(vehicle, before, ready[before] as number, node, startAt);
      if (startAt === start[node] && readyAt === ready[node]) return true;
      start[node] = startAt;
      ready[node] = readyAt;
      if (this.hasStopCosts) this.setStopCost(node, stopCost(instance, node, engineer, startAt));
      before = node;
    }
    const homeAt = this.arrival(vehicle, ready[before] as number, before, end);
    start[end] = homeAt;
    if (instance.speeds !== null) this.setHomeCost(vehicle, before, ready[before] as number);
    this.setOvertime(vehicle, before >= this.startNode ? 0 : overtimeCost(instance, vehicle, homeAt));
    const given = before >= this.startNode || instance.frozenVehicle(before) >= 0;
    return given || homeAt <= instance.latestEnd(vehicle);
  }

  /** From `from` back, until nothing changes any more. */
  private backward(vehicle: number, from: number): void {
    const { instance, latest, previous } = this;
    const begin = this.startNode + vehicle;
    let after = this.next[from] as number;
    for (let node = from; node !== begin; node = previous[node] as number) {
      let by = instance.frozenStart(node);
      if (instance.frozenVehicle(node) < 0) {
        const leaveBy = this.departure(vehicle, latest[after] as number, node, after);
        by = latestStart(instance, vehicle, node, leaveBy - instance.serviceSeconds(node, vehicle));
      }
      if (by === latest[node]) return;
      latest[node] = by;
      after = node;
    }
  }

  /**
   * The shortest working time of an order is the longer of what there is to do, and the earliest arrival home less the
   * latest setting out; `busySoFar`, `homeFrom` and `setOutBy` are these three for the parts before and after a place.
   */
  private countHours(vehicle: number): boolean {
    const { next, previous, busySoFar, setOutBy, homeFrom, service, instance } = this;
    const begin = this.startNode + vehicle;
    const end = this.endNode + vehicle;
    for (let node = next[begin] as number, before = begin; before !== end; before = node, node = next[node] as number) {
      const reached = (busySoFar[before] as number) + (this.wayTo[node] as number);
      if (node === end) {
        busySoFar[end] = reached;
        break;
      }
      setOutBy[node] = Math.min(setOutBy[before] as number, (this.close[node] as number) - reached);
      busySoFar[node] = reached + (service[node] as number);
    }
    const total = busySoFar[end] as number;
    homeFrom[end] = Number.NEGATIVE_INFINITY;
    let floor = Number.NEGATIVE_INFINITY;
    for (let node = previous[end] as number; node !== begin; node = previous[node] as number) {
      const toGo = total - (busySoFar[node] as number) + (service[node] as number);
      floor = Math.max(floor, (this.open[node] as number) + toGo);
      homeFrom[node] = floor;
    }
    const hours = this.isEmpty(vehicle)
      ? 0
      : Math.max(total, (this.start[end] as number) - (this.latest[begin] as number));
    this.setHours(vehicle, hours);
    return hours <= instance.longestSeconds(vehicle);
  }

  private timeAnew(vehicle: number): boolean {
    const { instance, starts } = this;
    const order = this.order(vehicle);
    const homeAt = timeRoute(instance, vehicle, order, starts);
    if (homeAt === NEVER) return false;
    if (instance.speeds !== null) this.setWayCosts(vehicle, order);
    order.forEach((visit, i) => {
      this.start[visit] = starts[i] as number;
      this.setStopCost(visit, stopCost(instance, visit, instance.engineerOf(vehicle), starts[i] as number));
    });
    if (this.held !== null) this.boundsAnew(vehicle);
    this.start[this.endNode + vehicle] = homeAt;
    this.setOvertime(vehicle, order.length === 0 ? 0 : overtimeCost(instance, vehicle, homeAt));
    this.setHours(vehicle, order.length === 0 ? 0 : Math.max(0, homeAt - setOutAt(instance, vehicle, order, starts)));
    return true;
  }

  /** `ready` and `latest` as they are in other modes: places for visits that are tied to others are looked for by them. */
  private boundsAnew(vehicle: number): void {
    const { instance, ready } = this;
    const end = this.endNode + vehicle;
    let before = this.startNode + vehicle;
    for (let node = this.first(vehicle); node !== end; node = this.next[node] as number) {
      const arriveAt = this.arrival(vehicle, ready[before] as number, before, node);
      const frozen = instance.frozenVehicle(node) >= 0;
      const startAt = frozen ? instance.frozenStart(node) : earliestStart(instance, vehicle, node, arriveAt);
      ready[node] = Math.max(ready[before] as number, startAt + instance.serviceSeconds(node, vehicle));
      this.latest[node] = Number.NaN; // unlike any other
      before = node;
    }
    this.backward(vehicle, before);
  }

  /** Ways cost by the hour they are driven at; the order has just been timed. */
  private setWayCosts(vehicle: number, order: readonly number[]): void {
    const { instance, starts } = this;
    let before = this.startNode + vehicle;
    let ready = instance.earliestDeparture(vehicle);
    order.forEach((visit, i) => {
      const startAt = starts[i] as number;
      this.setWayCost(vehicle, before, ready, visit, startAt);
      ready = Math.max(ready, startAt + instance.serviceSeconds(visit, vehicle));
      before = visit;
    });
    this.setHomeCost(vehicle, before, ready);
  }
  private setWayCost(vehicle: number, before: number, ready: number, node: number, startAt: number): void {
    const [from, to] = [this.place[before] as number, this.place[node] as number];
    this.setLegCost(node, wayCost(this.instance, vehicle, ready, from, to, startAt));
  }
  private setHomeCost(vehicle: number, before: number, ready: number): void {
    const idle = before >= this.startNode;
    const from = this.place[before] as number;
    const { instance } = this;
    this.setLegCost(
      this.endNode + vehicle,
      idle ? idleCost(instance, vehicle) : homeLegCost(instance, vehicle, from, ready),
    );
  }
  private setLegCost(node: number, cost: number): void {
    this.cost += cost - (this.legCost[node] as number);
    this.legCost[node] = cost;
  }
  private setStopCost(visit: number, cost: number): void {
    this.cost += cost - (this.stopCosts[visit] as number);
    this.stopCosts[visit] = cost;
  }
  private setOvertime(vehicle: number, cost: number): void {
    this.cost += cost - (this.overtime[vehicle] as number);
    this.overtime[vehicle] = cost;
  }
  private setHours(vehicle: number, hours: number): void {
    this.cost += workCost(this.instance, hours) - workCost(this.instance, this.hours[vehicle] as number);
    this.hours[vehicle] = hours;
  }
  overtimeOf(vehicle: number): number {
    return this.overtime[vehicle] as number;
  }
}

const ALWAYS = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;
/** Of the k-th number among holds. */
const unheld = (k: number): number => (k % 2 === 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY);

/** One of `Orders`, without holds where there are none. */
export function ordered(vehicle: number, order: readonly number[], holds: Holds | undefined): Orders[number] {
  return holds === undefined ? [vehicle, order] : [vehicle, order, holds];
}

/** NEVER if it cannot be driven. */
function routeCostOf(instance: Instance, vehicle: number, order: readonly number[], starts: Float64Array): number {
  const homeAt = timeRoute(instance, vehicle, order, starts);
  return homeAt === NEVER ? NEVER : routeCost(instance, vehicle, order, starts, homeAt);
}

/** The visits frozen to a vehicle, by start, then by number. */
export function frozenOrder(instance: Instance, vehicle: number): number[] {
  const frozen: number[] = [];
  for (let visit = 0; visit < instance.visitCount; visit++)
    if (instance.frozenVehicle(visit) === vehicle) frozen.push(visit);
  return frozen.sort((a, b) => instance.frozenStart(a) - instance.frozenStart(b) || a - b);
}
