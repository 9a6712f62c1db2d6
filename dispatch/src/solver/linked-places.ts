import type { Fleet } from './fleet.ts';
import type { Instance } from './instance.ts';
import { loosen, takeOutGroup } from './linked-routes.ts';
import { type Crew, gapOf, type Links, type Tie } from './links.ts';
import { ordered } from './orders.ts';
import type { Places } from './places.ts';
import { stopCost } from './pricing.ts';
import type { Routes } from './routes.ts';
import { NEVER } from './schedule.ts';
import { type Slot, Slots } from './slots.ts';

/** One visit at one place and moment. */
interface Step {
  readonly visit: number;
  readonly vehicle: number;
  readonly after: number;
  readonly startAt: number;
  readonly version: number; // of the route before
}

/** A crew with a slot each and a common start, and about what that changes the cost by, with what follows. */
interface Candidate {
  readonly startAt: number;
  readonly slots: readonly Slot[];
  readonly cost: number;
}

/** A visit that comes after one of the crew, with its ties to that one. */
interface Follower {
  readonly k: number;
  readonly other: number;
  readonly ties: readonly Tie[];
  readonly slots: readonly Slot[];
}

/**
 * Visits that are tied to each other go in, and come out, as one: in an order in which nobody comes before those they wait
 * for, the members of a crew at once. Of each crew the few likeliest starts and places are tried in full, with what follows
 * from them; what costs least stays. Starts worth looking at are those at which some member can first begin somewhere, and
 * those from which a visit that must follow soon can.
 */
export class LinkedPlaces {
  private readonly instance: Instance;
  private readonly routes: Routes;
  private readonly places: Places;
  private readonly slots: Slots;
  private readonly links: Links;
  private mostUsed = Number.POSITIVE_INFINITY;
  private overlooks: () => boolean = never;
  private crews: readonly Crew[] = []; // to be placed, without frozen visits
  private least = NEVER;
  private best: readonly Step[] | null = null;
  private readonly steps: Step[] = [];
  /** By visit: starts at which those that follow would not have come too late. */
  private readonly laterStarts = new Map<number, Set<number>>();

  /** Of an instance with links. */
  constructor(routes: Routes, places: Places, fleet: Fleet, near: readonly Int32Array[], links: Links) {
    this.instance = routes.instance;
    this.routes = routes;
    this.places = places;
    this.links = links;
    this.slots = new Slots(routes, places, fleet, near, links);
  }

  isTied(visit: number): boolean {
    return this.links.groupOf[visit] !== null;
  }

  /** Takes out what is tied to the visits that are absent from the `from`-th on: nothing of a group stays behind. */
  takeOutTorn(from: number): void {
    const { routes } = this;
    for (let k = from; k < routes.absentCount; k++)
      takeOutGroup(routes, this.links.groupOf[routes.absentList[k] as number] ?? []);
  }

  /**
   * The visit and all that is tied to it, where that costs least of what is tried. As it was if nothing is cheaper than what
   * is in the plan of them now. No more than so many vehicles are used.
   */
  place(visit: number, mostUsed: number, overlooks: () => boolean = never): void {
    const { routes, links } = this;
    const group = links.groupOf[visit] as readonly Crew[];
    this.mostUsed = mostUsed;
    this.overlooks = overlooks;
    this.crews = group.map((crew) => crew.filter((one) => this.isLoose(one)));
    this.least = routes.cost;
    this.best = null;
    const present = this.crews.flat().filter((one) => routes.vehicleOf(one) >= 0);
    const before = [...new Set(present.map((one) => routes.vehicleOf(one)))].map((vehicle) => {
      const order = routes.order(vehicle);
      return ordered(vehicle, order, routes.holdsOf(order));
    });
    if (present.every((one) => routes.vehicleOf(one) < 0 || routes.remove(one, one))) this.search();
    if (this.best === null) {
      if (before.length > 0) routes.setOrders(before);
      return;
    }
    for (const { visit: one, after, startAt } of this.best as readonly Step[]) {
      routes.hold(one, startAt, startAt);
      routes.insertAfter(after, one);
    }
    loosen(routes, group);
  }

  /** Again where a follower came too late: its leader then also tries to begin later. */
  private search(): void {
    this.laterStarts.clear();
    for (let round = 0, known = -1; round < ROUNDS && this.laterCount() > known; round++) {
      known = this.laterCount();
      this.extend(0);
    }
  }

