import { findPlaces, type Place, placeVisit } from '../solver/insertion.ts';
import { buildInstance } from '../solver/instance.ts';
import type { PlainInstance, PlainShift, PlainVisit } from '../solver/plain.ts';
import type { Plan } from '../solver/plan.ts';

/**
 * What can be given up to place a visit:
 *   skill      somebody goes who lacks the skill or the level
 *   engineer   the one it is reserved for, or one without the part, may be another
 *   window     the site lets in whoever comes
 *   release    the visit begins before the parts have come
 *   capacity   the van holds it
 *   overtime   the day may end as late as the next one begins
 *   absence    leave, training and breaks are given up
 */
export const RELAXATIONS = ['window', 'overtime', 'engineer', 'release', 'capacity', 'absence', 'skill'] as const;
export type Relaxation = (typeof RELAXATIONS)[number];

export interface Relaxed {
  readonly gives: readonly Relaxation[];
  /** The cheapest place then; costs are those of the relaxed problem. */
  readonly place: Place;
  /** The end of the day then, past the end of the shift, seconds. */
  readonly overtimeSeconds: number;
}

/** No overtime goes further: a day later it is another day. */
const LONGEST_OVERTIME = 12 * 3_600;

/** The problem with these rules given up, for this visit and, where they are the engineers', for everybody. */
export function relax(plain: PlainInstance, visit: number, gives: readonly Relaxation[]): PlainInstance {
  const given = new Set(gives);
  const visits = plain.visits.map((one, index) => (index === visit ? withoutRules(one, given) : one));
  const engineers = plain.engineers.map((engineer) => ({
    ...engineer,
    shifts: engineer.shifts.map((shift, s) => longer(shift, engineer.shifts[s + 1], given)),
  }));
  return { ...plain, visits, engineers };
}

function withoutRules(visit: PlainVisit, given: ReadonlySet<Relaxation>): PlainVisit {
  const { windows, release, skills, requiredEngineer, excludedEngineers, amount, ...rest } = visit;
  return {
    ...rest,
    ...(windows && !given.has('window') ? { windows } : {}),
    ...(release !== undefined && !given.has('release') ? { release } : {}),
    ...(skills && !given.has('skill') ? { skills } : {}),
    ...(amount && !given.has('capacity') ? { amount } : {}),
    ...(given.has('engineer')
      ? {}
      : {
          ...(requiredEngineer !== undefined ? { requiredEngineer } : {}),
          ...(excludedEngineers ? { excludedEngineers } : {}),
        }),
  };
}

function longer(shift: PlainShift, next: PlainShift | undefined, given: ReadonlySet<Relaxation>): PlainShift {
  const { unavailable, longestSeconds, overtimeSeconds = 0, ...rest } = shift;
  const room = next === undefined ? LONGEST_OVERTIME : Math.max(0, next.from - shift.to);
  const more = given.has('overtime');
  return {
    ...rest,
    overtimeSeconds: more ? Math.max(overtimeSeconds, Math.min(LONGEST_OVERTIME, room)) : overtimeSeconds,
    ...(unavailable && !given.has('absence') ? { unavailable } : {}),
    ...(longestSeconds !== undefined && !more ? { longestSeconds } : {}),
  };
}

/**
 * The smallest sets of rules that, given up together, make a place for a visit beside all others: all sets of that size, the
 * cheapest place first. The empty set is the answer where there is a place already, none where nothing helps.
 */
export function smallestRelaxations(plain: PlainInstance, plan: Plan, visit: number): Relaxed[] {
  const able = RELAXATIONS.filter((kind) => applies(plain, visit, kind));
  for (let size = 0; size <= able.length; size++) {
    const found = subsets(able, size).flatMap((gives): Relaxed[] => {
      const relaxed = relax(plain, visit, gives);
      const instance = buildInstance(relaxed);
      const place = findPlaces(instance, plan, visit).best;
      if (place === null) return [];
      const shift = relaxed.engineers.flatMap(({ shifts }) => shifts)[place.vehicle] as PlainShift;
      const route = placeVisit(instance, plan, visit, place).routes.find(({ vehicle }) => vehicle === place.vehicle);
      return [{ gives, place, overtimeSeconds: Math.max(0, (route?.homeAt ?? 0) - shift.to) }];
    });
    if (found.length > 0) return found.sort((a, b) => a.place.delta - b.place.delta);
  }
  return [];
}

/** Whether giving it up changes anything. */
function applies(plain: PlainInstance, visit: number, kind: Relaxation): boolean {
  const { windows, release, skills, requiredEngineer, excludedEngineers, amount } = plain.visits[visit] as PlainVisit;
  const shifts = plain.engineers.flatMap((engineer) => engineer.shifts);
  switch (kind) {
    case 'window':
      return windows !== undefined;
    case 'release':
      return release !== undefined;
    case 'skill':
      return (skills ?? []).length > 0;
    case 'engineer':
      return requiredEngineer !== undefined || (excludedEngineers ?? []).length > 0;
    case 'capacity':
      return (amount ?? []).some((taken) => taken > 0);
    case 'overtime':
      return shifts.length > 0;
    case 'absence':
      return shifts.some(({ unavailable }) => (unavailable ?? []).length > 0);
  }
}

function subsets<T>(list: readonly T[], size: number): T[][] {
  if (size === 0) return [[]];
  return list.flatMap((first, k) => subsets(list.slice(k + 1), size - 1).map((rest) => [first, ...rest]));
}
