import {
  type ClinicalUse,
  type Contract,
  DAY,
  distanceMetres,
  type Engineer,
  type EngineerId,
  GENERAL_SKILL,
  hasSkill,
  type Instant,
  type Interval,
  type OpenWorkOrder,
  type PartId,
  type Place,
  type ResponseArea,
  type Site,
  type Visit,
  type WorkOrderId,
} from '@uptower/domain';
import type { EngineerCalendar } from '../availability/calendar.ts';
import { accessTimes } from '../availability/free-time.ts';
import { clipped } from '../availability/intervals.ts';
import { useSteps } from '../availability/use-steps.ts';
import type { DispatchPolicy } from '../policy.ts';
import type { PlainEngineer, PlainInstance, PlainShift, PlainVisit } from '../solver/plain.ts';
import type { TravelTimes } from '../travel.ts';
import { workMinutes } from '../work-orders/work-time.ts';
import { beginBy } from './diff.ts';
import { HourlyWays } from './hourly-ways.ts';
import { waitingCost } from './risk-cost.ts';
import { ceilSecond, floorSecond, onCallRows, shiftsOfEngineer } from './shift-rows.ts';
import { toldOf } from './told-window.ts';
import { latePerSecond, SOLVER_PRIORITY, solverWeights } from './weights.ts';
import { preferredHours, wishes } from './wishes.ts';

/** Work that ran over its time is expected to take this much longer, however often one looks. */
const OVERRUN_MS = 10 * 60_000;

export interface PlannedOrder {
  readonly order: OpenWorkOrder;
  readonly site: Site;
  readonly contract: Contract;
  /** Who worked on the device before, or else at the site. */
  readonly familiar: readonly EngineerId[];
  /** Of the device, or else of the site. Left out: full use at any hour. */
  readonly clinicalUse?: ClinicalUse | undefined;
}

export interface PlannedEngineer {
  readonly engineer: Engineer;
  readonly calendar: EngineerCalendar;
  readonly position: Place;
  /** On the way or at work: busy until then, then at that place. */
  readonly underway: { readonly visit: Visit; readonly site: Place; readonly until: Instant } | null;
  readonly stock: Readonly<Record<PartId, number>>;
  /** Of this week, where a rule limits it. */
  readonly overtimeWorked: readonly { readonly shiftEnd: Instant; readonly ms: number }[];
  /** The second row of an engineer who is on call: where to. Left out: regular hours. */
  readonly onCall?: { readonly area: ResponseArea | null };
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
  /** Orders that a person puts somewhere. */
  readonly placed?: readonly Placed[];
}

export interface Placed {
  readonly workOrderId: WorkOrderId;
  readonly engineerId: EngineerId;
  readonly startAt: Instant;
}

export interface PlanningProblem extends PlanningInput {
  readonly plain: PlainInstance;
  /** What the solver's location numbers mean. */
  readonly places: readonly Place[];
  /** Shifts by engineer, as given to the solver. */
  readonly shifts: readonly (readonly Interval[])[];
}

/** When an engineer under way is expected to be done. */
export function busyUntil(order: OpenWorkOrder, now: Instant, quantile: 0.5 | 0.8): Instant {
  const workMs = workMinutes(order, quantile) * 60_000;
  const late = order.lateUntil ?? now;
  if (order.state === 'travelling') return Math.max(order.visit.startAt, late, now) + workMs;
  if (order.state === 'on-site') {
    // Who comes before the hour agreed begins then.
    const done = Math.max(order.arrivedAt, order.visit.startAt) + workMs;
    return Math.max(done >= now ? done : now + OVERRUN_MS, late);
  }
  return now;
}

const coordinates = ({ lat, lon }: Place) => `${lat},${lon}`;

