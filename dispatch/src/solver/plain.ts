/**
 * The problem as plain data: what the rest of Uptower hands to the solver, and what crosses to a worker thread.
 *
 * Units everywhere: whole seconds on one common axis (any origin, the same for everything), whole metres, whole cost
 * units. Things are named by their index in these lists. Intervals are half-open `[from, to)`; a time window is closed
 * `[from, to]`, because it limits a moment (the start of service), not a stretch of time.
 */

/** Row-major square table: entry `a * locationCount + b` is the way from `a` to `b`. It need not be symmetric. */
export type PlainMatrix = readonly number[] | Int32Array | Uint32Array | Float64Array;

export interface PlainInterval {
  readonly from: number;
  readonly to: number;
}

export interface PlainSkill {
  readonly skill: number;
  /** 0 (none) to 3 (teaches others). */
  readonly level: number;
}

/** One working day of one engineer: what routing papers call a vehicle. */
export interface PlainShift {
  readonly startLocation: number;
  /** Where the day ends, normally home. `null`: the day ends at the last visit. */
  readonly endLocation: number | null;
  readonly from: number;
  /** The engineer should be at `endLocation` by then. */
  readonly to: number;
  /** How far past `to` the day may run, at a cost. Default 0. */
  readonly overtimeSeconds?: number;
  /** Leave, training, other appointments: no service and no driving in there. */
  readonly unavailable?: readonly PlainInterval[];
  /** The engineer is on a visit and cannot leave before this. Default: `from`. */
  readonly freeAt?: number;
  /** Where the engineer is at `freeAt`. Default: `startLocation`. */
  readonly freeAtLocation?: number;
  /** How much of each kind fits into the van or is on it: the visits of the day may add up to that. None given: no limit. */
  readonly capacity?: readonly number[];
  /** Longest time from setting out to being at `endLocation`. Default: no limit. See schedule.ts for when they set out. */
  readonly longestSeconds?: number;
  /** Cost of the shift having any visit at all. Default 0. */
  readonly fixedCost?: number;
}

export interface PlainEngineer {
  readonly skills: readonly PlainSkill[];
  /** In order of time, apart from each other even with their overtime. */
  readonly shifts: readonly PlainShift[];
}

/** From `from` on, each second of waiting costs `perSecond`, until the next segment begins. */
export interface PlainCostSegment {
  readonly from: number;
  readonly perSecond: number;
}

export interface PlainServiceTime {
  readonly engineer: number;
  readonly seconds: number;
}

export interface PlainVisit {
  readonly location: number;
  readonly serviceSeconds: number;
  /** How long it takes these engineers instead: who knows more is quicker. */
  readonly serviceSecondsBy?: readonly PlainServiceTime[];
  /** When service may START. None given: at any time. */
  readonly windows?: readonly PlainInterval[];
  /** When it had better start: at any other time it costs `weights.outsidePreferred`. None given: any time is as good. */
  readonly preferred?: readonly PlainInterval[];
  /** Service may not start before this (parts arrive). */
  readonly release?: number;
  readonly skills?: readonly PlainSkill[];
  readonly requiredEngineer?: number;
  readonly excludedEngineers?: readonly number[];
  /** Each list may be left out or empty, then anybody will do; else an engineer not in it costs the weight named. */
  readonly preferredEngineers?: readonly number[]; // asked for: weights.notPreferred
  readonly familiarEngineers?: readonly number[]; // have been there: weights.unfamiliar
  readonly territoryEngineers?: readonly number[]; // it is in their territory: weights.outOfTerritory
  /** Index into `weights.unassignedByPriority`. */
  readonly priority: number;
  /** Service should START by then. For a deadline on the END of service, subtract `serviceSeconds`. */
  readonly due?: number;
  /** Cost of a second late, times `weights.lateSecond`. Default 1. */
  readonly latePerSecond?: number;
  /** When waiting began: each second from then to the start of service costs `weights.waitingSecondByPriority`. */
  readonly waitingSince?: number;
  /** Expected cost of the device waiting for service to start, piecewise linear, times `weights.downtime`. */
  readonly downtime?: readonly PlainCostSegment[];
  /** Never left out in favour of optional visits. Default false. */
  readonly mandatory?: boolean;
  /** What it takes of each kind in `capacity`. Kinds not named take nothing. */
  readonly amount?: readonly number[];
  /** What the last committed plan promised. */
  readonly previous?: { readonly engineer: number; readonly startAt: number };
  /** Fixed by a person or already under way: a fact, whose own rules are not questioned. `shift` counts in `engineer`'s list. */
  readonly frozen?: { readonly engineer: number; readonly shift: number; readonly startAt: number };
}

