import type { Instance, PlainInterval, PlainShift, PlainSpeedStep, PlainVisit } from './instance.ts';
import type { Plan, Route, Stop } from './plan.ts';

/**
 * An independent judge: shares nothing with the search, reads the raw input and believes no number in the plan. A plan is
 * committed only when this list is empty.
 *   skill, level         lacks the skill, or `by` levels of it
 *   excluded, required   this engineer may not go; somebody else has to
 *   window, release      starts `by` seconds outside the nearest window, or before the release
 *   shift                leaves before the shift (or before being free), or is done or home after it and its overtime
 *   capacity             `by` units more of some kind than the shift has room for
 *   longest              `by` seconds more between setting out and being home than the shift may have
 *   setup                starts `by` seconds too soon after the arrival to have parked, signed in and so on
 *   travel               a leg `by` seconds shorter than the way takes
 *   overlap              leaves, or starts, `by` seconds before the engineer is done, or there
 *   unavailable          `by` seconds of a leg or a service in unavailable time
 *   duration             service `by` seconds longer or shorter than it takes
 *   twice, missing       a visit planned twice, or neither planned nor named as unassigned; a shift with two routes
 *   frozen               a frozen visit not at its shift and start
 *   link                 `by` seconds too soon or too late after the visit it is tied to (1: without it, or by an engineer
 *                        who must, or must not, be that one's)
 *   unknown              an index or a time that means nothing
 */
export type ViolationKind =
  | 'skill'
  | 'level'
  | 'excluded'
  | 'required'
  | 'window'
  | 'release'
  | 'shift'
  | 'capacity'
  | 'longest'
  | 'setup'
  | 'travel'
  | 'overlap'
  | 'unavailable'
  | 'duration'
  | 'twice'
  | 'missing'
  | 'frozen'
  | 'link'
  | 'unknown';

export interface Violation {
  readonly kind: ViolationKind;
  /** -1 where none is concerned. */
  readonly engineer: number;
  readonly vehicle: number;
  readonly visit: number;
  readonly by: number;
}

export interface CheckOptions {
  /** Also say where frozen visits break rules of their own or contradict each other. No plan can mend that, so by default it is not held against one. */
  readonly judgeFrozen?: boolean;
}

export function checkPlan(instance: Instance, plan: Plan, options: CheckOptions = {}): Violation[] {
  const shifts = instance.plain.engineers.flatMap(({ shifts }, engineer) =>
    shifts.map((shift, index) => ({ engineer, index, shift })),
  );
  const violations: Violation[] = [];
  const seenVehicles = new Set<number>();
  for (const route of plan.routes) {
    const owner = shifts[route.vehicle];
    const report = (kind: ViolationKind, visit: number, by: number) => {
      violations.push({ kind, engineer: owner?.engineer ?? -1, vehicle: route.vehicle, visit, by });
    };
    if (owner === undefined || owner.engineer !== route.engineer) report('unknown', -1, 1);
    if (seenVehicles.has(route.vehicle)) report('twice', -1, 1);
    seenVehicles.add(route.vehicle);
    if (owner !== undefined) new RouteCheck(instance, owner, route, options.judgeFrozen ?? false, report).run();
  }
  return [...violations, ...membership(instance, plan), ...tied(instance, plan, options.judgeFrozen ?? false)];
}

/** Each visit exactly once; frozen ones in a route. */
function membership(instance: Instance, plan: Plan): Violation[] {
  const { visits } = instance.plain;
  const violations: Violation[] = [];
  const counts = visits.map(() => 0);
  const served = new Set<number>();
  const count = (visit: number) => {
    if (counts[visit] === undefined) violations.push({ ...NOBODY, kind: 'unknown', visit, by: 1 });
    else counts[visit] += 1;
  };
  for (const route of plan.routes) {
    for (const { visit } of route.stops) {
      count(visit);
      served.add(visit);
    }
  }
  for (const { visit } of plan.unassigned) count(visit);
  counts.forEach((times, visit) => {
    const frozen = visits[visit]?.frozen;
    if (times > 1) violations.push({ ...NOBODY, kind: 'twice', visit, by: times - 1 });
    if (times === 0) violations.push({ ...NOBODY, kind: 'missing', visit, by: 1 });
    if (frozen !== undefined && !served.has(visit))
      violations.push({ ...NOBODY, engineer: frozen.engineer, kind: 'frozen', visit, by: 1 });
  });
  return violations;
}

