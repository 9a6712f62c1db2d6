import { HOUR, type Instant, type Interval, MINUTE } from '@uptower/domain';
import type { EngineerCalendar } from './calendar.ts';
import { workingTimes } from './free-time.ts';
import { addDays, localDay, zonedInstant } from './zone.ts';

/** The week, Monday to Sunday in the zone, that an instant lies in. */
export function weekOf(timeZone: string, instant: Instant): Interval {
  const today = localDay(timeZone, instant);
  const { year, month, day } = addDays(today, 1 - today.weekday);
  return { from: zonedInstant(timeZone, year, month, day, 0), to: zonedInstant(timeZone, year, month, day + 7, 0) };
}

/**
 * How far past its end each of these shifts may run, milliseconds. What a shift may use is taken from its week's allowance
 * before the next shift gets any: the week is never overdrawn, whatever is planned. `worked`: overtime that was worked
 * already, each at the end of its shift.
 */
export function overtimeOf(
  { engineer, facts }: EngineerCalendar,
  shifts: readonly Interval[],
  usualMs: number,
  worked: readonly { readonly shiftEnd: Instant; readonly ms: number }[] = [],
): number[] {
  const rule = facts.settings.overtime;
  if (!rule) return shifts.map(() => usualMs);
  const used = new Map<Instant, number>();
  const week = (at: Instant) => weekOf(engineer.timeZone, at).from;
  for (const { shiftEnd, ms } of worked) used.set(week(shiftEnd - 1), (used.get(week(shiftEnd - 1)) ?? 0) + ms);
  return shifts.map(({ to }) => {
    const key = week(to - 1);
    const spent = used.get(key) ?? 0;
    const allowed = Math.max(0, Math.min(rule.perShiftMinutes * MINUTE, rule.perWeekMinutes * MINUTE - spent));
    used.set(key, spent + allowed);
    return allowed;
  });
}

/** Work that ends later than this after a shift was something else, such as being called out. */
const LONGEST_MS = 4 * HOUR;

/** Overtime of this week until now, by when work was finished. Nothing where no rule asks for it. */
export function overtimeWorked(
  calendar: EngineerCalendar,
  finishes: readonly Instant[],
  now: Instant,
): { readonly shiftEnd: Instant; readonly ms: number }[] {
  if (!calendar.facts.settings.overtime || finishes.length === 0) return [];
  const shifts = workingTimes(calendar, weekOf(calendar.engineer.timeZone, now).from, now);
  return shifts.flatMap(({ to }, i) => {
    const until = Math.min(to + LONGEST_MS, shifts[i + 1]?.from ?? Number.POSITIVE_INFINITY);
    const last = Math.max(...finishes.filter((at) => at > to && at <= until), to);
    return last > to ? [{ shiftEnd: to, ms: last - to }] : [];
  });
}
