import { serviceTime } from '../solver/eligibility.ts';
import type { Instance } from '../solver/instance.ts';
import type { PlainShift, PlainVisit } from '../solver/plain.ts';
import { type Arc, CpModel, domainWithout, type Literal, not, type Term, type Variable } from './cp-model.ts';
import { neverServedCost, shiftCosts, visitCosts } from './day-costs.ts';

/**
 * A day as a constraint model: one tour through all visits and depots, as Miller, Tucker & Zemlin (Journal of the ACM 7(4),
 * 1960) do for several salesmen. Depot v is where shift v begins and shift v - 1 ends, so the way from one depot to the
 * next is a shift nobody uses, and a visit's way to itself is a visit left out. Read from the raw input, as `check-plan.ts`
 * is, with every rule and every cost of `cost.ts`; times are free, so that no plan the checker passes costs less.
 */
export interface DayModel {
  readonly model: CpModel;
  /** By visit; null: nobody can ever serve it. */
  readonly stops: readonly (StopVariables | null)[];
  readonly shifts: readonly ShiftVariables[];
  readonly arcs: readonly Arc[];
}

export interface StopVariables {
  readonly start: Variable;
  readonly end: Variable;
  /** Leaves the place before. Null where no rule or cost asks when. */
  readonly depart: Variable | null;
  readonly leftOut: Literal;
  /** By shift; absent where this engineer cannot. */
  readonly by: ReadonlyMap<number, Literal>;
}

export interface ShiftVariables {
  readonly engineer: number;
  readonly plain: PlainShift;
  /** May leave from here, from then on, and be home then at the latest. */
  readonly startLocation: number;
  readonly from: number;
  readonly latest: number;
  /** Null where nothing asks when. */
  readonly setOut: Variable | null;
  readonly homeDepart: Variable;
  readonly homeAt: Variable;
}

export function dayModel(instance: Instance): DayModel {
  return new DayWriter(instance).write();
}

class DayWriter {
  private readonly instance: Instance;
  private readonly model = new CpModel();
  private readonly visits: readonly PlainVisit[];
  private readonly shifts: ShiftVariables[];
  private readonly stops: (StopVariables | null)[];
  private readonly arcs: Arc[] = [];
  /** Some rule or cost asks when legs are driven, not only that there is time for them. */
  private readonly legsMatter: boolean;

  constructor(instance: Instance) {
    this.instance = instance;
    const { engineers, visits, weights } = instance.plain;
    this.visits = visits;
    const shifts = engineers.flatMap(({ shifts: own }, engineer) => own.map((plain) => ({ engineer, plain })));
    this.legsMatter =
      (weights.workSecond ?? 0) > 0 ||
      (weights.unevenHours ?? 0) > 0 ||
      shifts.some(({ plain }) => plain.longestSeconds !== undefined || busyTimes(plain).length > 0);
    this.shifts = shifts.map(({ engineer, plain }) => this.shiftVariables(engineer, plain));
    this.stops = visits.map((visit) => this.stopVariables(visit));
  }

  write(): DayModel {
    this.shifts.forEach((shift, v) => {
      this.shiftArcs(v);
      shiftCosts(this.model, this.instance, shift);
    });
    this.stops.forEach((stop, i) => {
      if (stop === null) return;
      this.arc(i, i, stop.leftOut);
      this.stops.forEach((next, j) => {
        if (next !== null && i !== j) this.leg(i, stop, j, next);
      });
      visitCosts(this.model, this.instance, this.visits[i]!, stop, this.shifts);
    });
    this.model.circuit(this.arcs);
    this.capacities();
    return { model: this.model, stops: this.stops, shifts: this.shifts, arcs: this.arcs };
  }

  private shiftVariables(engineer: number, plain: PlainShift): ShiftVariables {
    const from = Math.max(plain.from, plain.freeAt ?? plain.from);
    const latest = plain.to + (plain.overtimeSeconds ?? 0);
    const startLocation = plain.freeAtLocation ?? plain.startLocation;
    const setOut = this.legsMatter ? this.model.int(from, Math.max(from, latest)) : null;
    // From `to` on at least, so that a shift nobody uses, of somebody who is free too late, has no overtime.
    const homeTime = () => this.model.int(Math.min(from, plain.to), Math.max(from, latest));
    return { engineer, plain, startLocation, from, latest, setOut, homeDepart: homeTime(), homeAt: homeTime() };
  }

