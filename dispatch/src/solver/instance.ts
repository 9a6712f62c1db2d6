import { engineerCost, serviceTime, staticRefusal } from './eligibility.ts';
import { Links } from './links.ts';
import { deepFreeze, merged, offsets, pairs, turned } from './packing.ts';
import { horizonEnd, mandatoryPenalty } from './penalty.ts';
import type { PlainInstance, PlainShift, PlainVisit } from './plain.ts';
import { REFUSALS, type Refusal } from './plan.ts';
import { Speeds } from './speeds.ts';
import { InstanceError, problemsIn } from './validate.ts';

export type * from './plain.ts';

/** Checks, copies and freezes. Throws an `InstanceError` that names the path of everything it refuses. */
export function buildInstance(plain: PlainInstance): Instance {
  return ownInstance(plain, structuredClone);
}

/** The same without the copy, which is a fifth of the work: for numbers that nobody changes any more, and that stay frozen. */
export function ownInstance(plain: PlainInstance, copy = (given: PlainInstance) => given): Instance {
  const problems = problemsIn(plain);
  if (problems.length > 0) throw new InstanceError(problems);
  const penalty = mandatoryPenalty(plain);
  if (penalty === Number.POSITIVE_INFINITY) {
    throw new InstanceError([
      { path: 'weights', message: 'a plan could cost more than 2^52 units, where sums stop being exact' },
    ]);
  }
  return new Instance(deepFreeze(copy(plain)), penalty);
}

/**
 * The problem as immutable numbers, packed for the search. `plain` is the frozen input, which the checker and the honest
 * cost read instead, so that a mistake in the packing cannot hide. A "vehicle" is one engineer's one shift; vehicles are
 * numbered engineer by engineer, in the order given.
 */
export class Instance {
  readonly plain: PlainInstance;
  readonly locationCount: number;
  readonly engineerCount: number;
  readonly vehicleCount: number;
  readonly visitCount: number;
  readonly horizonEnd: number;
  readonly mandatoryPenalty: number;
  /** Null: ways take the same time at any hour. */
  readonly speeds: Speeds | null;
  /** Null: no visit has to do with another. */
  readonly links: Links | null;

  /** With the setup at the end of the way. (locationCount + 1) square: the last row and column are "nowhere", to where every way is free. */
  readonly ways: Int32Array;
  /** The same square: weighted travel time and distance. */
  readonly legCosts: Float64Array;
  /** Both squares turned over, so that all ways TO a place lie side by side too. The same arrays where they are symmetric. */
  readonly waysTo: Int32Array;
  readonly legCostsTo: Float64Array;
  /** How many kinds of things `capacity` and `amount` speak of. */
  readonly kindCount: number;

  private readonly setups: Int32Array | null; // by location; null: none anywhere
  private readonly capacities: Float64Array; // vehicle x kind
  private readonly amounts: Float64Array; // visit x kind
  private readonly engineers: Int32Array; // by vehicle
  private readonly firstVehicle: Int32Array;
  private readonly vehicleNumbers: Float64Array; // vehicle x VEHICLE_FIELDS
  private readonly firstBusyOf: Int32Array;
  private readonly busy: Float64Array; // from, to, from, to ...
  private readonly visitNumbers: Float64Array; // visit x VISIT_FIELDS
  private readonly firstWindowOf: Int32Array;
  private readonly windows: Float64Array;
  private readonly firstPreferredOf: Int32Array;
  private readonly preferred: Float64Array;
  private readonly firstSegmentOf: Int32Array;
  private readonly segments: Float64Array; // from, weighted cost per second, ...
  private readonly refusals: Uint8Array; // engineer x visit, 0 = none, else 1 + index into REFUSALS
  private readonly engineerCosts: Float64Array; // engineer x visit
  private readonly serviceTimes: Float64Array | null; // engineer x visit; null: whoever goes, it takes the same

