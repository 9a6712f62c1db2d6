import {
  type CalendarFacts,
  type Calendars,
  type Engineer,
  type HolidayCalendar,
  NO_FACTS,
  type OnCallRota,
} from '@uptower/domain';

/** Everything that decides when one engineer works; what every question about free time is asked of. */
export interface EngineerCalendar {
  readonly engineer: Pick<Engineer, 'id' | 'timeZone' | 'shifts' | 'absences'>;
  readonly facts: CalendarFacts;
  /** Of the engineer's region. */
  readonly holidays: HolidayCalendar | null;
  /** Those the engineer takes turns in. */
  readonly rotas: readonly OnCallRota[];
}

export function calendarOf(calendars: Calendars, engineer: EngineerCalendar['engineer']): EngineerCalendar {
  const facts = calendars.engineers.get(engineer.id) ?? NO_FACTS;
  const region = facts.settings.holidayRegion;
  return {
    engineer,
    facts,
    holidays: region === null ? null : (calendars.holidays.get(region) ?? null),
    rotas: [...calendars.rotas.values()]
      .filter(({ engineers, swaps }) => [...engineers, ...swaps.map((swap) => swap.engineerId)].includes(engineer.id))
      .sort((a, b) => (a.key < b.key ? -1 : 1)),
  };
}
