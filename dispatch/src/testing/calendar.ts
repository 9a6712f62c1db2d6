import {
  type CalendarFacts,
  type Engineer,
  emptyCalendars,
  type HolidayCalendar,
  NO_FACTS,
  type OnCallRota,
  PatternShift,
  WorkPattern,
} from '@uptower/domain';
import { calendarOf, type EngineerCalendar } from '../availability/calendar.ts';
import { ANA, engineer } from './world.ts';

export interface CalendarParts {
  readonly engineer?: Partial<Engineer>;
  readonly facts?: Partial<CalendarFacts>;
  readonly holidays?: HolidayCalendar['days'];
  readonly rotas?: readonly OnCallRota[];
}

/** The calendar of an engineer without shifts, with what is given on top; in Berlin, where clocks change. */
export function aCalendar(parts: CalendarParts = {}): EngineerCalendar {
  const calendars = emptyCalendars();
  const who = engineer(ANA, [], { timeZone: 'Europe/Berlin', shifts: [], ...parts.engineer });
  const settings = { holidayRegion: parts.holidays ? 'DE' : null, overtime: null };
  calendars.engineers.set(ANA, { ...NO_FACTS, settings, ...parts.facts });
  if (parts.holidays) calendars.holidays.set('DE', { region: 'DE', days: parts.holidays });
  for (const rota of parts.rotas ?? []) calendars.rotas.set(rota.key, rota);
  return calendarOf(calendars, who);
}

/** A shift on these weekdays, hours after midnight. */
export const shiftOn = (weekdays: readonly number[], fromHour: number, toHour: number, breaks: unknown[] = []) =>
  weekdays.map((weekday) =>
    PatternShift.parse({ weekday, fromMinute: Math.round(fromHour * 60), toMinute: Math.round(toHour * 60), breaks }),
  );

export const aPattern = (startsOn: string, ...weeks: PatternShift[][]) => WorkPattern.parse({ startsOn, weeks });
