import type { Instance } from './instance.ts';
import type { Route } from './plan.ts';
import { plannedCost, routeCost } from './pricing.ts';
import {
  arrival,
  earliestStart,
  type Hold,
  isHeld,
  latestDeparture,
  latestStart,
  NEVER,
  timeRoute,
  timesFrom,
} from './schedule.ts';

const NONE: readonly number[] = [];

/** The cheapest place of a visit in a lane: the order with it, and what that costs more than the lane. */
export interface LanePlace {
  readonly position: number;
  readonly added: number;
}

/**
 * The order of one vehicle, with what tells at once whether one more visit fits. Never changes once made, so going back is
 * keeping the old one, and what was found for it stays true.
 */
export interface Lane {
  readonly vehicle: number;
  readonly order: readonly number[];
  /** Visits put in here that had another place, or none: they keep no hour. */
  readonly loose: readonly number[];
  readonly cost: number;
  /** When the engineer can leave: [0] to set out, [i + 1] after order[i]. As early as can be. */
  readonly ready: readonly number[];
  /** Arrival at order[i] by then is in time for all that follows; the last one is home. */
  readonly latest: readonly number[];
  readonly load: readonly number[];
  /** What was found out so far. */
  readonly places: Map<number, LanePlace | null>;
  readonly shorter: Map<number, Lane | null>;
}

/**
 * Makes lanes and finds places in them. The quick question (`fits`) is the one comparison of routes.ts; a place that passes is
 * timed and priced in full, so prices are those of the plan that comes of it, whatever the rules of the shift.
 */
export class Lanes {
  readonly instance: Instance;
  /** Lanes asked for a place: the measure of work. */
  looks = 0;
  private readonly hold: Pick<Hold, 'from' | 'to'> | null;
  private readonly refuses: (engineer: number, visit: number) => boolean;
  private readonly opens: Float64Array;
  private readonly closes: Float64Array;
  private readonly starts: Float64Array;

  /** `refuses`: beyond what the instance says, this engineer may not have that visit. */
  constructor(
    instance: Instance,
    hold: Pick<Hold, 'from' | 'to'> | null = null,
    refuses: (engineer: number, visit: number) => boolean = () => false,
  ) {
    this.instance = instance;
    this.hold = hold;
    this.refuses = refuses;
    const { visitCount } = instance;
    this.starts = new Float64Array(visitCount + 1);
    this.opens = new Float64Array(visitCount);
    this.closes = new Float64Array(visitCount);
    for (let visit = 0; visit < visitCount; visit++) {
      const [first, after] = [instance.firstWindow(visit), instance.firstWindow(visit + 1)];
      const opens = first === after ? Number.NEGATIVE_INFINITY : instance.windowFrom(first);
      this.opens[visit] = Math.max(instance.release(visit), opens);
      this.closes[visit] = first === after ? Number.POSITIVE_INFINITY : instance.windowTo(after - 1);
    }
  }

  /** The lane of a route as planned, at what it costs by its own times; nothing when its order cannot be driven. */
  ofRoute(vehicle: number, route: Route | undefined): Lane | null {
    const order = route?.stops.map(({ visit }) => visit) ?? [];
    return this.lane(vehicle, order, [], plannedCost(this.instance, vehicle, route));
  }

  /** Nothing when it cannot be driven. The load is not asked. `cost`: as given, else by the earliest times. */
  lane(vehicle: number, order: readonly number[], loose: readonly number[], cost?: number): Lane | null {
    const { instance, starts } = this;
    const hold = this.holdWithout(loose);
    const homeAt = timeRoute(instance, vehicle, order, starts, hold);
    if (homeAt === NEVER) return null;
    const price = cost ?? routeCost(instance, vehicle, order, starts, homeAt);
    const departAt = instance.earliestDeparture(vehicle);
    // Whoever sets out late, or waits for better hours, could be earlier.
    if (instance.countsHours(vehicle) || instance.hasPreferredHours)
      timesFrom(instance, vehicle, order, starts, departAt, hold);
    let moment = departAt;
    const ready = [moment];
    for (let i = 0; i < order.length; i++) {
      const service = instance.serviceSeconds(order[i] as number, vehicle);
      moment = Math.max(moment, (starts[i] as number) + service);
      ready.push(moment);
    }
    const load: number[] = [];
    for (let kind = 0; kind < instance.kindCount; kind++) {
      let sum = 0;
      for (const visit of order) sum += instance.amount(visit, kind);
      load.push(sum);
    }
    const latest = this.latestArrivals(vehicle, order, hold);
    return { vehicle, order, loose, cost: price, ready, latest, load, places: new Map(), shorter: new Map() };
  }

  /** False only where the visit cannot be at that position: a whole schedule may still say no to the rest (hours). */
  fits(lane: Lane, visit: number, position: number): boolean {
    const { instance } = this;
    const { vehicle, order, ready, latest } = lane;
    const here = instance.locationOf(visit);
    const before =
      position === 0 ? instance.startLocation(vehicle) : instance.locationOf(order[position - 1] as number);
    const leave = ready[position] as number;
    const arriveAt = arrival(instance, vehicle, leave, before, here);
    const start = earliestStart(instance, vehicle, visit, arriveAt);
    if (start === NEVER) return false;
    const after =
      position < order.length ? instance.locationOf(order[position] as number) : instance.endLocation(vehicle);
    const done = start + instance.serviceSeconds(visit, vehicle);
    const onAt = after < 0 ? done : arrival(instance, vehicle, done, here, after);
    return onAt <= (latest[position] as number);
  }

