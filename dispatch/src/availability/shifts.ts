import type { Break, Instant, Interval, PatternShift } from '@uptower/domain';
import { MINUTE } from '@uptower/domain';
import type { BreakWindow } from './breaks.ts';
import type { EngineerCalendar } from './calendar.ts';
import { addDays, dateText, dayNumber, type LocalDay, localDay, parseDay, zonedInstant } from './zone.ts';

/** A shift of one day as instants. */
export interface DayShift extends Interval {
  readonly breaks: readonly BreakWindow[];
}

type WeeklyShift = Pick<PatternShift, 'weekday' | 'fromMinute' | 'toMinute'> & { readonly breaks?: readonly Break[] };

/** Longest reach of a shift past the day it belongs to, days. */
const REACH = 2;

/** Shifts that reach into `[from, to)`, whole, by day and list. Absences are not looked at, public holidays are. */
export function shiftsIn(calendar: EngineerCalendar, from: Instant, to: Instant): DayShift[] {
  const { timeZone } = calendar.engineer;
  const shifts: DayShift[] = [];
  for (let day = addDays(localDay(timeZone, from), -REACH); ; day = addDays(day, 1)) {
    const { year, month, day: date } = day;
    const at = (minute: number) => zonedInstant(timeZone, year, month, date, minute);
    if (at(0) >= to) return shifts;
    for (const { fromMinute, toMinute, breaks = [] } of shiftsOfDay(calendar, day)) {
      const begins = at(fromMinute);
      const ends = at(toMinute);
      if (begins >= ends || ends <= from || begins >= to) continue;
      const windows = breaks.map((rest) => ({
        from: at(rest.fromMinute),
        to: at(rest.toMinute),
        ms: rest.minutes * MINUTE,
      }));
      shifts.push({ from: begins, to: ends, breaks: windows });
    }
  }
}

/** What is worked on a day by the pattern in force, with the holidays of the region. */
export function shiftsOfDay({ engineer, facts, holidays }: EngineerCalendar, day: LocalDay): readonly WeeklyShift[] {
  const date = dateText(day);
  const pattern = facts.patterns.findLast(({ startsOn }) => startsOn <= date);
  const holiday = holidays?.days.findLast((known) => known.date === date);
  if (holiday?.worksAs === null && !pattern?.worksHolidays) return [];
  const weekday = holiday?.worksAs ?? day.weekday;
  return (pattern ? weekOf(pattern, day) : engineer.shifts).filter((shift) => shift.weekday === weekday);
}

/** The week of the rotation a day lies in. Weeks begin on Monday. */
function weekOf({ startsOn, weeks }: { startsOn: string; weeks: readonly PatternShift[][] }, day: LocalDay) {
  const monday = (of: LocalDay) => dayNumber(of) - (of.weekday - 1);
  const passed = (monday(day) - monday(parseDay(startsOn))) / 7;
  return weeks[passed % weeks.length] ?? [];
}