/** What visits have to do with each other. A link between two facts is one. */
function tied(instance: Instance, plan: Plan, judgeFrozen: boolean): Violation[] {
  const violations: Violation[] = [];
  const at = new Map<number, { engineer: number; vehicle: number; stop: Stop }>();
  for (const { engineer, vehicle, stops } of plan.routes)
    for (const stop of stops) at.set(stop.visit, { engineer, vehicle, stop });
  const isFact = (visit: number) => !judgeFrozen && instance.plain.visits[visit]?.frozen !== undefined;
  for (const { kind, first, second, minGapSeconds, maxGapSeconds, sameEngineer } of instance.plain.links ?? []) {
    const [one, two] = [at.get(first), at.get(second)];
    const report = (by: number) => {
      if (!(by > 0)) return;
      const { engineer, vehicle } = two ?? one ?? NOBODY;
      violations.push({ kind: 'link', engineer, vehicle, visit: two === undefined ? first : second, by });
    };
    if (two !== undefined && one === undefined && !isFact(second)) report(1);
    if (one !== undefined && two === undefined && kind === 'together' && !isFact(first)) report(1);
    if (one === undefined || two === undefined || (isFact(first) && isFact(second))) continue;
    const alike = one.engineer === two.engineer;
    if (kind === 'together') {
      report(Math.abs(one.stop.startAt - two.stop.startAt));
      report(alike ? 1 : 0);
      continue;
    }
    const { serviceSeconds = 0, serviceSecondsBy = [] } = instance.plain.visits[first] ?? {};
    const own = serviceSecondsBy.find(({ engineer }) => engineer === one.engineer)?.seconds;
    const gap = two.stop.startAt - one.stop.startAt - (own ?? serviceSeconds);
    report((minGapSeconds ?? 0) - gap);
    report(gap - (maxGapSeconds ?? gap));
    report(sameEngineer === undefined || sameEngineer === alike ? 0 : 1);
  }
  return violations;
}

const NOBODY = { engineer: -1, vehicle: -1 };

class RouteCheck {
  private readonly instance: Instance;
  private readonly engineer: number;
  private readonly shiftIndex: number;
  private readonly shift: PlainShift;
  private readonly route: Route;
  private readonly judgeFrozen: boolean;
  private readonly reportTo: (kind: ViolationKind, visit: number, by: number) => void;

  constructor(
    instance: Instance,
    owner: { engineer: number; index: number; shift: PlainShift },
    route: Route,
    judgeFrozen: boolean,
    report: (kind: ViolationKind, visit: number, by: number) => void,
  ) {
    this.instance = instance;
    this.engineer = owner.engineer;
    this.shiftIndex = owner.index;
    this.shift = owner.shift;
    this.route = route;
    this.judgeFrozen = judgeFrozen;
    this.reportTo = report;
  }

  run(): void {
    const { shift, route } = this;
    let location = shift.freeAtLocation ?? shift.startLocation;
    let doneAt = Math.max(shift.from, shift.freeAt ?? shift.from);
    let first = true;
    let given = true; // nothing the plan chose lies between here and the start of the shift or a frozen visit
    for (const stop of route.stops) {
      const visit = this.instance.plain.visits[stop.visit];
      if (visit === undefined || !wholeTimes(stop)) {
        this.report('unknown', stop.visit, 1);
        return; // what follows cannot be judged
      }
      const fact = visit.frozen !== undefined && !this.judgeFrozen;
      const way = this.way(location, visit.location, stop.departAt);
      const setup = location === visit.location ? 0 : (this.instance.plain.setupSeconds?.[visit.location] ?? 0);
      this.order(stop, fact && given, first ? 'shift' : 'overlap', doneAt, way, setup);
      this.own(stop, visit, fact);
      doneAt = Math.max(doneAt, stop.endAt);
      location = visit.location;
      first = false;
      given = fact;
    }
    if (route.stops.length > 0) this.homeward(location, doneAt, given);
    this.wholeShift();
  }

  /** What the visits add up to. Frozen ones alone may be too much: those are facts. */
  private wholeShift(): void {
    const { shift, route } = this;
    const visits = route.stops.map((stop) => this.instance.plain.visits[stop.visit]);
    if (!this.judgeFrozen && visits.every((visit) => visit?.frozen !== undefined)) return;
    const last = route.stops.at(-1)?.visit ?? -1;
    (shift.capacity ?? []).forEach((most, kind) => {
      const taken = visits.reduce((sum, visit) => sum + (visit?.amount?.[kind] ?? 0), 0);
      this.report('capacity', last, taken - most);
    });
    const setOutAt = route.stops[0]?.departAt ?? route.homeAt;
    this.report('longest', last, route.homeAt - setOutAt - (shift.longestSeconds ?? Number.POSITIVE_INFINITY));
  }

  /** Leaves after being done, drives long enough, starts after being there, all outside unavailable time. */
  private order(
    stop: Stop,
    given: boolean,
    early: 'shift' | 'overlap',
    doneAt: number,
    way: number,
    setup: number,
  ): void {
    const { visit, departAt, arriveAt, startAt } = stop;
    this.report('overlap', visit, arriveAt - startAt);
    if (given) return;
    this.report(early, visit, doneAt - departAt);
    this.report('travel', visit, way - (arriveAt - departAt));
    this.report('unavailable', visit, this.unavailableIn(departAt, arriveAt + setup));
    if (setup > 0) this.report('setup', visit, setup - (startAt - arriveAt));
  }