  /** Whether the lane has room for what the visit takes, once some others are out. */
  hasRoom(lane: Lane, visit: number, out: readonly number[] = NONE): boolean {
    const { instance } = this;
    for (let kind = 0; kind < instance.kindCount; kind++) {
      let load = (lane.load[kind] as number) + instance.amount(visit, kind);
      for (const other of out) load -= instance.amount(other, kind);
      if (load > instance.capacity(lane.vehicle, kind)) return false;
    }
    return true;
  }

  /** Of equals the first; nothing when there is none. The visit keeps no hour. Remembered. */
  cheapest(lane: Lane, visit: number): LanePlace | null {
    if (!this.hasRoom(lane, visit)) return null;
    const known = lane.places.get(visit);
    if (known !== undefined) return known;
    this.looks++;
    const place = this.look(lane, visit, true);
    lane.places.set(visit, place);
    return place;
  }

  /** The cheapest place of one who belongs here and keeps about the hour she has. Not remembered. */
  cheapestHeld(lane: Lane, visit: number): LanePlace | null {
    this.looks++;
    return this.hasRoom(lane, visit) ? this.look(lane, visit, false) : null;
  }

  /** The lane with the visit at a place of `cheapest`, or of `cheapestHeld`. */
  withVisit(lane: Lane, visit: number, position: number, held = false): Lane {
    const loose = held ? lane.loose : [...lane.loose, visit];
    const longer = this.lane(lane.vehicle, lane.order.toSpliced(position, 0, visit), loose);
    if (longer === null) throw new Error(`visit ${visit} does not fit at ${position} of vehicle ${lane.vehicle}`);
    return longer;
  }

  /** Nothing when it cannot be driven without the visit, because the way by it was the quicker one. Remembered. */
  without(lane: Lane, visit: number): Lane | null {
    const known = lane.shorter.get(visit);
    if (known !== undefined) return known;
    const order = lane.order.filter((other) => other !== visit);
    const shorter = this.lane(
      lane.vehicle,
      order,
      lane.loose.filter((other) => other !== visit),
    );
    lane.shorter.set(visit, shorter);
    return shorter;
  }

  /** The starts of the visits of a lane, and the arrival at its end: to be written out as a route. */
  times(lane: Lane): { readonly starts: Float64Array; readonly homeAt: number } {
    const starts = new Float64Array(lane.order.length);
    const homeAt = timeRoute(this.instance, lane.vehicle, lane.order, starts, this.holdWithout(lane.loose));
    return { starts, homeAt };
  }

  private look(lane: Lane, visit: number, free: boolean): LanePlace | null {
    const { instance, starts } = this;
    const { vehicle, order, ready, latest } = lane;
    const engineer = instance.engineerOf(vehicle);
    if (instance.refusalOf(engineer, visit) !== null || this.refuses(engineer, visit)) return null;
    const closes = this.closes[visit] as number;
    const soonest = (this.opens[visit] as number) + instance.serviceSeconds(visit, vehicle);
    let hold: Hold | undefined;
    let best: LanePlace | null = null;
    for (let position = 0; position <= order.length && (ready[position] as number) <= closes; position++) {
      if ((latest[position] as number) < soonest || !this.fits(lane, visit, position)) continue;
      hold ??= this.holdWithout(free ? [...lane.loose, visit] : lane.loose);
      const longer = order.toSpliced(position, 0, visit);
      const homeAt = timeRoute(instance, vehicle, longer, starts, hold);
      if (homeAt === NEVER) continue;
      const added = routeCost(instance, vehicle, longer, starts, homeAt) - lane.cost;
      if (best === null || added < best.added) best = { position, added };
    }
    return best;
  }

  private latestArrivals(vehicle: number, order: readonly number[], hold: Hold | undefined): number[] {
    const { instance } = this;
    const latest = new Array<number>(order.length + 1);
    let by = instance.latestEnd(vehicle);
    let after = instance.endLocation(vehicle);
    latest[order.length] = by;
    for (let i = order.length - 1; i >= 0; i--) {
      const visit = order[i] as number;
      const here = instance.locationOf(visit);
      if (instance.frozenVehicle(visit) >= 0) {
        by = instance.frozenStart(visit);
      } else {
        if (after >= 0) by = latestDeparture(instance, vehicle, by, here, after);
        by -= instance.serviceSeconds(visit, vehicle);
        if (isHeld(hold, visit)) by = Math.min(by, hold.to[visit] as number);
        by = latestStart(instance, vehicle, visit, by);
      }
      latest[i] = by;
      after = here;
    }
    return latest;
  }

  private holdWithout(loose: readonly number[]): Hold | undefined {
    return this.hold === null ? undefined : { from: this.hold.from, to: this.hold.to, loose };
  }
}
