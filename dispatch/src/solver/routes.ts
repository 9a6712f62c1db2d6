import type { Instance } from './instance.ts';
import { SIMULATED } from './modes.ts';
import { ALWAYS, frozenOrder, type Holds, type Orders, ordered, unheld } from './orders.ts';
import { routeCost } from './pricing.ts';
import { RouteTimes } from './route-times.ts';
import { NEVER, timeRoute } from './schedule.ts';

/**
 * The plan the search works on: the order of visits in each vehicle (route-nodes.ts), with times as early as can be
 * (route-times.ts) and costs kept along. Always drivable. Every price is exact (whole units), so `cost` is the honest cost of
 * the plan made from it.
 *
 * A visit that is tied to others is held between two moments while it is in (`hold`; links.ts says which), so that every tie
 * holds whatever is done to either route: in here routes know nothing of each other. `instance` is a copy that knows the holds.
 */
export class Routes extends RouteTimes {
  private readonly touched: number[] = []; // vehicles changed since `mark`, as they were then:
  private readonly touchedVersion: number[] = [];
  private readonly touchedFrom: number[] = []; // into `touchedOrder`
  private touchedOrder: number[] = [];
  private readonly touchedMark: Float64Array; // by vehicle
  private touchedHolds: number[] = []; // two for each of `touchedOrder`, if anything is held
  private marks = 1;

  /** Only the frozen visits are in; all others are absent. */
  constructor(plainly: Instance) {
    const instance = plainly.holdable();
    super(instance);
    const { vehicleCount } = instance;
    this.touchedMark = new Float64Array(vehicleCount);
    for (let vehicle = 0; vehicle < vehicleCount; vehicle++)
      this.settle(vehicle, this.endNode + vehicle, this.startNode + vehicle);
    for (let vehicle = 0; vehicle < vehicleCount; vehicle++) {
      const frozen = frozenOrder(instance, vehicle);
      if (frozen.length > 0) this.replace(vehicle, frozen);
    }
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
}

/** NEVER if it cannot be driven. */
function routeCostOf(instance: Instance, vehicle: number, order: readonly number[], starts: Float64Array): number {
  const homeAt = timeRoute(instance, vehicle, order, starts);
  return homeAt === NEVER ? NEVER : routeCost(instance, vehicle, order, starts, homeAt);
}