  constructor(plain: PlainInstance, penalty: number) {
    const { weights, engineers, visits, locationCount } = plain;
    this.plain = plain;
    this.locationCount = locationCount;
    this.engineerCount = engineers.length;
    this.visitCount = visits.length;
    this.horizonEnd = horizonEnd(plain);
    this.mandatoryPenalty = penalty;
    this.links = plain.links === undefined || plain.links.length === 0 ? null : new Links(plain);
    this.speeds = plain.speeds === undefined ? null : new Speeds(plain.speeds, locationCount);

    const side = locationCount + 1;
    this.setups = plain.setupSeconds === undefined ? null : Int32Array.from([...plain.setupSeconds, 0]);
    this.ways = new Int32Array(side * side);
    this.legCosts = new Float64Array(side * side);
    const { travelSeconds, distanceMetres } = plain;
    const { ways, legCosts } = this;
    const { travelSecond, distanceMetre } = weights;
    for (let a = 0; a < locationCount; a++) {
      for (let b = 0; b < locationCount; b++) {
        const seconds = travelSeconds[a * locationCount + b] as number;
        const metres = distanceMetres === undefined ? 0 : (distanceMetres[a * locationCount + b] as number);
        ways[a * side + b] = this.setups === null ? seconds : seconds + this.setupSeconds(a, b);
        legCosts[a * side + b] = seconds * travelSecond + metres * distanceMetre;
      }
    }

    this.waysTo = turned(this.ways, side);
    this.legCostsTo = turned(this.legCosts, side);

    const shifts = engineers.flatMap((engineer) => engineer.shifts);
    this.kindCount = Math.max(
      0,
      ...shifts.map(({ capacity }) => capacity?.length ?? 0),
      ...visits.map(({ amount }) => amount?.length ?? 0),
    );
    const kinds = Array.from({ length: this.kindCount }, (_, kind) => kind);
    this.capacities = Float64Array.from(
      shifts.flatMap(({ capacity }) => kinds.map((kind) => capacity?.[kind] ?? Number.POSITIVE_INFINITY)),
    );
    this.amounts = Float64Array.from(visits.flatMap(({ amount }) => kinds.map((kind) => amount?.[kind] ?? 0)));
    this.vehicleCount = shifts.length;
    this.engineers = Int32Array.from(engineers.flatMap((engineer, e) => engineer.shifts.map(() => e)));
    this.firstVehicle = offsets(engineers.map(({ shifts }) => shifts.length));
    this.vehicleNumbers = new Float64Array(shifts.flatMap(vehicleNumbers));
    const busy = shifts.map((shift) => merged((shift.unavailable ?? []).filter(({ from, to }) => from < to)));
    this.firstBusyOf = offsets(busy.map((intervals) => intervals.length));
    this.busy = pairs(busy.flat());

    this.visitNumbers = new Float64Array(visits.flatMap((visit) => this.numbersOf(visit)));
    const windows = visits.map((visit) => merged(visit.windows ?? []));
    this.firstWindowOf = offsets(windows.map((intervals) => intervals.length));
    this.windows = pairs(windows.flat());
    const preferred = visits.map((visit) => ((weights.outsidePreferred ?? 0) > 0 ? merged(visit.preferred ?? []) : []));
    this.firstPreferredOf = offsets(preferred.map((intervals) => intervals.length));
    this.preferred = pairs(preferred.flat());
    const segments = visits.map((visit) => (weights.downtime > 0 ? (visit.downtime ?? []) : []));
    this.firstSegmentOf = offsets(segments.map((list) => list.length));
    this.segments = Float64Array.from(
      segments.flat().flatMap(({ from, perSecond }) => [from, perSecond * weights.downtime]),
    );

    // For each pair of an engineer and a visit, of which there are tens of thousands: plain loops over local names.
    const refusals = new Uint8Array(engineers.length * visits.length);
    const engineerCosts = new Float64Array(engineers.length * visits.length);
    const serviceTimes = visits.some(({ serviceSecondsBy }) => serviceSecondsBy !== undefined)
      ? new Float64Array(engineers.length * visits.length)
      : null;
    for (let e = 0, pair = 0; e < engineers.length; e++) {
      for (let v = 0; v < visits.length; v++, pair++) {
        const visit = visits[v] as PlainVisit;
        const refusal = staticRefusal(plain, e, visit);
        if (refusal !== null) refusals[pair] = 1 + REFUSALS.indexOf(refusal);
        engineerCosts[pair] = engineerCost(plain, e, visit);
        if (serviceTimes !== null) serviceTimes[pair] = serviceTime(visit, e);
      }
    }
    this.refusals = refusals;
    this.engineerCosts = engineerCosts;
    this.serviceTimes = serviceTimes;
  }