  private laterCount(): number {
    let count = 0;
    for (const starts of this.laterStarts.values()) count += starts.size;
    return count;
  }

  /** The visit has no place that soon after those it follows. */
  private noteLater(visit: number): void {
    const ties = (this.links.ties[visit] ?? []).filter(
      ({ other, most, served }) =>
        served === 'other' && most < NEVER && this.isLoose(other) && this.routes.vehicleOf(other) >= 0,
    );
    if (ties.length === 0) return;
    const starts = this.slots.of(visit, [visit], this.mostUsed, never, true).map(({ earliest }) => earliest);
    const first = Math.min(...starts);
    for (const tie of starts.length === 0 ? [] : ties) {
      const { other } = tie;
      const [, most] = gapOf(this.instance, visit, tie, -1, this.routes.vehicleOf(other));
      if (first - most <= this.slots.startOf(other)) continue;
      this.laterStarts.set(other, (this.laterStarts.get(other) ?? new Set()).add(first - most));
    }
  }

  /** The crews from the `at`-th on; those before have their places, or none. */
  private extend(at: number): void {
    const { routes } = this;
    const crew = this.crews[at];
    if (crew === undefined) {
      if (routes.cost >= this.least) return;
      this.least = routes.cost;
      this.best = [...this.steps];
      return;
    }
    const before = routes.cost;
    let pays = false;
    for (const candidate of crew.length === 0 ? [] : this.candidates(crew, WIDTHS[at] ?? 1)) {
      if (before + candidate.cost >= this.least) break; // so do those after it
      const count = this.steps.length;
      if (this.insert(crew, candidate)) {
        pays ||= routes.cost < before;
        this.extend(at + 1);
      }
      this.undo(count);
    }
    if (!pays) this.extend(at + 1);
  }