/** What one unit of each thing costs. Zero switches a term off. Whole numbers, none negative. */
export interface Weights {
  readonly travelSecond: number;
  readonly distanceMetre: number;
  readonly lateSecond: number;
  readonly downtime: number;
  readonly overtimeSecond: number;
  /** A second between setting out and being home, waiting and service included. Default 0. */
  readonly workSecond?: number;
  /** A visit whose engineer changes, or whose start moves by more than `churnToleranceSeconds`. */
  readonly churnPerMovedVisit: number;
  readonly churnToleranceSeconds: number;
  /** Per level an engineer has above the one asked for, summed over the skills asked for. */
  readonly overQualifiedLevel: number;
  /**
   * A working day of one hour, from setting out to being home; one of n hours costs n times n as much. So two even days cost
   * less than a long one and a short one, for one engineer as for two. Default 0.
   */
  readonly unevenHours?: number;
  /** A visit by an engineer not among its `preferredEngineers`. Default 0, as of the next two. */
  readonly notPreferred?: number;
  /** A visit by an engineer not among its `familiarEngineers`. */
  readonly unfamiliar?: number;
  /** A visit by an engineer not among its `territoryEngineers`. */
  readonly outOfTerritory?: number;
  /** A second that a visit waits from its `waitingSince` on, by priority. Default 0 for each. */
  readonly waitingSecondByPriority?: readonly number[];
  /** A visit that starts outside all its `preferred` windows. Default 0. */
  readonly outsidePreferred?: number;
  /** On top of the waiting costs up to the end of the horizon. Mandatory visits get a derived cost, see penalty.ts. */
  readonly unassignedByPriority: readonly number[];
}

/**
 * Two visits that have to do with each other.
 *   together  a crew of two: they start at the same moment, by two engineers. Both are planned or neither. (A crew of three:
 *             two such links.)
 *   after     the second starts `minGapSeconds` to `maxGapSeconds` after the END of the first one's service. It is planned
 *             only if the first is; the first may be planned alone.
 * A frozen visit is a fact: its links bind only others.
 */
export interface PlainLink {
  readonly kind: 'together' | 'after';
  readonly first: number;
  readonly second: number;
  /** Of `after`. Default 0. */
  readonly minGapSeconds?: number;
  /** Of `after`. Default: no limit. */
  readonly maxGapSeconds?: number;
  /** Of `after`: by the same engineer (true), by another one (false). Default: either. */
  readonly sameEngineer?: boolean;
}

/** From `from` on driving goes at so many per cent of the speed that the matrix is made for: 50 takes twice as long. */
export interface PlainSpeedStep {
  readonly from: number;
  readonly percent: number;
}

/** Speed by time of day. While somebody is on the way it changes too, so leaving later never means being there sooner. */
export interface PlainSpeeds {
  /** Each a list of steps in order of time, for the whole horizon (nothing repeats). Before the first: 100 %. */
  readonly profiles: readonly (readonly PlainSpeedStep[])[];
  /** By location: the profile of ways that begin there. Default: profile 0 everywhere. */
  readonly profileOf?: readonly number[];
}

export interface PlainInstance {
  readonly locationCount: number;
  readonly travelSeconds: PlainMatrix;
  /** Needed when `weights.distanceMetre` is not zero. */
  readonly distanceMetres?: PlainMatrix;
  /** Default: ways take what `travelSeconds` says at any time. */
  readonly speeds?: PlainSpeeds;
  /**
   * By location: parking, signing in, gowning. Whoever comes from elsewhere is not ready to start before so many seconds; the
   * next visit at the same place has it behind it. Takes time and costs no travel. None where a shift ends.
   */
  readonly setupSeconds?: readonly number[];
  readonly engineers: readonly PlainEngineer[];
  readonly visits: readonly PlainVisit[];
  readonly links?: readonly PlainLink[];
  readonly weights: Weights;
}

/** Travel is all that counts, and what is left out. */
export const onlyTravel: Weights = {
  travelSecond: 1,
  distanceMetre: 0,
  lateSecond: 0,
  downtime: 0,
  overtimeSecond: 0,
  churnPerMovedVisit: 0,
  churnToleranceSeconds: 0,
  overQualifiedLevel: 0,
  unassignedByPriority: [1_000],
};

/** A start to tune from. One unit is a tenth of a second of driving: 600 units = one minute behind the wheel. */
export const defaultWeights: Weights = {
  travelSecond: 10,
  distanceMetre: 0,
  lateSecond: 20, // a minute late = two minutes of driving
  downtime: 1, // the caller's slopes are already money
  overtimeSecond: 15, // time and a half
  churnPerMovedVisit: 6_000, // ring the hospital again = ten minutes of driving
  churnToleranceSeconds: 900,
  overQualifiedLevel: 1_200, // two minutes of driving a level
  unassignedByPriority: [36_000, 72_000, 144_000, 288_000], // one to eight hours of driving
};