  travelSeconds(a: number, b: number): number {
    return (this.ways[a * (this.locationCount + 1) + b] as number) - this.setupSeconds(a, b);
  }
  /** Between arriving from `a` and being ready to begin at `b`. */
  setupSeconds(a: number, b: number): number {
    return this.setups === null || a === b ? 0 : (this.setups[b] as number);
  }
  /** Weighted travel time and distance from `a` to `b`. */
  legCost(a: number, b: number): number {
    return this.legCosts[a * (this.locationCount + 1) + b] as number;
  }
  /** How long the way takes for somebody who leaves `a` at `departAt`. */
  travelSecondsAt(a: number, b: number, departAt: number): number {
    const seconds = this.travelSeconds(a, b);
    return this.speeds === null ? seconds : this.speeds.arrival(a, departAt, seconds) - departAt;
  }
  /** `legCost` of somebody who leaves at `departAt`. */
  legCostAt(a: number, b: number, departAt: number): number {
    if (this.speeds === null) return this.legCost(a, b);
    const more = this.travelSecondsAt(a, b, departAt) - this.travelSeconds(a, b);
    return this.legCost(a, b) + this.plain.weights.travelSecond * more;
  }
  distanceMetres(a: number, b: number): number {
    return this.plain.distanceMetres?.[a * this.locationCount + b] ?? 0;
  }

  engineerOf(vehicle: number): number {
    return this.engineers[vehicle] as number;
  }
  /** `engineer`'s vehicles are `firstVehicleOf(engineer)` up to, not including, `firstVehicleOf(engineer + 1)`. */
  firstVehicleOf(engineer: number): number {
    return this.firstVehicle[engineer] as number;
  }
  vehicleOf(engineer: number, shift: number): number {
    return this.firstVehicleOf(engineer) + shift;
  }
  startLocation(vehicle: number): number {
    return this.vehicleNumbers[vehicle * VEHICLE_FIELDS] as number;
  }
  /** -1: the day ends at the last visit. */
  endLocation(vehicle: number): number {
    return this.vehicleNumbers[vehicle * VEHICLE_FIELDS + 1] as number;
  }
  earliestDeparture(vehicle: number): number {
    return this.vehicleNumbers[vehicle * VEHICLE_FIELDS + 2] as number;
  }
  shiftEnd(vehicle: number): number {
    return this.vehicleNumbers[vehicle * VEHICLE_FIELDS + 3] as number;
  }
  /** The end of the shift with all its overtime. */
  latestEnd(vehicle: number): number {
    return this.vehicleNumbers[vehicle * VEHICLE_FIELDS + 4] as number;
  }
  /** Infinity: not limited. */
  longestSeconds(vehicle: number): number {
    return this.vehicleNumbers[vehicle * VEHICLE_FIELDS + 5] as number;
  }
  fixedCost(vehicle: number): number {
    return this.vehicleNumbers[vehicle * VEHICLE_FIELDS + 6] as number;
  }
  /** Whether an hour of work costs something. */
  get hoursCost(): boolean {
    const { workSecond = 0, unevenHours = 0 } = this.plain.weights;
    return workSecond > 0 || unevenHours > 0;
  }
  /** Whether it matters for how long somebody is on the way, and so when they set out (schedule.ts). */
  countsHours(vehicle: number): boolean {
    return this.longestSeconds(vehicle) < Number.POSITIVE_INFINITY || this.hoursCost;
  }
  /** Infinity: not limited. */
  capacity(vehicle: number, kind: number): number {
    return this.capacities[vehicle * this.kindCount + kind] as number;
  }
  amount(visit: number, kind: number): number {
    return this.amounts[visit * this.kindCount + kind] as number;
  }
  /** A vehicle's unavailable intervals are `firstBusy(vehicle)` up to `firstBusy(vehicle + 1)`: sorted, apart from each other. */
  firstBusy(vehicle: number): number {
    return this.firstBusyOf[vehicle] as number;
  }
  busyFrom(k: number): number {
    return this.busy[2 * k] as number;
  }
  busyTo(k: number): number {
    return this.busy[2 * k + 1] as number;
  }