  private insert(crew: Crew, { startAt, slots }: Candidate): boolean {
    const { routes, places } = this;
    return crew.every((visit, k) => {
      const { vehicle } = slots[k] as Slot;
      if (routes.isEmpty(vehicle) && routes.usedCount >= this.mostUsed) return false;
      const version = routes.version[vehicle] as number;
      routes.hold(visit, startAt, startAt);
      if (places.cheapestNow(vehicle, visit) === NEVER) {
        routes.hold(visit, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
        return false;
      }
      this.steps.push({ visit, vehicle, after: places.after, startAt, version });
      routes.insertAfter(places.after, visit);
      return true;
    });
  }

  /** Back to so many steps. Routes are then what they were, and are known to be. */
  private undo(count: number): void {
    while (this.steps.length > count) {
      const { visit, vehicle, version } = this.steps.pop() as Step;
      this.routes.remove(visit, visit);
      this.routes.version[vehicle] = version;
    }
  }

  /** The `width` likeliest ways to place the crew, by the cost of its slots and of those for what follows. */
  private candidates(crew: Crew, width: number): Candidate[] {
    const own = crew.map((visit) => this.slots.of(visit, crew, this.mostUsed, this.overlooks));
    for (const [k, slots] of own.entries()) if (slots.length === 0) this.noteLater(crew[k] as number);
    if (own.some((slots) => slots.length === 0)) return [];
    const followers = this.followersOf(crew);
    const found = new Map<string, Candidate>();
    const consider = (slots: readonly Slot[], startAt: number): boolean => {
      let cost = slots.reduce((sum, one, k) => sum + this.costAt(crew[k] as number, one, startAt), 0);
      const late = crew.some((visit) => this.laterStarts.get(visit)?.has(startAt));
      const key = `${late}${slots.map(({ vehicle }) => vehicle).join()}`;
      const known = found.get(key)?.cost ?? NEVER;
      let all = true;
      for (const follower of followers) {
        const best = this.costOf(follower, slots[follower.k] as Slot, startAt);
        all &&= best < NEVER;
        cost += Math.min(best, this.routes.leftOutCost(follower.other));
      }
      if (cost < known) found.set(key, { startAt, slots, cost });
      return all;
    };
    const times = this.timesFor(crew, own, followers);
    const isOpen = (k: number, slot: Slot, at: number) => this.slots.startIn(slot, crew[k] as number, at) === at;
    if (crew.length === 1) {
      // Alone, later than need be only so that nobody who follows is too late.
      for (const slot of own[0] as readonly Slot[])
        if (
          !slot.starts.filter((at) => isOpen(0, slot, at)).some((at) => consider([slot], at)) ||
          this.laterStarts.size > 0
        )
          for (const at of times) if (at > slot.earliest && isOpen(0, slot, at)) consider([slot], at);
    } else {
      for (const at of times) {
        const seen = new Set<number>();
        for (const slot of own[0] as readonly Slot[]) {
          if (seen.has(slot.vehicle) || !isOpen(0, slot, at)) continue;
          seen.add(slot.vehicle); // later ones in this vehicle cost more
          const slots = withOthers(slot, own, (k, one) => isOpen(k, one, at));
          if (slots !== null) consider(slots, at);
        }
      }
    }
    const out = [...crew, ...followers.map(({ other }) => other)].map((visit) => this.routes.leftOutCost(visit));
    const leftOut = out.reduce((sum, cost) => sum + cost, 0);
    return [...found.values()]
      .map((candidate) => ({ ...candidate, cost: candidate.cost - leftOut }))
      .sort((a, b) => a.cost - b.cost || a.startAt - b.startAt)
      .slice(0, width);
  }

  /** What is to come after the k-th of the crew and is not planned yet. */
  private followersOf(crew: Crew): Follower[] {
    return crew.flatMap((leader, k) =>
      (this.links.ties[leader] ?? []).flatMap(({ other }) => {
        if (crew.includes(other) || this.routes.vehicleOf(other) >= 0 || !this.isLoose(other)) return [];
        const ties = (this.links.ties[other] ?? []).filter((tie) => tie.other === leader);
        return [{ k, other, ties, slots: this.slots.of(other, [...crew, other], this.mostUsed, this.overlooks) }];
      }),
    );
  }

  /** When somebody of the crew could first begin somewhere, was promised, or has to wait for so that a follower is not late. */
  private timesFor(crew: Crew, own: readonly (readonly Slot[])[], followers: readonly Follower[]): number[] {
    const { instance } = this;
    const times = new Set(own.flatMap((slots) => slots.flatMap(({ starts }) => starts)));
    for (const visit of crew) {
      if (instance.previousEngineer(visit) >= 0) times.add(instance.previousStart(visit));
      for (const start of this.laterStarts.get(visit) ?? []) times.add(start);
    }
    for (const { k, other, ties, slots } of followers)
      for (const tie of ties)
        for (const most of new Set(own[k]?.map(({ vehicle }) => gapOf(instance, other, tie, -1, vehicle)[1])))
          if (most < NEVER) for (const { starts } of slots) for (const start of starts) times.add(start - most);
    return [...times].sort((a, b) => a - b);
  }

  /** About what a follower costs if its leader starts then; NEVER if it has no place. */
  private costOf({ other, ties, slots }: Follower, leader: Slot, startAt: number): number {
    let least = NEVER;
    let most = NEVER;
    let from = Number.NEGATIVE_INFINITY;
    for (const tie of ties) {
      const [gap, longest] = gapOf(this.instance, other, tie, -1, leader.vehicle);
      from = Math.max(from, startAt + gap);
      most = Math.min(most, startAt + longest);
    }
    for (const slot of slots) {
      if (slot.cost >= least) break;
      const fits = ties.every(
        ({ engineer }) => engineer === 'any' || (engineer === 'same') === (slot.engineer === leader.engineer),
      );
      if (!fits) continue;
      const start = this.slots.startIn(slot, other, from);
      if (start <= most) least = Math.min(least, this.costAt(other, slot, start));
    }
    return least;
  }

  private costAt(visit: number, { cost, earliest, engineer }: Slot, startAt: number): number {
    if (startAt === earliest) return cost;
    const { instance } = this;
    return cost + stopCost(instance, visit, engineer, startAt) - stopCost(instance, visit, engineer, earliest);
  }

  private isLoose(visit: number): boolean {
    return this.instance.frozenVehicle(visit) < 0;
  }
}

/** How many ways to place the first crew of a group are tried, the second, ... */
const WIDTHS = [4, 2];
const ROUNDS = 3;

const never = () => false;

/** One more slot for each of the crew, the cheapest that is open, each by another engineer; or nothing. */
function withOthers(
  first: Slot,
  own: readonly (readonly Slot[])[],
  isOpen: (k: number, slot: Slot) => boolean,
): Slot[] | null {
  const chosen = [first];
  for (let k = 1; k < own.length; k++) {
    const slot = own[k]?.find((one) => chosen.every(({ engineer }) => engineer !== one.engineer) && isOpen(k, one));
    if (slot === undefined) return null;
    chosen.push(slot);
  }
  return chosen;
}
