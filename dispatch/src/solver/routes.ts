import type { Instance } from './instance.ts';
import { homeLegCost, idleCost, leftOutCost, overtimeCost, routeCost, stopCost } from './pricing.ts';
import { arrival, earliestStart, homeArrival, NEVER, timeRoute } from './schedule.ts';

/** Vehicles with their visits in order: what `Routes` gives out and goes back to. */
export type Orders = readonly (readonly [vehicle: number, order: readonly number[]])[];

/**
 * The plan the search works on: the order of visits in each vehicle, with times as early as can be and costs kept along.
 * Always drivable. Every price is exact (whole units), so `cost` is the honest cost of the plan made from it.
 */
export class Routes {
  readonly instance: Instance;
  /** Cost of the whole plan. */
  cost = 0;
  /** Orders are replaced, never changed in place: to remember one is to keep the reference. */
  private readonly orders: (readonly number[])[];
  private readonly before = new Map<number, readonly number[]>(); // orders as they were at `mark`
  private readonly vehicleOfVisit: Int32Array; // -1: absent
  private readonly startOf: Float64Array; // by visit
  private readonly readyAfter: Float64Array; // by visit: when the engineer can leave it
  private readonly stopCosts: Float64Array; // by visit
  private readonly costs: Float64Array; // by vehicle
  private readonly homeAt: Float64Array; // by vehicle
  private readonly leftOutCosts: Float64Array; // by visit
  private readonly starts: Float64Array; // scratch

  /** Only the frozen visits are in; all others are absent. */
  constructor(instance: Instance) {
    this.instance = instance;
    const { visitCount, vehicleCount } = instance;
    this.orders = Array.from({ length: vehicleCount }, () => []);
    this.vehicleOfVisit = new Int32Array(visitCount).fill(-1);
    this.startOf = new Float64Array(visitCount);
    this.readyAfter = new Float64Array(visitCount);
    this.stopCosts = new Float64Array(visitCount);
    this.costs = new Float64Array(vehicleCount);
    this.homeAt = new Float64Array(vehicleCount);
    this.leftOutCosts = Float64Array.from({ length: visitCount }, (_, visit) => leftOutCost(instance, visit));
    this.starts = new Float64Array(visitCount);

    for (let vehicle = 0; vehicle < vehicleCount; vehicle++)
      this.cost += this.costs[vehicle] = idleCost(instance, vehicle);
    for (let visit = 0; visit < visitCount; visit++) this.cost += this.leftOutCosts[visit] as number;
    for (let vehicle = 0; vehicle < vehicleCount; vehicle++) this.replace(vehicle, frozenOrder(instance, vehicle));
  }

  order(vehicle: number): readonly number[] {
    return this.orders[vehicle] as readonly number[];
  }
  /** -1: absent. */
  vehicleOf(visit: number): number {
    return this.vehicleOfVisit[visit] as number;
  }
  leftOutCost(visit: number): number {
    return this.leftOutCosts[visit] as number;
  }
  routeCost(vehicle: number): number {
    return this.costs[vehicle] as number;
  }
  /** In order of number, into `into`. */
  absent(into: number[] = []): number[] {
    into.length = 0;
    for (let visit = 0; visit < this.instance.visitCount; visit++) if (this.vehicleOf(visit) < 0) into.push(visit);
    return into;
  }

  /**
   * What the routes cost more with `visit` at `position` of `vehicle`, or NEVER. The whole plan then changes by this less
   * `leftOutCost(visit)`. Follows the recurrence of schedule.ts from the new visit on, and stops at the first visit that
   * starts when it did before: from there everything is as it was.
   */
  priceInsertion(vehicle: number, position: number, visit: number): number {
    const { instance } = this;
    const order = this.order(vehicle);
    const engineer = instance.engineerOf(vehicle);
    const before = position === 0 ? -1 : (order[position - 1] as number);
    const from = before < 0 ? instance.startLocation(vehicle) : instance.locationOf(before);
    let ready = before < 0 ? instance.earliestDeparture(vehicle) : (this.readyAfter[before] as number);
    let location = instance.locationOf(visit);

    let start = earliestStart(
      instance,
      vehicle,
      visit,
      arrival(instance, vehicle, ready, instance.travelSeconds(from, location)),
    );
    if (start === NEVER) return NEVER;
    ready = start + instance.serviceSeconds(visit);
    let added = instance.legCost(from, location) + stopCost(instance, visit, engineer, start);

    const legs = position < order.length ? instance.locationOf(order[position] as number) : -1;
    if (legs >= 0) added += instance.legCost(location, legs) - instance.legCost(from, legs);
    else if (before >= 0) added += homeLegCost(instance, vehicle, location) - homeLegCost(instance, vehicle, from);
    else added += homeLegCost(instance, vehicle, location) - idleCost(instance, vehicle);

    for (let i = position; i < order.length; i++) {
      const next = order[i] as number;
      const there = instance.locationOf(next);
      const arriveAt = arrival(instance, vehicle, ready, instance.travelSeconds(location, there));
      if (instance.frozenVehicle(next) >= 0) return arriveAt <= instance.frozenStart(next) ? added : NEVER;
      start = earliestStart(instance, vehicle, next, arriveAt);
      if (start === NEVER) return NEVER;
      if (start === this.startOf[next]) return added;
      added += stopCost(instance, next, engineer, start) - (this.stopCosts[next] as number);
      ready = start + instance.serviceSeconds(next);
      location = there;
    }
    const homeAt = homeArrival(instance, vehicle, location, ready);
    if (homeAt > instance.latestEnd(vehicle)) return NEVER;
    const overtimeBefore = order.length === 0 ? 0 : overtimeCost(instance, vehicle, this.homeAt[vehicle] as number);
    return added + overtimeCost(instance, vehicle, homeAt) - overtimeBefore;
  }