  locationOf(visit: number): number {
    return this.visitNumbers[visit * VISIT_FIELDS] as number;
  }
  /** How long service takes the engineer of the vehicle. */
  serviceSeconds(visit: number, vehicle: number): number {
    if (this.serviceTimes === null) return this.visitNumbers[visit * VISIT_FIELDS + 1] as number;
    return this.serviceTimes[this.engineerOf(vehicle) * this.visitCount + visit] as number;
  }
  /** -Infinity when it may start at any time. */
  release(visit: number): number {
    return this.visitNumbers[visit * VISIT_FIELDS + 2] as number;
  }
  /** +Infinity when there is none. */
  due(visit: number): number {
    return this.visitNumbers[visit * VISIT_FIELDS + 3] as number;
  }
  /** Weighted. */
  latePerSecond(visit: number): number {
    return this.visitNumbers[visit * VISIT_FIELDS + 4] as number;
  }
  /** -1: not frozen. */
  frozenVehicle(visit: number): number {
    return this.visitNumbers[visit * VISIT_FIELDS + 5] as number;
  }
  frozenStart(visit: number): number {
    return this.visitNumbers[visit * VISIT_FIELDS + 6] as number;
  }
  /** -1: never promised to anybody. */
  previousEngineer(visit: number): number {
    return this.visitNumbers[visit * VISIT_FIELDS + 7] as number;
  }
  previousStart(visit: number): number {
    return this.visitNumbers[visit * VISIT_FIELDS + 8] as number;
  }
  isMandatory(visit: number): boolean {
    return this.visitNumbers[visit * VISIT_FIELDS + 9] === 1;
  }
  /** Service may start by then, windows apart: +Infinity unless the visit is held. */
  startBy(visit: number): number {
    return this.visitNumbers[visit * VISIT_FIELDS + 10] as number;
  }
  /** Infinity when it does not count. */
  waitingSince(visit: number): number {
    return this.visitNumbers[visit * VISIT_FIELDS + 11] as number;
  }
  /** By its priority. */
  waitingPerSecond(visit: number): number {
    return this.visitNumbers[visit * VISIT_FIELDS + 12] as number;
  }
  firstWindow(visit: number): number {
    return this.firstWindowOf[visit] as number;
  }
  windowFrom(k: number): number {
    return this.windows[2 * k] as number;
  }
  windowTo(k: number): number {
    return this.windows[2 * k + 1] as number;
  }
  firstPreferred(visit: number): number {
    return this.firstPreferredOf[visit] as number;
  }
  preferredFrom(k: number): number {
    return this.preferred[2 * k] as number;
  }
  preferredTo(k: number): number {
    return this.preferred[2 * k + 1] as number;
  }
  get hasPreferredHours(): boolean {
    return this.preferred.length > 0;
  }
  /** Whether it matters to the visit at what hour it starts. */
  prefersHours(visit: number): boolean {
    return this.firstPreferred(visit) < this.firstPreferred(visit + 1);
  }
  firstSegment(visit: number): number {
    return this.firstSegmentOf[visit] as number;
  }
  segmentFrom(k: number): number {
    return this.segments[2 * k] as number;
  }
  /** Weighted. */
  segmentPerSecond(k: number): number {
    return this.segments[2 * k + 1] as number;
  }

