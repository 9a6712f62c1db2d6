import type { Instance } from './instance.ts';
import { leftOutCost, overtimeCost, routeCost, stopCost, workCost } from './pricing.ts';
import { arrival, earliestStart, latestDeparture, latestStart, NEVER, setOutAt, timeRoute } from './schedule.ts';

/** Vehicles with their visits in order: what `Routes` gives out and goes back to. */
export type Orders = readonly (readonly [vehicle: number, order: readonly number[]])[];

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
  private marks = 1;

  /** Only the frozen visits are in; all others are absent. */
  constructor(instance: Instance) {
    this.instance = instance;
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
        ((visit.territoryEngineers?.length ?? 0) > 0 && (weights.outOfTerritory ?? 0) > 0);
    });
    this.hasStopCosts = hasStopCosts;
    const withFrozen = new Set(plain.visits.map((_, v) => instance.frozenVehicle(v)));
    const oneWindowEach = this.simple.every((one) => one === 1);
    for (let vehicle = 0; vehicle < vehicleCount; vehicle++) {
      const overtime = weights.overtimeSecond > 0 && instance.latestEnd(vehicle) > instance.shiftEnd(vehicle);
      const busy = instance.firstBusy(vehicle + 1) > instance.firstBusy(vehicle);
      const timed = hasStopCosts || overtime || busy || withFrozen.has(vehicle) || !oneWindowEach;
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
  /** Seconds from node to node. */
  way(a: number, b: number): number {
    return this.instance.ways[(this.place[a] as number) * this.side + (this.place[b] as number)] as number;
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
  }

  rollBack(): void {
    for (const vehicle of this.touched) this.empty(vehicle);
    this.touched.forEach((vehicle, k) => {
      let last = this.startNode + vehicle;
      const to = this.touchedFrom[k + 1] ?? this.touchedOrder.length;
      for (let i = this.touchedFrom[k] as number; i < to; i++) {
        const visit = this.touchedOrder[i] as number;
        this.link(last, visit);
        last = visit;
      }
      this.settleAll(vehicle);
      this.version[vehicle] = this.touchedVersion[k] as number;
    });
    this.mark();
  }

  copyOrders(): Orders {
    return Array.from({ length: this.instance.vehicleCount }, (_, vehicle) => [vehicle, this.order(vehicle)] as const);
  }

  /** The orders must be drivable, and no visit may be in two vehicles afterwards. */
  setOrders(orders: Orders): void {
    const changed = orders.filter(([vehicle, order]) => {
      const now = this.order(vehicle);
      return order.length !== now.length || order.some((visit, i) => visit !== now[i]);
    });
    for (const [vehicle] of changed) {
      this.touch(vehicle);
      this.empty(vehicle);
    }
    for (const [vehicle, order] of changed) this.setOrder(vehicle, order);
  }

  /** What the route would cost more with the visit after the node, by timing the whole day anew; NEVER if it cannot be. */
  simulate(vehicle: number, node: number, visit: number): number {
    const { instance, starts } = this;
    const order = this.order(vehicle);
    const before = routeCostOf(instance, vehicle, order, starts);
    order.splice(node >= this.startNode ? 0 : order.indexOf(node) + 1, 0, visit);
    const after = routeCostOf(instance, vehicle, order, starts);
    return after === NEVER ? NEVER : after - before;
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

  private setOrder(vehicle: number, order: readonly number[]): void {
    this.empty(vehicle);
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
    for (let v = this.first(vehicle); v < this.startNode; v = this.next[v] as number) this.touchedOrder.push(v);
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
      const arriveAt = arrival(instance, vehicle, ready[before] as number, this.way(before, node));
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
      if (startAt === start[node] && readyAt === ready[node]) return true;
      start[node] = startAt;
      ready[node] = readyAt;
      if (this.hasStopCosts) this.setStopCost(node, stopCost(instance, node, engineer, startAt));
      before = node;
    }
    const homeAt = arrival(instance, vehicle, ready[before] as number, this.way(before, end));
    start[end] = homeAt;
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
        const leaveBy = latestDeparture(instance, vehicle, latest[after] as number, this.way(node, after));
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
    order.forEach((visit, i) => {
      this.start[visit] = starts[i] as number;
      this.setStopCost(visit, stopCost(instance, visit, instance.engineerOf(vehicle), starts[i] as number));
    });
    this.start[this.endNode + vehicle] = homeAt;
    this.setOvertime(vehicle, order.length === 0 ? 0 : overtimeCost(instance, vehicle, homeAt));
    this.setHours(vehicle, order.length === 0 ? 0 : Math.max(0, homeAt - setOutAt(instance, vehicle, order, starts)));
    return true;
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
