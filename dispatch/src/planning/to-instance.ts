import {
  type Contract,
  type Engineer,
  type EngineerId,
  GENERAL_SKILL,
  hasSkill,
  type Instant,
  type Interval,
  type OpenWorkOrder,
  type PartId,
  type Place,
  type Site,
  type Visit,
  type WorkOrderId,
} from '@uptower/domain';
import type { EngineerCalendar } from '../availability/calendar.ts';
import { accessTimes, awayTimes, merged, workingTimes } from '../availability/free-time.ts';
import { overtimeOf } from '../availability/overtime.ts';
import type { DispatchPolicy } from '../policy.ts';
import type { PlainEngineer, PlainInstance, PlainShift, PlainVisit } from '../solver/plain.ts';
import type { TravelTimes } from '../travel.ts';
import { workMinutes } from '../work-orders/work-time.ts';
import { waitingCost } from './risk-cost.ts';
import { latePerSecond, SOLVER_PRIORITY, solverWeights } from './weights.ts';
import { preferredHours, wishes } from './wishes.ts';

/** Work that runs over its time is expected to take this much longer, however often one looks. */
const OVERRUN_MS = 10 * 60_000;

export interface PlannedOrder {
  readonly order: OpenWorkOrder;
  readonly site: Site;
  readonly contract: Contract;
  /** Who worked on the device before, or else at the site. */
  readonly familiar: readonly EngineerId[];
}

export interface PlannedEngineer {
  readonly engineer: Engineer;
  readonly calendar: EngineerCalendar;
  readonly position: Place;
  /** On the way or at work: busy until then, then at that place. */
  readonly underway: { readonly visit: Visit; readonly site: Place; readonly until: Instant } | null;
  readonly stock: Readonly<Record<PartId, number>>;
}

export interface PlanningInput {
  readonly now: Instant;
  /** Orders to plan: received or scheduled, in full service. */
  readonly orders: readonly PlannedOrder[];
  readonly engineers: readonly PlannedEngineer[];
  readonly travel: TravelTimes;
  readonly policy: DispatchPolicy['planning'];
  /** An order whose place is being looked for: its present one, its pin and its being about to start do not count. */
  readonly loose?: WorkOrderId;
  /** An order that a person puts somewhere. */
  readonly placed?: { readonly workOrderId: WorkOrderId; readonly engineerId: EngineerId; readonly startAt: Instant };
}

export interface PlanningProblem extends PlanningInput {
  readonly plain: PlainInstance;
  /** What the solver's location numbers mean. */
  readonly places: readonly Place[];
  /** Shifts by engineer, as given to the solver. */
  readonly shifts: readonly (readonly Interval[])[];
}

const floorSecond = (instant: Instant) => Math.floor(instant / 1_000);
const ceilSecond = (instant: Instant) => Math.ceil(instant / 1_000);

/** When an engineer under way is expected to be done. */
export function busyUntil(order: OpenWorkOrder, now: Instant, quantile: 0.5 | 0.8): Instant {
  const workMs = workMinutes(order, quantile) * 60_000;
  if (order.state === 'travelling') return Math.max(order.visit.startAt, now) + workMs;
  if (order.state === 'on-site') return Math.max(order.arrivedAt + workMs, now + OVERRUN_MS);
  return now;
}

