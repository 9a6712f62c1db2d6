import { Fleet } from './fleet.ts';
import type { Instance } from './instance.ts';
import { LinkedPlaces } from './linked-places.ts';
import type { Parameters } from './parameters.ts';
import { Places } from './places.ts';
import type { Rng } from './rng.ts';
import type { Routes } from './routes.ts';
import { NEVER } from './schedule.ts';

/**
 * Puts absent visits back, section 5.3 of the SISR paper: one after the other, each at its cheapest place, where a place is
 * now and then overlooked ("blink"). A visit whose cheapest place costs more than leaving it out stays out.
 */
export class Recreate {
  readonly fleet: Fleet;
  /** Vehicles that may be in use; no more are opened. */
  mostUsed = Number.POSITIVE_INFINITY;
  private readonly instance: Instance;
  private readonly routes: Routes;
  private readonly places: Places;
  /** Null: no visit is tied to another. */
  readonly linked: LinkedPlaces | null;
  private readonly near: readonly Int32Array[];
  /** Visits come back in rising order of one of these keys, chosen by weight; mandatory ones mostly first. */
  private readonly keys: readonly { readonly weight: number; readonly key: Float64Array }[];
  private readonly totalWeight: number;
  private readonly batch: Int32Array;
  private readonly hasMandatory: boolean;
  private readonly sortKeys: Float64Array;
  private readonly seenVehicle: Float64Array;
  private readonly seenKind: Float64Array;
  private stamps = 0;
  private untilBlink = 1; // offers; the first one draws it
  private vehicle = -1; // of the cheapest place found so far
  private after = -1;
  private least = NEVER;

  constructor(routes: Routes, near: readonly Int32Array[]) {
    const { instance } = routes;
    this.instance = instance;
    this.routes = routes;
    this.near = near;
    this.fleet = new Fleet(instance);
    this.places = new Places(routes);
    const { links } = instance;
    this.linked = links === null ? null : new LinkedPlaces(routes, this.places, this.fleet, near, links);
    this.batch = new Int32Array(instance.visitCount);
    this.hasMandatory = instance.plain.visits.some(({ mandatory }) => mandatory === true);
    this.sortKeys = new Float64Array(instance.visitCount);
    this.seenVehicle = new Float64Array(instance.vehicleCount);
    this.seenKind = new Float64Array(this.fleet.kindCount);
    const key = (of: (visit: number) => number) =>
      Float64Array.from({ length: instance.visitCount }, (_, visit) => of(visit));
    const out = key((visit) => this.nearestStart(visit));
    const differ = (values: Float64Array) => values.some((value) => value !== values[0]);
    const load = key((visit) => -shareOfLoad(instance, visit));
    const width = key((visit) => this.closes(visit) - Math.max(-Number.MAX_SAFE_INTEGER, routes.open[visit] as number));
    this.keys = [
      { weight: 4, key: load }, // large first
      { weight: 4, key: key((visit) => -routes.leftOutCost(visit)) }, // what hurts most when left out
      { weight: 2, key: out.map((value) => -value) }, // far first
      { weight: 1, key: out }, // close first
      { weight: 2, key: width }, // narrow windows first
      { weight: 2, key: key((visit) => Math.max(-Number.MAX_SAFE_INTEGER, routes.open[visit] as number)) }, // early first
      { weight: 2, key: key((visit) => -this.closes(visit)) }, // late deadline first
      { weight: 2, key: key((visit) => (this.fleet.vehiclesFor[visit] as Int32Array).length) }, // few choices first
    ].filter(({ key }) => differ(key));
    this.totalWeight = this.keys.reduce((sum, { weight }) => sum + weight, RANDOM_WEIGHT);
  }

  /** The visits a search can move: not frozen, and somebody could serve them. */
  get movable(): number[] {
    return [...this.fleet.vehiclesFor.keys()].filter((visit) => this.vehiclesFor(visit).length > 0);
  }

  vehiclesFor(visit: number): Int32Array {
    return this.fleet.vehiclesFor[visit] as Int32Array;
  }

