import { type AbsenceKind, HOUR, type Instant, type Interval } from '@uptower/domain';
import { placeBreak } from './breaks.ts';
import type { EngineerCalendar } from './calendar.ts';
import { clipped, merged, without } from './intervals.ts';
import { shiftsIn } from './shifts.ts';
import { parseDay, zonedInstant } from './zone.ts';

export { accessTimes } from './access-times.ts';
export { merged } from './intervals.ts';

/** Why somebody is not free during working time. `away`: the registry says so, without a reason. `busy`: another calendar does. */
export type HoleKind = AbsenceKind | 'away' | 'busy' | 'break';

export interface Hole extends Interval {
  readonly kind: HoleKind;
  /** Empty where nobody said. For the engineer and the manager only, see visibility.ts. */
  readonly title: string;
}

/** A stretch of work of one engineer. */
export interface WorkingTime extends Interval {
  /** What is busy in it, breaks included: sorted, apart and inside the stretch. */
  readonly busy: readonly Interval[];
  /** The same by reason; these may overlap. */
  readonly holes: readonly Hole[];
}

/** Absences and busy time that reach into `[from, to)`, whole, oldest first; also outside of working time. No breaks. */
export function awayTimes({ engineer, facts }: EngineerCalendar, from: Instant, to: Instant): Hole[] {
  const { timeZone } = engineer;
  const midnight = (date: string, add: number) => {
    const { year, month, day } = parseDay(date);
    return zonedInstant(timeZone, year, month, day + add, 0);
  };
  const reaches = (interval: Interval) => interval.from < to && from < interval.to;
  const entered = facts.absences.map(({ kind, title, when }) =>
    'from' in when
      ? { from: when.from, to: when.to, kind, title }
      : { from: midnight(when.fromDay, 0), to: midnight(when.toDay, 1), kind, title },
  );
  // Thousands of these lie elsewhere in the year.
  const holes: Hole[] = [
    ...engineer.absences.filter(reaches).map((interval) => ({ ...interval, kind: 'away' as const, title: '' })),
    ...entered.filter(reaches),
    ...(facts.imported?.copy?.busy ?? []).filter(reaches).map((busy) => ({ ...busy, kind: 'busy' as const })),
  ];
  return holes.sort((a, b) => a.from - b.from || a.to - b.to);
}

/** Longer than any shift. */
const AROUND_MS = 36 * HOUR;

/** The shifts of an engineer that reach into [from, to), whole, merged where they touch, oldest first. */
export function workingTimes(calendar: EngineerCalendar, from: Instant, to: Instant): WorkingTime[] {
  // Further out than asked, so that a stretch of several shifts is whole whatever part of it is asked for.
  const shifts = shiftsIn(calendar, from - AROUND_MS, to + AROUND_MS);
  const stretches = merged(shifts).filter((shift) => shift.from < to && from < shift.to);
  if (stretches.length === 0) return [];
  const begin = Math.min(...shifts.map((shift) => shift.from));
  const end = Math.max(...shifts.map((shift) => shift.to));
  const away = awayTimes(calendar, begin, end);
  const breaks: Hole[] = [];
  for (const window of shifts.flatMap((shift) => shift.breaks)) {
    const taken = placeBreak(window, [...away, ...breaks]);
    if (taken) breaks.push({ ...taken, kind: 'break', title: '' });
  }
  return stretches.map((shift) => {
    const holes = clipped([...away, ...breaks], shift.from, shift.to).sort((a, b) => a.from - b.from || a.to - b.to);
    return { ...shift, busy: merged(holes), holes };
  });
}

/** Working time without absences, busy time and breaks inside [from, to): what the planner, the API and the screens all call free. */
export function freeTime(calendar: EngineerCalendar, from: Instant, to: Instant): Interval[] {
  return freeOf(workingTimes(calendar, from, to), from, to);
}

/** The same for who has the working times already. */
export function freeOf(times: readonly WorkingTime[], from: Instant, to: Instant): Interval[] {
  return times.flatMap((shift) => without(clipped([{ from: shift.from, to: shift.to }], from, to), shift.busy));
}