  /** Null, and paid for, where no shift can ever have the visit. */
  private stopVariables(visit: PlainVisit): StopVariables | null {
    const { model } = this;
    const domains = new Map<number, number[]>();
    this.shifts.forEach((shift, v) => {
      const domain = this.mayEver(shift.engineer, visit) ? this.startsOn(shift, visit) : [];
      if (domain.length > 0) domains.set(v, domain);
    });
    if (domains.size === 0) {
      model.fixedCost(neverServedCost(this.instance, visit));
      return null;
    }
    const low = Math.min(...[...domains.values()].map((domain) => domain[0]!));
    const high = Math.max(...[...domains.values()].map((domain) => domain.at(-1)!));
    const service = new Map([...domains.keys()].map((v) => [v, serviceTime(visit, this.shifts[v]!.engineer)]));
    const start = model.int(low, high);
    const end = model.int(low, high + Math.max(...service.values()));
    const depart = this.legsMatter ? model.int(Math.min(...this.shifts.map(({ from }) => from)), high) : null;
    const by = new Map<number, Literal>();
    const sameForAll = new Set(service.values()).size === 1;
    for (const [v, domain] of domains) {
      const literal = model.bool();
      by.set(v, literal);
      model.within([[start, 1]], domain, [literal]);
      if (!sameForAll) this.after(end, start, service.get(v)!, [literal]);
    }
    if (sameForAll) this.after(end, start, [...service.values()][0]!, []);
    const leftOut = model.bool();
    model.exactlyOne([leftOut, ...by.values()]);
    return { start, end, depart, leftOut, by };
  }

  private mayEver(engineer: number, { skills, excludedEngineers, requiredEngineer }: PlainVisit): boolean {
    const known = this.instance.plain.engineers[engineer]!.skills;
    const levelOf = (skill: number) => known.find((entry) => entry.skill === skill)?.level ?? 0;
    if ((skills ?? []).some(({ skill, level }) => levelOf(skill) < level)) return false;
    return !excludedEngineers?.includes(engineer) && (requiredEngineer ?? engineer) === engineer;
  }

  /** When service may start on a shift: windows, release, the way there, the end of the day, and no appointment. */
  private startsOn({ engineer, plain, startLocation, from, latest }: ShiftVariables, visit: PlainVisit): number[] {
    const service = serviceTime(visit, engineer);
    const low = Math.max(from + this.quickest(startLocation, visit.location), visit.release ?? from);
    const wayHome = plain.endLocation === null ? 0 : this.quickest(visit.location, plain.endLocation);
    const needed = Math.max(1, service); // a service of no length still is a moment
    const gaps = busyTimes(plain).map((busy) => ({ from: busy.from - needed, to: busy.to }));
    let high = latest - service - wayHome;
    const windows = [...(visit.windows ?? [])].sort((a, b) => a.from - b.from);
    if (windows.length > 0) {
      let next = low;
      for (const window of windows) {
        if (window.from > next) gaps.push({ from: next - 1, to: window.from });
        next = Math.max(next, window.to + 1);
      }
      high = Math.min(high, next - 1);
    }
    return low <= high ? domainWithout(low, high, gaps) : [];
  }

  /** Ways need not be metric: someone may come over other places, but not faster than by the shortest leg that ends there. */
  private quickest(a: number, b: number): number {
    const places = Array.from({ length: this.instance.plain.locationCount }, (_, place) => place);
    return a === b ? 0 : Math.min(...places.filter((place) => place !== b).map((place) => this.way(place, b)));
  }

  private way(a: number, b: number): number {
    return this.instance.travelSeconds(a, b);
  }
  /** The way, and what it takes there until work can start. */
  private wayIn(a: number, b: number): number {
    return this.way(a, b) + setupAt(this.instance, a, b);
  }
  private legCost(a: number, b: number | null): number {
    const { travelSecond, distanceMetre } = this.instance.plain.weights;
    return b === null ? 0 : travelSecond * this.way(a, b) + distanceMetre * this.instance.distanceMetres(a, b);
  }