/** Orders, people, hours and roads as the numbers the solver works on; seconds since 1970 and fen. Pure. */
export function toInstance(input: PlanningInput): PlanningProblem {
  const { now, orders, policy } = input;
  const places: Place[] = [];
  const indexOf = new Map<string, number>();
  const setupMinutes = new Map<string, number>();
  for (const { site } of orders) {
    const minutes = Math.max(site.setupMinutes ?? 0, setupMinutes.get(coordinates(site.place)) ?? 0);
    if (minutes > 0) setupMinutes.set(coordinates(site.place), minutes);
  }
  const setupSeconds: number[] = []; // by place
  /** Inside a site that takes time to enter is another place than its gate, where somebody may live. */
  const placeIndex = (place: Place, inside = false) => {
    const setup = inside ? (setupMinutes.get(coordinates(place)) ?? 0) * 60 : 0;
    const key = setup > 0 ? `in ${coordinates(place)}` : coordinates(place);
    const known = indexOf.get(key);
    if (known !== undefined) return known;
    indexOf.set(key, places.length);
    setupSeconds.push(setup);
    return places.push(place) - 1;
  };
  const skills = new Map<string, number>();
  const skillIndex = (name: string) => {
    if (!skills.has(name)) skills.set(name, skills.size);
    return skills.get(name) as number;
  };

  // Who is on call has a second row, whose shifts are for urgent orders only; while there are none it is left out.
  const needed = urgentOrders(input);
  const rows: PlannedEngineer[] = [...input.engineers];
  const shiftsOf = rows.map((planned) => shiftsOfEngineer(planned, now, policy, placeIndex));
  if (needed)
    for (const { shifts, ...row } of input.engineers.flatMap((planned) =>
      onCallRows(planned, now, policy, placeIndex),
    )) {
      rows.push(row);
      shiftsOf.push(shifts);
    }
  const rowed = { ...input, engineers: rows };
  const access = new Map<Site, readonly Interval[] | null>();
  const accessOf = (site: Site) => {
    const known = access.get(site);
    if (known !== undefined) return known;
    const times = accessTimes(site, now, now + policy.horizonMs + policy.overtimeMs);
    access.set(site, times);
    return times;
  };
  const hourly = hourlyWays(input);
  const visits = orders.map((planned) => visitOf(planned, rowed, hourly, shiftsOf, accessOf, placeIndex, skillIndex));
  const plainEngineers = rows.map(({ engineer }, e): PlainEngineer => {
    const levels = new Map<string, number>();
    for (const { name, level } of engineer.skills) levels.set(name, Math.max(level, levels.get(name) ?? 0));
    return {
      skills: [...levels].map(([name, level]) => ({ skill: skillIndex(name), level })),
      shifts: shiftsOf[e] ?? [],
    };
  });
  if (places.length === 0) placeIndex({ lat: 0, lon: 0 });
  const n = places.length;
  const speeds = hourly.plainSpeeds(places);
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
    ...rowed,
    places,
    shifts: shiftsOf.map((list) => list.map(({ from, to }) => ({ from: from * 1_000, to: to * 1_000 }))),
    plain: {
      locationCount: n,
      travelSeconds,
      engineers: plainEngineers,
      visits,
      ...(distanceMetres && { distanceMetres }),
      ...(setupMinutes.size > 0 && { setupSeconds }),
      ...(speeds && { speeds }),
      weights,
    },
  };
}

function visitOf(
  planned: PlannedOrder,
  input: PlanningInput,
  hourly: HourlyWays,
  shiftsOf: readonly (readonly PlainShift[])[],
  accessOf: (site: Site) => readonly Interval[] | null,
  placeIndex: (place: Place, inside?: boolean) => number,
  skillIndex: (name: string) => number,
): PlainVisit {
  const { order, site, contract } = planned;
  const { now, engineers, policy } = input;
  const minutes = workMinutes(order, policy.serviceQuantile);
  const end = now + policy.horizonMs + policy.overtimeMs;
  const windows = startTimes(order, order.priority === 'P1' ? null : accessOf(site), now);
  const release = releaseOf(order, now, end);
  const due = beginBy(order);
  const unfit = [...withoutParts(order, engineers), ...outOfHours(order, site, engineers)];
  const missed = whoMissed(order, engineers, unfit);
  const excluded = [...new Set([...unfit, ...missed])].sort((a, b) => a - b);
  return {
    location: placeIndex(site.place, true),
    serviceSeconds: minutes * 60,
    skills:
      order.skill.name === GENERAL_SKILL.name
        ? []
        : [{ skill: skillIndex(order.skill.name), level: order.skill.level }],
    priority: SOLVER_PRIORITY[order.priority],
    mandatory: order.priority === 'P1',
    waitingSince: ceilSecond(now), // what it has waited already costs the same whatever is planned
    latePerSecond: latePerSecond(policy.weights, order.priority),
    downtime: waitingCost(order, contract, now, useSteps(planned.clinicalUse, site.timeZone, now, end)),
    ...(windows ? { windows: solverWindows(windows) } : {}),
    ...(release !== null ? { release } : {}),
    ...preferredHours(planned, input),
    ...(due === null ? {} : { due: floorSecond(due) }),
    ...(excluded.length > 0 ? { excludedEngineers: excluded } : {}),
    ...wishes(planned, input, minutes),
    ...presentPlace(order, site, input, hourly, shiftsOf, missed),
  };
}

