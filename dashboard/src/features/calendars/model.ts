import { type CalendarRow, DAY, HOUR, type Instant, type Interval } from '@uptower/domain';
import { addDays, instantOf, mondayOf, wallClock } from '../../shared/format/zone.ts';

export interface Week {
  /** Its Monday, 2026-03-02. */
  readonly monday: string;
  readonly period: Interval;
  readonly days: readonly { readonly date: string; readonly from: Instant; readonly to: Instant }[];
}

/** The week of a Monday in a zone; days are as long as clocks there make them. */
export function weekFrom(monday: string, zone: string): Week {
  const starts = Array.from({ length: 8 }, (_, day) => instantOf(addDays(monday, day), '00:00', zone));
  const days = starts.slice(0, 7).map((from, day) => ({
    date: addDays(monday, day),
    from,
    to: starts[day + 1] as Instant,
  }));
  return { monday, days, period: { from: starts[0] as Instant, to: starts[7] as Instant } };
}

/** The week an address asks for; the present one where it asks for none, or for what is no day. */
export function weekOf(asked: string | null, now: Instant, zone: string): Week {
  const valid = asked !== null && /^\d{4}-\d{2}-\d{2}$/.test(asked) && !Number.isNaN(Date.parse(asked));
  return weekFrom(mondayOf(valid ? asked : wallClock(now, zone).date), zone);
}

/** Hours of a day that are drawn: those of shifts and visits, and never less than the usual ones. */
export interface Hours {
  readonly from: number;
  readonly to: number;
}

const USUAL: Hours = { from: 7, to: 19 };

export function hoursOf(rows: readonly CalendarRow[], week: Week): Hours {
  let { from, to } = USUAL;
  const times = rows.flatMap((row) => [...row.working, ...row.visits]);
  for (const { from: begin, to: end } of times)
    for (const day of week.days) {
      if (begin >= day.to || end <= day.from) continue;
      from = Math.min(from, Math.floor((Math.max(begin, day.from) - day.from) / HOUR));
      to = Math.max(to, Math.ceil((Math.min(end, day.to) - day.from) / HOUR));
    }
  return { from: Math.max(0, from), to: Math.min(24, to) };
}

/** Where an interval lies in a day's cell, in per cent; null where nothing of it is drawn. */
export function spanIn(
  day: Interval,
  hours: Hours,
  { from, to }: Interval,
): { readonly left: number; readonly width: number } | null {
  // A day of 23 or 25 hours fills its cell like any other.
  const shift = (day.to - day.from - DAY) / 24 + HOUR;
  const begin = day.from + hours.from * shift;
  const end = day.from + hours.to * shift;
  const left = Math.max(from, begin);
  const right = Math.min(to, end);
  if (left >= right) return null;
  return { left: ((left - begin) / (end - begin)) * 100, width: ((right - left) / (end - begin)) * 100 };
}

export const touches = (a: Interval, b: Interval): boolean => a.from < b.to && b.from < a.to;

/** The zone most engineers live in; times of the page are shown in it. */
export function zoneOfMost(zones: readonly string[], fallback: string): string {
  const counts = new Map<string, number>();
  for (const zone of zones) counts.set(zone, (counts.get(zone) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))[0]?.[0] ?? fallback;
}

/** Free time of a day in milliseconds. */
export const freeIn = (row: Pick<CalendarRow, 'free'>, day: Interval): number =>
  row.free.reduce((sum, free) => sum + Math.max(0, Math.min(free.to, day.to) - Math.max(free.from, day.from)), 0);