  private arc(from: number, to: number, literal: Literal, cost = 0): void {
    this.arcs.push({ from, to, literal });
    this.model.cost(literal, cost);
  }
  /** `later` is `seconds` after `earlier`, or later still. */
  private after(later: Variable, earlier: Variable, seconds: number, when: readonly Literal[]): void {
    const apart: Term[] = [
      [later, 1],
      [earlier, -1],
    ];
    this.model.atLeast(apart, seconds, when);
  }

  /** Setting out, coming home, and staying at home. */
  private shiftArcs(v: number): void {
    const { model, shifts } = this;
    const shift = shifts[v]!;
    const { plain, startLocation, from, setOut, homeDepart, homeAt } = shift;
    const here = this.visits.length + v;
    const next = this.visits.length + ((v + 1) % shifts.length);
    this.arc(here, next, model.bool(), this.legCost(startLocation, plain.endLocation));
    this.stops.forEach((stop, i) => {
      const literal = stop?.by.get(v);
      if (stop === null || literal === undefined) return;
      const { location } = this.visits[i]!;
      const first = model.bool();
      this.arc(here, i, first, this.legCost(startLocation, location) + (plain.fixedCost ?? 0));
      model.implies(first, literal);
      const there = this.wayIn(startLocation, location);
      model.atLeast([[stop.start, 1]], from + there, [first]);
      if (stop.depart !== null && setOut !== null) {
        this.after(stop.depart, setOut, 0, [first]);
        this.after(stop.start, stop.depart, there, [first]);
        this.outsideBusy(stop.depart, there, shift, [first]);
      }
      const last = model.bool();
      this.arc(i, next, last, this.legCost(location, plain.endLocation));
      model.implies(last, literal);
      const home = plain.endLocation === null ? 0 : this.way(location, plain.endLocation);
      this.after(homeDepart, stop.end, 0, [last]);
      this.after(homeAt, homeDepart, home, [last]);
      this.outsideBusy(homeDepart, home, shift, [last]);
    });
  }

  private leg(i: number, stop: StopVariables, j: number, next: StopVariables): void {
    const { model } = this;
    const shared = [...stop.by.keys()].filter((v) => next.by.has(v));
    if (shared.length === 0) return;
    const from = this.visits[i]!.location;
    const to = this.visits[j]!.location;
    const literal = model.bool();
    this.arc(i, j, literal, this.legCost(from, to));
    for (const [v, here] of stop.by) {
      const there = next.by.get(v);
      if (there === undefined) model.anyOf([not(literal), not(here)]);
      else model.anyOf([there], [literal, here]);
    }
    for (const [v, there] of next.by) {
      const here = stop.by.get(v);
      model.anyOf(here === undefined ? [not(there)] : [here], [literal, there]);
    }
    this.after(next.start, stop.end, this.wayIn(from, to), [literal]);
    if (next.depart === null) return;
    this.after(next.depart, stop.end, 0, [literal]);
    this.after(next.start, next.depart, this.wayIn(from, to), [literal]);
    for (const v of shared)
      this.outsideBusy(next.depart, this.wayIn(from, to), this.shifts[v]!, [literal, next.by.get(v)!]);
  }

  /** A leg of `seconds` from `depart` on is not driven in unavailable time, not even in part. */
  private outsideBusy(depart: Variable, seconds: number, shift: ShiftVariables, when: Literal[]): void {
    const gaps = busyTimes(shift.plain).map((busy) => ({ from: busy.from - seconds, to: busy.to }));
    if (seconds === 0 || gaps.length === 0) return;
    this.model.within([[depart, 1]], domainWithout(shift.from, Math.max(shift.from, shift.latest), gaps), when);
  }

  private capacities(): void {
    this.shifts.forEach(({ plain }, v) => {
      (plain.capacity ?? []).forEach((most, kind) => {
        const taken: Term[] = this.stops.flatMap((stop, i) => {
          const literal = stop?.by.get(v);
          const amount = this.visits[i]!.amount?.[kind] ?? 0;
          return literal === undefined || amount === 0 ? [] : [[literal, amount] as const];
        });
        this.model.atMost(taken, most);
      });
    });
  }
}

const busyTimes = ({ unavailable }: PlainShift) => (unavailable ?? []).filter(({ from, to }) => from < to);

/** Parking, signing in, gowning: for whoever comes from elsewhere. */
export function setupAt({ plain }: Instance, from: number, to: number): number {
  return from === to ? 0 : (plain.setupSeconds?.[to] ?? 0);
}