/** A place has the time zone of its hospital, else of the engineer who lives or is there. */
function hourlyWays({ travel, orders, engineers, now, policy }: PlanningInput): HourlyWays {
  const zones = new Map<string, string>();
  for (const { engineer, position, underway } of engineers)
    for (const place of [engineer.home, position, ...(underway ? [underway.site] : [])])
      zones.set(coordinates(place), engineer.timeZone);
  for (const { site } of orders) zones.set(coordinates(site.place), site.timeZone);
  const period = { from: now, to: now + policy.horizonMs + policy.overtimeMs };
  return new HourlyWays(travel, (place) => zones.get(coordinates(place)) ?? 'UTC', period);
}

/** An empty list would mean "at any time": a site that lets nobody in gets a moment that is long over. */
export function solverWindows(windows: readonly Interval[]) {
  if (windows.length === 0) return [{ from: 0, to: 0 }];
  return windows.map(({ from, to }) => ({
    from: ceilSecond(from),
    to: Math.max(ceilSecond(from), floorSecond(to) - 1),
  }));
}

/**
 * When work may begin: within the hours of access, in the slot that was promised, and not at all while nobody knows when a part
 * comes. A slot that is over was missed: then as soon as can be. Null: at any time.
 */
function startTimes(
  order: OpenWorkOrder,
  access: readonly Interval[] | null,
  now: Instant,
): readonly Interval[] | null {
  if (waitsForPart(order)) return [];
  const { slot } = order;
  if (slot === undefined || slot.to <= now) return access;
  const held = { from: slot.from, to: slot.to + 1_000 }; // closed: work may begin at its end
  return access === null ? [held] : clipped(access, held.from, held.to);
}

/** A part is reserved, and nobody knows when it comes. */
export const waitsForPart = ({ partsExpected = [] }: OpenWorkOrder): boolean =>
  partsExpected.some(({ arrivesAt }) => arrivesAt === null);

/** When all its parts are at the site; null where none is sent. */
export function partsHere({ partsExpected = [] }: OpenWorkOrder): Instant | null {
  const arrivals = partsExpected.flatMap(({ arrivesAt }) => arrivesAt ?? []);
  return arrivals.length === 0 ? null : Math.max(...arrivals);
}

/** The same, in seconds, where it matters to a plan: of a part that comes after the plan ends it is enough to know that. */
function releaseOf(order: OpenWorkOrder, now: Instant, end: Instant): number | null {
  const here = partsHere(order);
  return here === null || here <= now ? null : ceilSecond(Math.min(here, end + DAY));
}

/** Engineers without the parts in the van, as long as some able engineer has them; else the parts are sent ahead. */
function withoutParts(order: OpenWorkOrder, engineers: readonly PlannedEngineer[]): number[] {
  const sent = new Set((order.partsExpected ?? []).map(({ partId }) => partId));
  const needed = order.parts.filter((part) => !sent.has(part));
  if (needed.length === 0) return [];
  const has = engineers.map(({ stock }) => needed.every((part) => (stock[part] ?? 0) > 0));
  const able = engineers.map(({ engineer }) => hasSkill(engineer.skills, order.skill));
  if (!has.some((carries, e) => carries && able[e])) return [];
  return has.flatMap((carries, e) => (carries ? [] : [e]));
}