  /** Why this engineer may never do this visit, whatever the plan: skill, level, excluded, required-other or nothing. */
  refusalOf(engineer: number, visit: number): Refusal | null {
    const code = this.refusals[engineer * this.visitCount + visit] as number;
    return code === 0 ? null : (REFUSALS[code - 1] as Refusal);
  }
  /** Over-qualification, preferences, familiarity, territory: whatever the time. */
  engineerCost(engineer: number, visit: number): number {
    return this.engineerCosts[engineer * this.visitCount + visit] as number;
  }

  /** A copy in which visits can be held, and none is. Where no visit is tied to another nobody needs one: this very instance. */
  holdable(): Instance {
    if (this.links === null) return this;
    const copy = this.copyToHold();
    for (const visit of this.links.groups.flat(2)) copy.hold(visit, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
    return copy;
  }
  /** A copy of which any visit may be held. */
  copyToHold(): Instance {
    const copy = Object.assign(Object.create(Instance.prototype) as Instance, this);
    return Object.assign(copy, { visitNumbers: this.visitNumbers.slice(), unhindered: null });
  }
  /** Of such a copy: from now on service of the visit starts between the two moments. */
  hold(visit: number, from: number, to: number): void {
    const release = this.plain.visits[visit]?.release ?? Number.NEGATIVE_INFINITY;
    this.visitNumbers[visit * VISIT_FIELDS + 2] = Math.max(release, from);
    this.visitNumbers[visit * VISIT_FIELDS + 10] = to;
  }

  /** The same problem in a world without leave and appointments: used to tell "unavailable" from "no time". */
  withoutUnavailability(): Instance {
    const unhindered = this.unhindered ?? Object.assign(Object.create(Instance.prototype) as Instance, this);
    if (this.unhindered === null)
      Object.assign(unhindered, { firstBusyOf: new Int32Array(this.vehicleCount + 1), busy: new Float64Array(0) });
    this.unhindered = unhindered;
    return unhindered;
  }
  private unhindered: Instance | null = null;

  private numbersOf(visit: PlainVisit): number[] {
    const { frozen, previous } = visit;
    return [
      visit.location,
      visit.serviceSeconds,
      visit.release ?? Number.NEGATIVE_INFINITY,
      visit.due ?? Number.POSITIVE_INFINITY,
      this.plain.weights.lateSecond * (visit.latePerSecond ?? 1),
      frozen === undefined ? -1 : this.vehicleOf(frozen.engineer, frozen.shift),
      frozen?.startAt ?? 0,
      previous?.engineer ?? -1,
      previous?.startAt ?? 0,
      visit.mandatory ? 1 : 0,
      Number.POSITIVE_INFINITY,
      visit.waitingSince ?? Number.POSITIVE_INFINITY,
      this.plain.weights.waitingSecondByPriority?.[visit.priority] ?? 0,
    ];
  }
}

const VEHICLE_FIELDS = 7;
const VISIT_FIELDS = 13;

function vehicleNumbers(shift: PlainShift): number[] {
  return [
    shift.freeAtLocation ?? shift.startLocation,
    shift.endLocation ?? -1,
    Math.max(shift.from, shift.freeAt ?? shift.from),
    shift.to,
    shift.to + (shift.overtimeSeconds ?? 0),
    shift.longestSeconds ?? Number.POSITIVE_INFINITY,
    shift.fixedCost ?? 0,
  ];
}