/** Orders, people, hours and roads as the numbers the solver works on; seconds since 1970 and fen. Pure. */
export function toInstance(input: PlanningInput): PlanningProblem {
  const { now, engineers, orders, policy } = input;
  const places: Place[] = [];
  const indexOf = new Map<string, number>();
  const placeIndex = (place: Place) => {
    const key = `${place.lat},${place.lon}`;
    const known = indexOf.get(key);
    if (known !== undefined) return known;
    indexOf.set(key, places.length);
    return places.push(place) - 1;
  };
  const skills = new Map<string, number>();
  const skillIndex = (name: string) => {
    if (!skills.has(name)) skills.set(name, skills.size);
    return skills.get(name) as number;
  };

  const shiftsOf = engineers.map((planned) => shiftsOfEngineer(planned, now, policy, placeIndex));
  const visits = orders.map((planned) => visitOf(planned, input, shiftsOf, placeIndex, skillIndex));
  const plainEngineers = engineers.map(({ engineer }, e): PlainEngineer => {
    const levels = new Map<string, number>();
    for (const { name, level } of engineer.skills) levels.set(name, Math.max(level, levels.get(name) ?? 0));
    return {
      skills: [...levels].map(([name, level]) => ({ skill: skillIndex(name), level })),
      shifts: shiftsOf[e] ?? [],
    };
  });
  if (places.length === 0) placeIndex({ lat: 0, lon: 0 });
  const n = places.length;
  const weights = solverWeights(policy.weights);
  const travelSeconds = new Int32Array(n * n);
  const distanceMetres = weights.distanceMetre > 0 ? new Int32Array(n * n) : null;
  places.forEach((from, a) => {
    places.forEach((to, b) => {
      if (a === b) return;
      const way = input.travel.between(from, to);
      travelSeconds[a * n + b] = way.seconds;
      if (distanceMetres) distanceMetres[a * n + b] = way.metres;
    });
  });
  return {
    ...input,
    places,
    shifts: shiftsOf.map((list) => list.map(({ from, to }) => ({ from: from * 1_000, to: to * 1_000 }))),
    plain: {
      locationCount: n,
      travelSeconds,
      engineers: plainEngineers,
      visits,
      ...(distanceMetres && { distanceMetres }),
      weights,
    },
  };
}

function shiftsOfEngineer(
  { engineer, calendar, position, underway }: PlannedEngineer,
  now: Instant,
  policy: DispatchPolicy['planning'],
  placeIndex: (place: Place) => number,
): PlainShift[] {
  const home = placeIndex(engineer.home);
  const times = workingTimes(calendar, now, now + policy.horizonMs);
  const overtimes = overtimeOf(calendar, times, policy.overtimeMs);
  return times.flatMap((shift, i): PlainShift[] => {
    const gap = (times[i + 1]?.from ?? Number.POSITIVE_INFINITY) - shift.to;
    const overtimeSeconds = floorSecond(Math.min(overtimes[i] ?? 0, gap));
    const to = floorSecond(shift.to);
    const present = shift.from <= now;
    const from = ceilSecond(Math.max(shift.from, now));
    const freeAt = underway ? ceilSecond(underway.until) : null;
    // Busy to the end of the shift and beyond: this one is over.
    if (from >= to || (freeAt !== null && freeAt >= to)) return [];
    const busy = freeAt !== null && freeAt > from && (present || underway!.until > shift.from);
    const place = busy && underway ? underway.site : position;
    return [
      {
        startLocation: home,
        endLocation: home,
        from,
        to,
        overtimeSeconds,
        // Also what is after the shift: nobody works overtime while away.
        unavailable: merged([
          ...shift.busy,
          ...awayTimes(calendar, shift.from, shift.to + overtimeSeconds * 1_000),
        ]).map((hole) => ({ from: floorSecond(hole.from), to: ceilSecond(hole.to) })),
        ...(busy && freeAt !== null ? { freeAt } : {}),
        ...(present || busy ? { freeAtLocation: placeIndex(place) } : {}),
      },
    ];
  });
}

function visitOf(
  planned: PlannedOrder,
  input: PlanningInput,
  shiftsOf: readonly (readonly PlainShift[])[],
  placeIndex: (place: Place) => number,
  skillIndex: (name: string) => number,
): PlainVisit {
  const { order, site, contract } = planned;
  const { now, engineers, policy } = input;
  const minutes = workMinutes(order, policy.serviceQuantile);
  const windows = order.priority === 'P1' ? null : accessTimes(site, now, now + policy.horizonMs + policy.overtimeMs);
  const response = order.promises.find(({ kind, settledAt }) => kind === 'response' && settledAt === null);
  const resolution = order.promises.find(({ kind }) => kind === 'resolution');
  const dues = [response?.due, resolution && resolution.due - workMinutes(order, 0.8) * 60_000].filter(
    (due) => due !== undefined,
  );
  const excluded = withoutParts(order, engineers);
  return {
    location: placeIndex(site.place),
    serviceSeconds: minutes * 60,
    skills:
      order.skill.name === GENERAL_SKILL.name
        ? []
        : [{ skill: skillIndex(order.skill.name), level: order.skill.level }],
    priority: SOLVER_PRIORITY[order.priority],
    mandatory: order.priority === 'P1',
    latePerSecond: latePerSecond(policy.weights, order.priority),
    downtime: waitingCost(order, contract, now),
    ...(windows ? { windows: solverWindows(windows) } : {}),
    ...preferredHours(planned, input),
    ...(dues.length > 0 ? { due: floorSecond(Math.min(...dues)) } : {}),
    ...(excluded.length > 0 ? { excludedEngineers: excluded } : {}),
    ...wishes(planned, input, minutes),
    ...presentPlace(order, site, input, shiftsOf),
  };
}

