import type { Absence, Break, PatternShift, Problem, Shift, WorkPattern } from '@uptower/domain';
import { instantOf, wallClock } from '../../shared/format/zone.ts';

/** What was refused, by field of the form. */
export type FieldErrors = Readonly<Record<string, string>>;

export interface AbsenceForm {
  readonly kind: Absence['kind'];
  readonly wholeDays: boolean;
  readonly fromDay: string;
  readonly fromTime: string;
  readonly toDay: string;
  readonly toTime: string;
  readonly title: string;
}

export const newAbsence = (today: string): AbsenceForm => ({
  kind: 'leave',
  wholeDays: true,
  fromDay: today,
  fromTime: '09:00',
  toDay: today,
  toTime: '17:00',
  title: '',
});

export function absenceForm({ kind, title, when }: Absence, zone: string): AbsenceForm {
  const base = { ...newAbsence(''), kind, title };
  if ('fromDay' in when) return { ...base, wholeDays: true, fromDay: when.fromDay, toDay: when.toDay };
  const from = wallClock(when.from, zone);
  const to = wallClock(when.to, zone);
  return {
    ...base,
    wholeDays: false,
    fromDay: from.date,
    fromTime: from.time,
    toDay: to.date,
    toTime: to.time,
  };
}

/** What is sent, or the keys of what is wrong by field. */
export function absenceBody(form: AbsenceForm, zone: string): { body: Omit<Absence, 'id'> } | { errors: FieldErrors } {
  const { kind, title, wholeDays, fromDay, fromTime, toDay, toTime } = form;
  const errors: Record<string, string> = {};
  if (!fromDay) errors.from = 'calendars.wrong.day';
  if (!toDay) errors.to = 'calendars.wrong.day';
  if (wholeDays) {
    if (fromDay && toDay && toDay < fromDay) errors.to = 'calendars.wrong.order';
    return Object.keys(errors).length > 0 ? { errors } : { body: { kind, title, when: { fromDay, toDay } } };
  }
  const from = instantOf(fromDay, fromTime, zone);
  const to = instantOf(toDay, toTime, zone);
  if (!errors.from && Number.isNaN(from)) errors.from = 'calendars.wrong.time';
  if (!errors.to && Number.isNaN(to)) errors.to = 'calendars.wrong.time';
  if (from >= to) errors.to = 'calendars.wrong.order';
  return Object.keys(errors).length > 0 ? { errors } : { body: { kind, title, when: { from, to } } };
}

/** One shift of a rotation as it is typed. */
export interface ShiftForm {
  readonly weekday: number;
  readonly from: string;
  /** Not after `from`: the next day. */
  readonly to: string;
  /** Empty: none. */
  readonly breakMinutes: string;
  /** Empty: anywhere in the shift. */
  readonly breakFrom: string;
  readonly breakTo: string;
  /** Breaks after the first; kept as they are. */
  readonly others: readonly Break[];
}

export interface PatternForm {
  readonly startsOn: string;
  readonly weeks: readonly (readonly ShiftForm[])[];
  readonly worksHolidays: boolean;
}

const two = (value: number) => String(value).padStart(2, '0');
/** 1500 is 01:00 of the day after; 1440 of a shift's end is 00:00. */
export const clockOf = (minute: number): string => `${two(Math.floor((minute % 1_440) / 60))}:${two(minute % 60)}`;
const minuteOf = (time: string): number =>
  /^\d{2}:\d{2}$/.test(time) ? 60 * Number(time.slice(0, 2)) + Number(time.slice(3)) : Number.NaN;

export const emptyShift = (weekday: number): ShiftForm => ({
  weekday,
  from: '08:00',
  to: '17:00',
  breakMinutes: '60',
  breakFrom: '11:30',
  breakTo: '13:30',
  others: [],
});

function shiftForm(shift: Shift & { readonly breaks?: readonly Break[] }): ShiftForm {
  const [first, ...others] = shift.breaks ?? [];
  return {
    weekday: shift.weekday,
    from: clockOf(shift.fromMinute),
    to: clockOf(shift.toMinute),
    breakMinutes: first ? String(first.minutes) : '',
    breakFrom: first ? clockOf(first.fromMinute) : '',
    breakTo: first ? clockOf(first.toMinute) : '',
    others,
  };
}

/** A pattern to begin with: the one in force, else the registry's weekly shifts. */
export function patternForm(startsOn: string, inForce: WorkPattern | undefined, shifts: readonly Shift[]): PatternForm {
  const weeks = inForce ? inForce.weeks : [shifts];
  return {
    startsOn,
    weeks: weeks.map((week) => [...week].sort((a, b) => a.weekday - b.weekday).map(shiftForm)),
    worksHolidays: inForce?.worksHolidays ?? false,
  };
}

/** The pattern in force on a day. */
export const patternOn = (patterns: readonly WorkPattern[], date: string): WorkPattern | undefined =>
  patterns.findLast(({ startsOn }) => startsOn <= date);

/** What is sent; times past midnight count on. A time that is none is sent as NaN's null and refused at its field. */
export function patternBody({ startsOn, weeks, worksHolidays }: PatternForm) {
  return { startsOn, worksHolidays, weeks: weeks.map((week) => week.map(shiftBody)) };
}

function shiftBody(form: ShiftForm): PatternShift {
  const fromMinute = minuteOf(form.from);
  const later = (minute: number, than: number) => (minute <= than ? minute + 1_440 : minute);
  const toMinute = later(minuteOf(form.to), fromMinute);
  const minutes = Number(form.breakMinutes);
  const breakFrom = form.breakFrom ? minuteOf(form.breakFrom) : fromMinute;
  // A break after midnight belongs to the day the shift began on.
  const begins = breakFrom < fromMinute ? breakFrom + 1_440 : breakFrom;
  const ends = form.breakTo ? later(minuteOf(form.breakTo), begins - 1) : toMinute;
  const own = minutes > 0 ? [{ minutes, fromMinute: begins, toMinute: ends }] : [];
  return { weekday: form.weekday, fromMinute, toMinute, breaks: [...own, ...form.others] };
}

/** What the server says of shifts, in the reader's language where it is known. */
const SAID: Readonly<Record<string, string>> = {
  'a shift ends after it starts': 'calendars.wrong.order',
  'a shift is a day at most': 'calendars.wrong.longShift',
  'a break lies inside the shift': 'calendars.wrong.breakOutside',
  'the window is shorter than the break': 'calendars.wrong.breakLong',
  'the last day must not be before the first': 'calendars.wrong.order',
  'from must be before to': 'calendars.wrong.order',
  'a day like 2025-03-30': 'calendars.wrong.day',
};
const said = (message: string) => SAID[message] ?? message;

/** `weeks.0.2.breaks.0.minutes` and what is wrong, by shift `0.2`; the rest by first part of the path. */
export function patternErrors(errors: Problem['errors']): FieldErrors {
  const found: Record<string, string> = {};
  for (const { path, message } of errors ?? []) {
    const shift = /^weeks\.(\d+\.\d+)/.exec(path)?.[1];
    found[shift ?? path.split('.')[0] ?? ''] ??= said(message);
  }
  return found;
}

/** The same of an absence: `when.…` belongs to its end. */
export function absenceErrors(errors: Problem['errors']): FieldErrors {
  const found: Record<string, string> = {};
  for (const { path, message } of errors ?? []) {
    const field = path.split('.')[0] ?? '';
    found[field === 'when' ? 'to' : field] ??= said(message);
  }
  return found;
}
