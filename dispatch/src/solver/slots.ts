import type { Fleet } from './fleet.ts';
import type { Instance } from './instance.ts';
import { type Crew, gapOf, type Links, type Tie } from './links.ts';
import { PLAIN } from './modes.ts';
import type { Places } from './places.ts';
import type { Routes } from './routes.ts';
import { earliestStart, latestStart, NEVER } from './schedule.ts';

/** A place for a visit: between which moments it could start there, and about what it costs if it starts at once. */
export interface Slot {
  readonly vehicle: number;
  readonly engineer: number;
  readonly after: number;
  readonly earliest: number;
  readonly latest: number;
  readonly cost: number;
  /** From these moments on it could start, until something is in the way: `earliest`, and the ends of appointments and waits for a window. */
  readonly starts: readonly number[];
}

/** All places of a visit that is tied to others, by what is planned of those now. */
export class Slots {
  private readonly instance: Instance;
  private readonly routes: Routes;
  private readonly places: Places;
  private readonly fleet: Fleet;
  private readonly near: readonly Int32Array[];
  private readonly links: Links;
  private readonly seen: Float64Array; // by vehicle
  private readonly emptySeen: Int32Array; // by kind of vehicle
  private stamps = 0;

  constructor(routes: Routes, places: Places, fleet: Fleet, near: readonly Int32Array[], links: Links) {
    this.instance = routes.instance;
    this.routes = routes;
    this.places = places;
    this.fleet = fleet;
    this.near = near;
    this.links = links;
    this.seen = new Float64Array(routes.instance.vehicleCount);
    this.emptySeen = new Int32Array(fleet.kindCount);
  }

  /** Of a planned visit whose start is held to one moment, or that is frozen. */
  startOf(visit: number): number {
    const { instance, routes } = this;
    return instance.frozenVehicle(visit) >= 0 ? instance.frozenStart(visit) : (routes.start[visit] as number);
  }

  /** Cheapest first. Ties to those of `without` are left aside; a tie to another visit it needs and that is out leaves none. `late`: also too long after those. */
  of(visit: number, without: Crew, mostUsed: number, overlooks: () => boolean, late = false): Slot[] {
    const { routes, instance } = this;
    const ties: Tie[] = [];
    for (const tie of this.links.ties[visit] ?? []) {
      if (without.includes(tie.other)) continue;
      if (routes.vehicleOf(tie.other) >= 0) ties.push(tie);
      else if (tie.needs) return [];
    }
    const engineers = (kind: Tie['engineer']) =>
      ties.filter(({ engineer }) => engineer === kind).map(({ other }) => instance.engineerOf(routes.vehicleOf(other)));
    const [same, others] = [engineers('same'), engineers('different')];
    const slots: Slot[] = [];
    for (const vehicle of this.vehicles(visit, same, without.length + others.length, mostUsed)) {
      const engineer = instance.engineerOf(vehicle);
      if (same.some((one) => one !== engineer) || others.includes(engineer)) continue;
      let from = Number.NEGATIVE_INFINITY;
      let to = Number.POSITIVE_INFINITY;
      for (const tie of ties) {
        const [least, most] = gapOf(instance, visit, tie, vehicle, routes.vehicleOf(tie.other));
        from = Math.max(from, this.startOf(tie.other) + least);
        if (!late) to = Math.min(to, this.startOf(tie.other) + most);
      }
      if (from > to) continue;
      routes.hold(visit, from, to);
      this.addOf(vehicle, visit, slots, overlooks);
    }
    routes.hold(visit, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
    return slots.sort((a, b) => a.cost - b.cost || a.earliest - b.earliest);
  }

  private addOf(vehicle: number, visit: number, slots: Slot[], overlooks: () => boolean): void {
    const { routes, instance } = this;
    for (let kind = 0; kind < instance.kindCount; kind++) {
      const load = routes.loads[vehicle * instance.kindCount + kind] as number;
      if (load + instance.amount(visit, kind) > instance.capacity(vehicle, kind)) return;
    }
    const engineer = instance.engineerOf(vehicle);
    const service = instance.serviceSeconds(visit, vehicle);
    const end = routes.endNode + vehicle;
    for (let after = routes.startNode + vehicle; after !== end; after = routes.next[after] as number) {
      const next = routes.next[after] as number;
      const leave = routes.ready[after] as number;
      if (leave > (routes.close[visit] as number)) break;
      const earliest = earliestStart(instance, vehicle, visit, routes.arrival(vehicle, leave, after, visit));
      if (earliest === NEVER) continue;
      if (routes.arrival(vehicle, earliest + service, visit, next) > (routes.latest[next] as number)) continue;
      if (overlooks()) continue;
      const leaveBy = routes.departure(vehicle, routes.latest[next] as number, visit, next);
      const latest = latestStart(instance, vehicle, visit, leaveBy - service);
      const cost = this.places.costAt(vehicle, after, visit, earliest, routes.mode[vehicle] !== PLAIN);
      slots.push({
        vehicle,
        engineer,
        after,
        earliest,
        latest,
        cost,
        starts: this.starts(vehicle, visit, earliest, latest),
      });
    }
  }

  /** The first moment from `moment` on at which the visit could start in its slot, or NEVER. */
  startIn(slot: Slot, visit: number, moment: number): number {
    if (moment > slot.latest) return NEVER;
    if (moment <= slot.earliest) return slot.earliest;
    if (slot.starts.length === 1) return moment;
    const start = earliestStart(this.instance, slot.vehicle, visit, moment);
    return start <= slot.latest ? start : NEVER;
  }

  private starts(vehicle: number, visit: number, earliest: number, latest: number): number[] {
    const { instance } = this;
    const starts = [earliest];
    const add = (moment: number) => {
      if (moment > earliest && moment <= latest) starts.push(moment);
    };
    for (let k = instance.firstBusy(vehicle); k < instance.firstBusy(vehicle + 1); k++) add(instance.busyTo(k));
    for (let k = instance.firstWindow(visit); k < instance.firstWindow(visit + 1); k++) add(instance.windowFrom(k));
    return starts;
  }

  /** In use and near, where there are many; and of empty ones that are alike as many as could be needed. */
  private vehicles(visit: number, same: readonly number[], alike: number, mostUsed: number): number[] {
    const { routes, fleet, instance } = this;
    const list: number[] = [];
    const stamp = ++this.stamps;
    const add = (vehicle: number) => {
      if (vehicle < 0 || this.seen[vehicle] === stamp || !fleet.may(vehicle, visit)) return;
      this.seen[vehicle] = stamp;
      list.push(vehicle);
    };
    const near = this.near[visit] as Int32Array;
    if (routes.usedCount > FEW_ROUTES && near.length > NEAREST) {
      for (let k = 1; k <= NEAREST; k++) add(routes.vehicleOf(near[k] as number));
      for (const { other } of this.links.ties[visit] ?? []) add(routes.vehicleOf(other));
    } else for (let k = 0; k < routes.usedCount; k++) add(routes.usedList[k] as number);
    if (routes.usedCount >= mostUsed) return list;
    this.emptySeen.fill(0);
    for (const vehicle of fleet.vehiclesFor[visit] as Int32Array) {
      if (!routes.isEmpty(vehicle)) continue;
      const kind = fleet.kindOf[vehicle] as number;
      const count = this.emptySeen[kind] as number;
      if (count >= alike && !same.includes(instance.engineerOf(vehicle))) continue;
      this.emptySeen[kind] = count + 1;
      add(vehicle);
    }
    return list;
  }
}

/** As for other visits (recreate.ts). */
const FEW_ROUTES = 24;
const NEAREST = 40;