  /**
   * In an order drawn at random, with blinks. The first `before` of the absent visits were not taken out just now. With
   * `opening` the first visit gets an empty vehicle even where that is not the cheapest place. Gives up when the plan costs
   * `atMost` or more even if the visits to come had their places for nothing.
   */
  withBlinks(before: number, opening: boolean, atMost: number, parameters: Parameters, rng: Rng): void {
    const { batch, routes } = this;
    let size = 0;
    const older = Math.min(before, MOST_OLDER);
    for (let k = 0; k < older; k++) batch[size++] = routes.absentList[older < before ? rng.below(before) : k] as number;
    for (let k = before; k < routes.absentCount; k++) batch[size++] = routes.absentList[k] as number;
    for (let k = size - 1; k > 0; k--) {
      const other = rng.below(k + 1);
      const kept = batch[k] as number;
      batch[k] = batch[other] as number;
      batch[other] = kept;
    }
    let ticket = rng.below(this.totalWeight) - RANDOM_WEIGHT;
    for (const { weight, key } of this.keys) {
      if (ticket >= 0 && ticket < weight) this.sortBatch(size, key);
      ticket -= weight;
    }
    // Now and then an optional visit first: a mandatory one that always chooses first may keep the only place of another.
    if (this.hasMandatory && rng.below(MANDATORY_FIRST) > 0) this.mandatoryFirst(size);
    let toCome = 0;
    for (let k = 0; k < size; k++) toCome += routes.leftOutCost(batch[k] as number);
    for (let k = 0; k < size; k++) {
      if (routes.cost - toCome >= atMost) return;
      const visit = batch[k] as number;
      toCome -= routes.leftOutCost(visit);
      if (routes.vehicleOf(visit) >= 0) continue; // drawn twice
      if (this.linked?.isTied(visit)) {
        this.linked.place(visit, this.mostUsed, () => this.blinks(parameters.blinkRate, rng));
        continue;
      }
      if (opening && k === 0) this.lookAtEmptyOnly(visit, parameters.blinkRate, rng);
      else this.look(visit, rng.unit() < parameters.newRouteShare, parameters.blinkRate, rng);
      if (this.vehicle >= 0) routes.insertAfter(this.after, visit);
    }
  }

  /** What hurts most when left out first, every place looked at. */
  greedily(): void {
    const { routes } = this;
    const absent = routes.absent().sort((a, b) => routes.leftOutCost(b) - routes.leftOutCost(a) || a - b);
    const [must, may] = [
      absent.filter((v) => this.instance.isMandatory(v)),
      absent.filter((v) => !this.instance.isMandatory(v)),
    ];
    for (const visit of [...must, ...may]) {
      if (routes.vehicleOf(visit) >= 0) continue; // came with another
      if (this.linked?.isTied(visit)) {
        this.linked.place(visit, this.mostUsed);
        continue;
      }
      this.lookEverywhere(visit);
      if (this.vehicle >= 0) routes.insertAfter(this.after, visit);
    }
  }

  /** Opens an empty vehicle only for a visit that fits in none in use, those that are far out first. */
  thriftily(): void {
    const { routes } = this;
    const far = (visit: number) => this.nearestStart(visit);
    const must = (visit: number) => (this.instance.isMandatory(visit) ? 0 : 1);
    const absent = routes.absent().sort((a, b) => must(a) - must(b) || far(b) - far(a) || a - b);
    for (const visit of absent) {
      if (routes.vehicleOf(visit) >= 0) continue; // came with another
      if (this.linked?.isTied(visit)) {
        this.linked.place(visit, this.mostUsed);
        continue;
      }
      const mostUsed = this.mostUsed;
      this.mostUsed = routes.usedCount;
      this.lookEverywhere(visit);
      this.mostUsed = mostUsed;
      if (this.vehicle < 0) this.lookEverywhere(visit);
      if (this.vehicle >= 0) routes.insertAfter(this.after, visit);
    }
  }

  /** The cheapest of the routes that pass near the visit, and of the empty ones if asked for, or if there is no other. */
  private look(visit: number, withEmpty: boolean, blinkRate: number, rng: Rng): void {
    const { routes } = this;
    this.vehicle = -1;
    this.least = routes.leftOutCost(visit);
    const near = this.near[visit] as Int32Array;
    const granular = routes.usedCount > FEW_ROUTES && near.length > NEAREST;
    if (granular) {
      const stamp = ++this.stamps;
      for (let k = 1; k <= NEAREST; k++) {
        const vehicle = routes.vehicleOf(near[k] as number);
        if (vehicle < 0 || this.seenVehicle[vehicle] === stamp) continue;
        this.seenVehicle[vehicle] = stamp;
        if (this.fleet.may(vehicle, visit)) this.offer(vehicle, visit, blinkRate, rng);
      }
    } else {
      for (let k = 0; k < routes.usedCount; k++) {
        const vehicle = routes.usedList[k] as number;
        if (this.fleet.may(vehicle, visit)) this.offer(vehicle, visit, blinkRate, rng);
      }
    }
    if (this.vehicle < 0 || withEmpty) this.lookAtEmpty(visit, blinkRate, rng);
    if (granular && this.vehicle < 0) this.lookEverywhere(visit);
  }

