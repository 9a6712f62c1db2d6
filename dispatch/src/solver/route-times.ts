import { HOURS, SIMULATED, TIMED } from './modes.ts';
import { homeLegCost, idleCost, overtimeCost, stopCost, wayCost } from './pricing.ts';
import { RouteNodes } from './route-nodes.ts';
import { earliestStart, latestStart, NEVER, setOutAt, timeRoute } from './schedule.ts';

/**
 * Times of routes: what is known of a node's place follows a change forward and backward until nothing changes any more.
 * `latest` turns the question whether a visit fits into one comparison: somebody who gets to a node by then can still keep all
 * that follows.
 */
export abstract class RouteTimes extends RouteNodes {
  private versions = 0;

  /** Brings the numbers of a route up to date after changes between the two nodes. False if it cannot be driven. */
  protected settle(vehicle: number, from: number, to: number): boolean {
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
}
