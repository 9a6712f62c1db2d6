import type { Lane, LanePlace, Lanes } from './lanes.ts';

/** A plan with some lanes changed and visits still to be placed. Never changes once made. */
export interface Draft {
  /** Those unlike the plan's, a handful. */
  readonly changed: readonly Lane[];
  /** What they cost more than in the plan. */
  readonly cost: number;
  /** To be placed, the last one first. */
  readonly pool: readonly number[];
  /** Taken out of the place they had in the plan. */
  readonly ejected: readonly number[];
}

interface Ranked {
  readonly vehicle: number;
  readonly place: LanePlace;
}

/** Steps from draft to draft: put a visit in, take one out, place all that are left. */
export class Drafts {
  readonly lanes: Lanes;
  readonly vehicleCount: number;
  private readonly base: readonly (Lane | null)[];
  private readonly movable: (visit: number) => boolean;
  private readonly rankings = new Map<number, readonly Ranked[]>();

  /** `base`: the plan by vehicle, with nothing for those that are not to be touched. */
  constructor(lanes: Lanes, base: readonly (Lane | null)[], movable: (visit: number) => boolean) {
    this.lanes = lanes;
    this.base = base;
    this.vehicleCount = base.length;
    this.movable = movable;
  }

  laneOf(draft: Draft, vehicle: number): Lane | null {
    return draft.changed.find((lane) => lane.vehicle === vehicle) ?? (this.base[vehicle] as Lane | null);
  }

  /** Only what the plan has in place: nobody is moved twice. */
  mayEject(draft: Draft, visit: number): boolean {
    return this.movable(visit) && !draft.ejected.includes(visit);
  }

  /** Within its route even a promised visit may have another turn, as long as it keeps about its hour. */
  mayTurn(draft: Draft, visit: number): boolean {
    return this.lanes.instance.frozenVehicle(visit) < 0 && !draft.ejected.includes(visit);
  }

  /** With one lane in the place of what that vehicle did before. */
  with(draft: Draft, lane: Lane, pool: readonly number[], ejected: readonly number[]): Draft {
    const before = this.laneOf(draft, lane.vehicle) as Lane;
    const others = draft.changed.filter(({ vehicle }) => vehicle !== lane.vehicle);
    return { changed: [...others, lane], cost: draft.cost + lane.cost - before.cost, pool, ejected };
  }

  /** Nothing where the rest of the route cannot be driven then. */
  eject(draft: Draft, vehicle: number, visit: number): Draft | null {
    const lane = this.laneOf(draft, vehicle);
    const shorter = lane === null ? null : this.lanes.without(lane, visit);
    return shorter === null ? null : this.with(draft, shorter, [...draft.pool, visit], [...draft.ejected, visit]);
  }

  /** Each of the pool at its cheapest place, one after the other; nothing where one has none. */
  finish(draft: Draft): Draft | null {
    let done = draft;
    while (done.pool.length > 0) {
      const visit = done.pool.at(-1) as number;
      const best = this.cheapest(done, visit);
      if (best === null) return null;
      const lane = this.lanes.withVisit(this.laneOf(done, best.vehicle) as Lane, visit, best.place.position);
      done = this.with(done, lane, done.pool.slice(0, -1), done.ejected);
    }
    return done;
  }

  /** What the cheapest place of the visit costs in the plan as it was; Infinity when it has none. */
  ease(visit: number): number {
    return this.ranking(visit)[0]?.place.added ?? Number.POSITIVE_INFINITY;
  }

  private cheapest(draft: Draft, visit: number): Ranked | null {
    const untouched = ({ vehicle }: Ranked) => draft.changed.every((lane) => lane.vehicle !== vehicle);
    let best = this.ranking(visit).find(untouched) ?? null;
    for (const lane of draft.changed) {
      const place = this.lanes.cheapest(lane, visit);
      if (place !== null && (best === null || place.added < best.place.added)) best = { vehicle: lane.vehicle, place };
    }
    return best;
  }

  /** The plan's own lanes with a place for the visit, cheapest first. */
  private ranking(visit: number): readonly Ranked[] {
    const known = this.rankings.get(visit);
    if (known !== undefined) return known;
    const ranking: Ranked[] = [];
    for (let vehicle = 0; vehicle < this.vehicleCount; vehicle++) {
      const lane = this.base[vehicle];
      // Into its own lane it may go back only once it is out of it: see `cheapest`.
      const place = lane == null || lane.order.includes(visit) ? null : this.lanes.cheapest(lane, visit);
      if (place !== null) ranking.push({ vehicle, place });
    }
    ranking.sort((a, b) => a.place.added - b.place.added || a.vehicle - b.vehicle);
    this.rankings.set(visit, ranking);
    return ranking;
  }
}