  private lookAtEmptyOnly(visit: number, blinkRate: number, rng: Rng): void {
    this.vehicle = -1;
    this.least = this.routes.leftOutCost(visit);
    this.lookAtEmpty(visit, blinkRate, rng);
    if (this.vehicle < 0) this.look(visit, false, blinkRate, rng);
  }

  private lookAtEmpty(visit: number, blinkRate: number, rng: Rng): void {
    const { routes, fleet } = this;
    if (routes.usedCount >= this.mostUsed) return;
    const stamp = ++this.stamps;
    for (const vehicle of this.vehiclesFor(visit)) {
      const kind = fleet.kindOf[vehicle] as number;
      if (this.seenKind[kind] === stamp || !routes.isEmpty(vehicle)) continue;
      this.seenKind[kind] = stamp;
      this.offer(vehicle, visit, blinkRate, rng);
    }
  }

  private offer(vehicle: number, visit: number, blinkRate: number, rng: Rng): void {
    if (this.blinks(blinkRate, rng)) return;
    const cost = this.places.cheapest(vehicle, visit);
    if (cost >= this.least) return;
    this.least = cost;
    this.vehicle = vehicle;
    this.after = this.places.after;
  }

  private blinks(blinkRate: number, rng: Rng): boolean {
    if (--this.untilBlink > 0) return false;
    this.untilBlink = 1 + Math.floor(Math.log(1 - rng.unit()) / Math.log(1 - blinkRate));
    return true;
  }

  private lookEverywhere(visit: number): void {
    const { routes } = this;
    this.vehicle = -1;
    this.least = routes.leftOutCost(visit);
    for (const vehicle of this.vehiclesFor(visit)) {
      if (routes.usedCount >= this.mostUsed && routes.isEmpty(vehicle)) continue;
      const cost = this.places.cheapest(vehicle, visit);
      if (cost >= this.least) continue;
      this.least = cost;
      this.vehicle = vehicle;
      this.after = this.places.after;
    }
  }

  /** Insertion sort, stable: a batch is a dozen visits. */
  private sortBatch(size: number, key: Float64Array): void {
    const { batch, sortKeys } = this;
    for (let k = 0; k < size; k++) {
      const visit = batch[k] as number;
      const own = key[visit] as number;
      let at = k;
      for (; at > 0 && (sortKeys[at - 1] as number) > own; at--) {
        batch[at] = batch[at - 1] as number;
        sortKeys[at] = sortKeys[at - 1] as number;
      }
      batch[at] = visit;
      sortKeys[at] = own;
    }
  }

  private mandatoryFirst(size: number): void {
    const { batch, instance } = this;
    let first = 0;
    for (let k = 0; k < size; k++) {
      const visit = batch[k] as number;
      if (!instance.isMandatory(visit)) continue;
      for (let at = k; at > first; at--) batch[at] = batch[at - 1] as number;
      batch[first++] = visit;
    }
  }

  private nearestStart(visit: number): number {
    let nearest = NEVER;
    for (const vehicle of this.vehiclesFor(visit)) {
      nearest = Math.min(
        nearest,
        this.instance.travelSeconds(this.instance.startLocation(vehicle), this.instance.locationOf(visit)),
      );
    }
    return nearest === NEVER ? 0 : nearest;
  }

  private closes(visit: number): number {
    return Math.min(this.routes.close[visit] as number, this.instance.due(visit), Number.MAX_SAFE_INTEGER);
  }
}

const RANDOM_WEIGHT = 4;
/** In all iterations but one in so many mandatory visits come back first. */
const MANDATORY_FIRST = 8;
/** Up to so many routes all are looked at; with more, those of the nearest visits. */
const FEW_ROUTES = 24;
const NEAREST = 40;

/** Of the visits left out before, so many are tried again in an iteration. */
const MOST_OLDER = 30;

/** Of the largest amount of each kind, summed. */
function shareOfLoad(instance: Instance, visit: number): number {
  let share = 0;
  for (let kind = 0; kind < instance.kindCount; kind++) {
    share += instance.amount(visit, kind) / Math.max(1, largestAmount(instance, kind));
  }
  return share;
}

const largestCache = new WeakMap<Instance, Map<number, number>>();
function largestAmount(instance: Instance, kind: number): number {
  const known = largestCache.get(instance) ?? new Map<number, number>();
  largestCache.set(instance, known);
  let most = known.get(kind);
  if (most === undefined) {
    most = 0;
    for (let visit = 0; visit < instance.visitCount; visit++) most = Math.max(most, instance.amount(visit, kind));
    known.set(kind, most);
  }
  return most;
}