/** Who should have set out for it and did not, as long as there is another who could; `unfit` are those who may not go anyway. */
function whoMissed(
  { missedBy = [], skill }: OpenWorkOrder,
  engineers: readonly PlannedEngineer[],
  unfit: readonly number[],
): number[] {
  if (missedBy.length === 0) return [];
  const missed = (one: PlannedEngineer) => missedBy.includes(one.engineer.id);
  const could = (one: PlannedEngineer, e: number) =>
    !missed(one) && hasSkill(one.engineer.skills, skill) && !unfit.includes(e);
  if (!engineers.some(could)) return [];
  return engineers.flatMap((one, e) => (missed(one) ? [e] : []));
}

/** Whether somebody may be called out at all: not when the one order that is asked about is none. */
function urgentOrders({ orders, loose }: PlanningInput): boolean {
  if (loose !== undefined) return orders.some(({ order }) => order.id === loose && order.priority === 'P1');
  return orders.some(({ order }) => order.priority === 'P1');
}

/** Rows of engineers on call that may not be sent there: for P1 those of another area, else all. */
function outOfHours(order: OpenWorkOrder, site: Site, engineers: readonly PlannedEngineer[]): number[] {
  const rows: number[] = [];
  for (const [e, { onCall }] of engineers.entries())
    if (onCall && !(order.priority === 'P1' && inArea(onCall.area, site))) rows.push(e);
  return rows;
}

function inArea(area: ResponseArea | null, site: Site): boolean {
  if (area === null) return true;
  if ('sites' in area) return area.sites.includes(site.id);
  return distanceMetres(area.centre, site.place) <= area.radiusMetres;
}

/** The row of an engineer whose hours a moment lies in; the regular one where it lies in none. */
export function rowAt(
  engineers: readonly PlannedEngineer[],
  shiftsOf: readonly (readonly PlainShift[])[],
  engineerId: EngineerId | undefined,
  second: number,
): number {
  const rows = engineers.flatMap(({ engineer }, e) => (engineer.id === engineerId ? [e] : []));
  const within = rows.find((e) =>
    shiftsOf[e]?.some(({ from, to, overtimeSeconds }) => from <= second && second < to + (overtimeSeconds ?? 0)),
  );
  return within ?? rows[0] ?? -1;
}

/**
 * A visit that is pinned or about to begin is a fact for the solver, as long as it can still be reached in time; when it no
 * longer can, the time slides, and the engineer stays as long as what the hospital was told can be kept (a pinned one in any
 * case). Whoever should have set out and has not is not waited for. Any other scheduled visit may move, at the cost of the churn.
 */
function presentPlace(
  order: OpenWorkOrder,
  site: Site,
  { now, engineers, policy, loose, placed }: PlanningInput,
  hourly: HourlyWays,
  shiftsOf: readonly (readonly PlainShift[])[],
  whoMissed: readonly number[],
): Partial<PlainVisit> {
  const byHand = placed?.find(({ workOrderId }) => workOrderId === order.id) ?? null;
  if (loose === order.id && !byHand) return {};
  if (order.state !== 'scheduled' && !byHand) return {};
  const visit = order.state === 'scheduled' ? order.visit : null;
  const engineerId = byHand?.engineerId ?? visit?.engineerId;
  const startAt = byHand?.startAt ?? visit?.startAt ?? now;
  const start = ceilSecond(startAt);
  const e = rowAt(engineers, shiftsOf, engineerId, start);
  if (e < 0) return {};
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
  // Nor does anybody go before the parts are there.
  if (waitsForPart(order) || (partsHere(order) ?? 0) > startAt) return previous;
  const { underway, position } = engineers[e] as PlannedEngineer;
  const ready = underway ? underway.until : now;
  const arriveAt = hourly.arrival(underway ? underway.site : position, site.place, ready);
  const missed = byHand === null && whoMissed.includes(e);
  const reachable = byHand !== null || arriveAt <= startAt + SLACK_MS;
  if (!reachable) {
    const inTime = visit !== null && arriveAt <= toldOf(visit).to;
    return !missed && (visit?.pinned || inTime) ? { ...previous, requiredEngineer: e } : previous;
  }
  if (missed) return previous;
  return { ...previous, frozen: { engineer: e, shift, startAt: start } };
}

/** A minute or two late is not a reason to plan anew. */
const SLACK_MS = 120_000;