  insert(vehicle: number, position: number, visit: number): void {
    const order = [...this.order(vehicle)];
    order.splice(position, 0, visit);
    if (!this.replace(vehicle, order))
      throw new Error(`visit ${visit} does not fit at ${position} of vehicle ${vehicle}`);
  }

  /** Gives the vehicle this order; visits no longer in it become absent. False, and nothing changed, if it cannot be driven. */
  replace(vehicle: number, order: readonly number[]): boolean {
    const { instance, starts } = this;
    const homeAt = timeRoute(instance, vehicle, order, starts);
    if (homeAt === NEVER) return false;
    if (!this.before.has(vehicle)) this.before.set(vehicle, this.order(vehicle));
    for (const visit of this.order(vehicle)) {
      this.vehicleOfVisit[visit] = -1;
      this.cost += this.leftOutCosts[visit] as number;
    }
    const engineer = instance.engineerOf(vehicle);
    let ready = instance.earliestDeparture(vehicle);
    order.forEach((visit, i) => {
      const start = starts[i] as number;
      ready = Math.max(ready, start + instance.serviceSeconds(visit));
      this.vehicleOfVisit[visit] = vehicle;
      this.startOf[visit] = start;
      this.readyAfter[visit] = ready;
      this.stopCosts[visit] = stopCost(instance, visit, engineer, start);
      this.cost -= this.leftOutCosts[visit] as number;
    });
    const cost = routeCost(instance, vehicle, order, starts, homeAt);
    this.cost += cost - (this.costs[vehicle] as number);
    this.costs[vehicle] = cost;
    this.homeAt[vehicle] = homeAt;
    this.orders[vehicle] = order;
    return true;
  }

  /**
   * Takes out every visit that is neither frozen nor kept. Where what is left cannot be driven (the way by the visit taken
   * out was the quicker one), only the frozen visits stay.
   */
  keepOnly(vehicle: number, keep: (visit: number) => boolean): void {
    const left = this.order(vehicle).filter((visit) => keep(visit) || this.instance.frozenVehicle(visit) >= 0);
    if (!this.replace(vehicle, left)) this.replace(vehicle, frozenOrder(this.instance, vehicle));
  }

  /** From here on changes can be undone with `rollBack`. */
  mark(): void {
    this.before.clear();
  }

  rollBack(): void {
    this.setOrders([...this.before]);
    this.before.clear();
  }

  copyOrders(): Orders {
    return [...this.orders.entries()];
  }

  /** The orders must be drivable, and no visit may be in two vehicles afterwards. */
  setOrders(orders: Orders): void {
    const changed = orders.filter(([vehicle, order]) => order !== this.orders[vehicle]);
    for (const [vehicle] of changed) this.replace(vehicle, NO_VISITS); // first out of the old places, then into the new
    for (const [vehicle, order] of changed) this.replace(vehicle, order);
  }
}

const NO_VISITS: readonly number[] = [];

/** The visits frozen to a vehicle, by start, then by number. */
export function frozenOrder(instance: Instance, vehicle: number): number[] {
  const frozen: number[] = [];
  for (let visit = 0; visit < instance.visitCount; visit++)
    if (instance.frozenVehicle(visit) === vehicle) frozen.push(visit);
  return frozen.sort((a, b) => instance.frozenStart(a) - instance.frozenStart(b) || a - b);
}
