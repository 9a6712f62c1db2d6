import { candidateVehicles } from './candidates.ts';
import type { Instance } from './instance.ts';
import type { Rng } from './rng.ts';
import type { Routes } from './routes.ts';
import { NEVER } from './schedule.ts';

/**
 * Puts absent visits back, section 5.3 of the SISR paper: one after the other, each at its cheapest place, where a place is
 * now and then overlooked ("blink"). A visit whose cheapest place costs more than leaving it out stays out.
 */
export class Recreate {
  private readonly instance: Instance;
  private readonly candidates: readonly Int32Array[];
  /** Visits come back in rising order of one of these keys, chosen by weight; mandatory ones always first. */
  private readonly keys: readonly { readonly weight: number; readonly key: Float64Array }[];
  private readonly absent: number[] = [];

  constructor(instance: Instance, routes: Routes) {
    this.instance = instance;
    this.candidates = candidateVehicles(instance);
    const key = (of: (visit: number) => number) => Float64Array.from(this.candidates, (_, visit) => of(visit));
    const out = (visit: number) => this.nearestStart(visit);
    this.keys = [
      { weight: 4, key: key((visit) => -routes.leftOutCost(visit)) }, // what hurts most when left out
      { weight: 2, key: key((visit) => -out(visit)) }, // far first
      { weight: 1, key: key(out) }, // close first
      { weight: 2, key: key((visit) => (this.candidates[visit] as Int32Array).length) }, // few choices first
      { weight: 2, key: key((visit) => this.latestWish(visit)) }, // early deadline first
    ];
  }

  /** In an order drawn at random, with blinks. */
  withBlinks(routes: Routes, blinkRate: number, rng: Rng): void {
    const absent = routes.absent(this.absent);
    rng.shuffle(absent);
    const total = this.keys.reduce((sum, { weight }) => sum + weight, RANDOM_WEIGHT);
    let ticket = rng.below(total) - RANDOM_WEIGHT;
    for (const { weight, key } of this.keys) {
      if (ticket >= 0 && ticket < weight) absent.sort((a, b) => (key[a] as number) - (key[b] as number));
      ticket -= weight;
    }
    this.putBack(routes, absent, () => rng.unit() < blinkRate);
  }

  /** What hurts most when left out first, every place looked at. */
  greedily(routes: Routes): void {
    const absent = routes.absent(this.absent);
    absent.sort((a, b) => routes.leftOutCost(b) - routes.leftOutCost(a) || a - b);
    this.putBack(routes, absent, () => false);
  }

  vehiclesFor(visit: number): Int32Array {
    return this.candidates[visit] as Int32Array;
  }

  private putBack(routes: Routes, absent: number[], blink: () => boolean): void {
    const mandatoryFirst = (visit: number) => (this.instance.isMandatory(visit) ? 0 : 1);
    absent.sort((a, b) => mandatoryFirst(a) - mandatoryFirst(b)); // stable
    for (const visit of absent) {
      let least = routes.leftOutCost(visit);
      let vehicle = -1;
      let position = 0;
      for (const candidate of this.vehiclesFor(visit)) {
        const places = routes.order(candidate).length;
        for (let place = 0; place <= places; place++) {
          if (blink()) continue;
          const added = routes.priceInsertion(candidate, place, visit);
          if (added === NEVER || added >= least) continue;
          least = added;
          vehicle = candidate;
          position = place;
        }
      }
      if (vehicle >= 0) routes.insert(vehicle, position, visit);
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

  private latestWish(visit: number): number {
    const last = this.instance.firstWindow(visit + 1) - 1;
    const closes = last < this.instance.firstWindow(visit) ? NEVER : this.instance.windowTo(last);
    return Math.min(closes, this.instance.due(visit), Number.MAX_SAFE_INTEGER);
  }
}

const RANDOM_WEIGHT = 4;