/** An empty list would mean "at any time": a site that lets nobody in gets a moment that is long over. */
export function solverWindows(windows: readonly Interval[]) {
  if (windows.length === 0) return [{ from: 0, to: 0 }];
  return windows.map(({ from, to }) => ({
    from: ceilSecond(from),
    to: Math.max(ceilSecond(from), floorSecond(to) - 1),
  }));
}

/** Engineers without the parts in the van, as long as some able engineer has them; else the parts are sent ahead. */
function withoutParts(order: OpenWorkOrder, engineers: readonly PlannedEngineer[]): number[] {
  if (order.parts.length === 0) return [];
  const has = engineers.map(({ stock }) => order.parts.every((part) => (stock[part] ?? 0) > 0));
  const able = engineers.map(({ engineer }) => hasSkill(engineer.skills, order.skill));
  if (!has.some((carries, e) => carries && able[e])) return [];
  return has.flatMap((carries, e) => (carries ? [] : [e]));
}

/**
 * A visit that is pinned or about to begin is a fact for the solver, as long as it can still be reached in time; when it no
 * longer can, the engineer stays and the time slides. Any other scheduled visit may move, at the cost of the churn.
 */
function presentPlace(
  order: OpenWorkOrder,
  site: Site,
  { now, engineers, travel, policy, loose, placed }: PlanningInput,
  shiftsOf: readonly (readonly PlainShift[])[],
): Partial<PlainVisit> {
  const byHand = placed?.workOrderId === order.id ? placed : null;
  if (loose === order.id && !byHand) return {};
  if (order.state !== 'scheduled' && !byHand) return {};
  const visit = order.state === 'scheduled' ? order.visit : null;
  const engineerId = byHand?.engineerId ?? visit?.engineerId;
  const startAt = byHand?.startAt ?? visit?.startAt ?? now;
  const e = engineers.findIndex(({ engineer }) => engineer.id === engineerId);
  if (e < 0) return {};
  const start = ceilSecond(startAt);
  const previous = byHand ? {} : { previous: { engineer: e, startAt: start } };
  const fixed =
    byHand !== null || visit?.pinned === true || (visit !== null && visit.departAt <= now + policy.frozenMs);
  if (!fixed) return previous;
  const shift = (shiftsOf[e] ?? []).findIndex(
    ({ from, to, overtimeSeconds }) => from <= start && start < to + (overtimeSeconds ?? 0),
  );
  // Whoever is away meanwhile does not come, whatever was fixed.
  const absent = (shiftsOf[e]?.[shift]?.unavailable ?? []).some(
    ({ from, to }) => from < start + workMinutes(order, policy.serviceQuantile) * 60 && start < to,
  );
  if (shift < 0 || (absent && !byHand)) return previous;
  const { underway, position } = engineers[e] as PlannedEngineer;
  const ready = underway ? underway.until : now;
  const way = travel.between(underway ? underway.site : position, site.place).seconds * 1_000;
  const reachable = byHand !== null || ready + way <= startAt + SLACK_MS;
  if (!reachable) return { ...previous, requiredEngineer: e };
  return { ...previous, frozen: { engineer: e, shift, startAt: start } };
}

/** A minute or two late is not a reason to plan anew. */
const SLACK_MS = 120_000;
