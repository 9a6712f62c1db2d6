import type { Instance } from './instance.ts';
import { modesOf, stopsCost } from './modes.ts';
import { unheld } from './orders.ts';
import { leftOutCost, workCost } from './pricing.ts';
import { arrival, latestDeparture } from './schedule.ts';

/**
 * The nodes of all routes and what is known of each: linked lists in arrays by node, visits first, then the start of each
 * vehicle, then the end of each. The sum of all costs is kept along with whatever is set here.
 */
export abstract class RouteNodes {
  readonly instance: Instance;
  /** Cost of the whole plan. */
  cost = 0;
  /** Vehicles with visits. */
  usedCount = 0;
  /** The first `usedCount`, in no order. */
  readonly usedList: Int32Array;
  protected readonly usedAt: Int32Array; // by vehicle, into `usedList`

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
  protected readonly absentAt: Int32Array; // by visit, into `absentList`
  /** Of the order of a vehicle: another number after each change, the old one when that is undone. */
  readonly version: Float64Array;
  readonly mode: Uint8Array; // by vehicle
  protected readonly ownMode: Uint8Array; // without visits that prefer some hours
  protected readonly preferring: Int32Array; // such visits by vehicle
  protected readonly unkept: Uint8Array; // by vehicle: 1 when the numbers of its nodes are those of another mode
  readonly open: Float64Array; // by visit: first and last moment it may start
  readonly close: Float64Array;
  /** Where hours count (mode HOURS): see places.ts. */
  readonly busySoFar: Float64Array; // travel and service from setting out until the node is done
  readonly setOutBy: Float64Array; // latest setting out that keeps the windows up to the node
  readonly homeFrom: Float64Array; // arrival home cannot be before this, however early the node is reached
  readonly hours: Float64Array; // by vehicle
  protected readonly overtime: Float64Array; // cost by vehicle
  protected readonly leftOutCosts: Float64Array; // by visit
  protected readonly hasStopCosts: boolean;
  protected readonly starts: Float64Array; // scratch
  protected readonly side: number;
  protected readonly held: Float64Array | null; // from, to by visit; null: no visit is tied to another

  /** No visit is in a route. */
  constructor(instance: Instance) {
    this.instance = instance;
    this.held = instance.links === null ? null : new Float64Array(2 * instance.visitCount).map((_, k) => unheld(k));
    const { visitCount, vehicleCount, locationCount } = instance;
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
    this.ownMode = modesOf(instance);
    this.mode = this.ownMode.slice();
    this.hasStopCosts = stopsCost(instance);
    this.preferring = new Int32Array(vehicleCount);
    this.unkept = new Uint8Array(vehicleCount);
    this.open = new Float64Array(visitCount);
    this.close = new Float64Array(visitCount);
    this.busySoFar = new Float64Array(nodes);
    this.setOutBy = new Float64Array(nodes);
    this.homeFrom = new Float64Array(nodes);
    this.hours = new Float64Array(vehicleCount);
    this.overtime = new Float64Array(vehicleCount);
    this.leftOutCosts = new Float64Array(visitCount);
    this.starts = new Float64Array(visitCount);

    for (let v = 0; v < visitCount; v++) {
      const first = instance.firstWindow(v);
      const count = instance.firstWindow(v + 1) - first;
      this.open[v] = Math.max(instance.release(v), count === 0 ? Number.NEGATIVE_INFINITY : instance.windowFrom(first));
      this.close[v] = count === 0 ? Number.POSITIVE_INFINITY : instance.windowTo(first + count - 1);
      this.place[v] = instance.locationOf(v);
      this.leftOutCosts[v] = leftOutCost(instance, v);
      this.cost += this.leftOutCosts[v] as number;
    }
    for (let vehicle = 0; vehicle < vehicleCount; vehicle++) {
      const [from, to] = [this.startNode + vehicle, this.endNode + vehicle];
      const home = instance.endLocation(vehicle);
      this.place[from] = instance.startLocation(vehicle);
      this.place[to] = home < 0 ? locationCount : home;
      this.vehicleAt[from] = this.vehicleAt[to] = vehicle;
      this.ready[from] = this.start[from] = instance.earliestDeparture(vehicle);
      this.setOutBy[from] = Number.POSITIVE_INFINITY;
      this.latest[to] = instance.latestEnd(vehicle);
      this.join(from, to);
    }
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
  overtimeOf(vehicle: number): number {
    return this.overtime[vehicle] as number;
  }

  protected join(a: number, b: number): void {
    const cell = (this.place[a] as number) * this.side + (this.place[b] as number);
    const cost = this.instance.legCosts[cell] as number;
    this.wayTo[b] = this.instance.ways[cell] as number;
    this.cost += cost - (this.legCost[b] as number);
    this.legCost[b] = cost;
    this.next[a] = b;
    this.previous[b] = a;
  }

  protected use(vehicle: number, one: 1 | -1): void {
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

  protected load(cell: number, amount: number): void {
    this.loads[cell] = (this.loads[cell] as number) + amount;
  }

  protected setLegCost(node: number, cost: number): void {
    this.cost += cost - (this.legCost[node] as number);
    this.legCost[node] = cost;
  }
  protected setStopCost(visit: number, cost: number): void {
    this.cost += cost - (this.stopCosts[visit] as number);
    this.stopCosts[visit] = cost;
  }
  protected setOvertime(vehicle: number, cost: number): void {
    this.cost += cost - (this.overtime[vehicle] as number);
    this.overtime[vehicle] = cost;
  }
  protected setHours(vehicle: number, hours: number): void {
    this.cost += workCost(this.instance, hours) - workCost(this.instance, this.hours[vehicle] as number);
    this.hours[vehicle] = hours;
  }
}