  /** The rules of the visit itself. */
  private own(stop: Stop, visit: PlainVisit, fact: boolean): void {
    const { startAt, endAt } = stop;
    this.report('duration', stop.visit, Math.abs(endAt - startAt - this.serviceOf(visit)));
    if (visit.frozen !== undefined) {
      const elsewhere = visit.frozen.engineer !== this.engineer || visit.frozen.shift !== this.shiftIndex;
      this.report('frozen', stop.visit, elsewhere ? 1 : Math.abs(startAt - visit.frozen.startAt));
    }
    if (fact) return;
    for (const { skill, level } of visit.skills ?? []) {
      const has =
        this.instance.plain.engineers[this.engineer]?.skills.find((entry) => entry.skill === skill)?.level ?? 0;
      this.report(has === 0 ? 'skill' : 'level', stop.visit, level - has);
    }
    this.report('excluded', stop.visit, visit.excludedEngineers?.includes(this.engineer) ? 1 : 0);
    this.report(
      'required',
      stop.visit,
      visit.requiredEngineer === undefined || visit.requiredEngineer === this.engineer ? 0 : 1,
    );
    this.report('shift', stop.visit, endAt - this.latestEnd());
    this.report('release', stop.visit, (visit.release ?? startAt) - startAt);
    const outside = (visit.windows ?? []).map(({ from, to }) => Math.max(0, from - startAt, startAt - to));
    this.report('window', stop.visit, outside.length === 0 ? 0 : Math.min(...outside));
    this.report('unavailable', stop.visit, this.unavailableIn(startAt, Math.max(endAt, startAt + 1)));
  }

  private homeward(location: number, doneAt: number, given: boolean): void {
    const { shift, route } = this;
    const last = route.stops.at(-1)?.visit ?? -1;
    const whole = Number.isSafeInteger(route.homeDepartAt) && Number.isSafeInteger(route.homeAt);
    if (!whole) this.report('unknown', last, 1);
    const way = shift.endLocation === null ? 0 : this.way(location, shift.endLocation, route.homeDepartAt);
    this.report('overlap', last, doneAt - route.homeDepartAt);
    this.report('travel', last, way - (route.homeAt - route.homeDepartAt));
    if (shift.endLocation !== null)
      this.report('unavailable', last, this.unavailableIn(route.homeDepartAt, route.homeAt));
    if (!given) this.report('shift', last, route.homeAt - this.latestEnd());
  }

  private serviceOf(visit: PlainVisit): number {
    const own = visit.serviceSecondsBy?.filter(({ engineer }) => engineer === this.engineer) ?? [];
    return own[0]?.seconds ?? visit.serviceSeconds;
  }

  private latestEnd(): number {
    return this.shift.to + (this.shift.overtimeSeconds ?? 0);
  }

  /** Seconds of the way for somebody who leaves at `departAt`. */
  private way(from: number, to: number, departAt: number): number {
    const { travelSeconds, locationCount, speeds } = this.instance.plain;
    const seconds = travelSeconds[from * locationCount + to] as number;
    if (speeds === undefined) return seconds;
    return drivenAt(speeds.profiles[speeds.profileOf?.[from] ?? 0] ?? [], departAt, seconds) - departAt;
  }

  /** Seconds of [from, to) in unavailable time; overlapping intervals count once each. */
  private unavailableIn(from: number, to: number): number {
    const shared = (busy: PlainInterval) => Math.max(0, Math.min(to, busy.to) - Math.max(from, busy.from));
    return (this.shift.unavailable ?? []).reduce((sum, busy) => sum + shared(busy), 0);
  }

  private report(kind: ViolationKind, visit: number, by: number): void {
    if (by > 0) this.reportTo(kind, visit, by);
  }
}

/** The whole second at which a way of so many seconds at full speed is done: each step of the profile does a part of it. */
function drivenAt(steps: readonly PlainSpeedStep[], departAt: number, seconds: number): number {
  let left = 100 * seconds;
  let moment = departAt;
  for (let k = -1; k < steps.length; k++) {
    const percent = steps[k]?.percent ?? 100;
    const until = steps[k + 1]?.from ?? Number.POSITIVE_INFINITY;
    if (until <= moment) continue;
    if (left <= percent * (until - moment)) return moment + Math.ceil(left / percent);
    left -= percent * (until - moment);
    moment = until;
  }
  return moment;
}

function wholeTimes({ departAt, arriveAt, startAt, endAt }: Stop): boolean {
  return [departAt, arriveAt, startAt, endAt].every(Number.isSafeInteger);
}
