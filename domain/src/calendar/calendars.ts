import type { AbsenceId, AccountId, EngineerId, Key } from '../ids.ts';
import type { Language } from '../text.ts';
import type { Instant } from '../time.ts';
import type { Absence, BusyCopy } from './away.ts';
import type { CalendarEvent, CalendarSettings, ImportSource } from './events.ts';
import type { HolidayCalendar, OnCallRota, WorkPattern } from './pattern.ts';

export interface BusyImport {
  readonly source: ImportSource;
  /** The last one that could be read; it stays in use while the source fails. */
  readonly copy: BusyCopy | null;
  readonly copiedAt: Instant | null;
  readonly failure: { readonly since: Instant; readonly goodAt: Instant | null; readonly reason: string } | null;
}

/** What an engineer's calendar says beyond the registry. */
export interface CalendarFacts {
  /** By `startsOn`, oldest first. Before the first of them the registry's weekly shifts hold. */
  readonly patterns: readonly WorkPattern[];
  readonly settings: CalendarSettings;
  readonly absences: readonly Absence[];
  /** Who entered each of them. */
  readonly enteredBy: ReadonlyMap<AbsenceId, AccountId>;
  readonly imported: BusyImport | null;
  readonly feed: { readonly tokenHash: string; readonly language: Language; readonly issuedAt: Instant } | null;
}

export const NO_FACTS: CalendarFacts = {
  patterns: [],
  settings: { holidayRegion: null, overtime: null },
  absences: [],
  enteredBy: new Map(),
  imported: null,
  feed: null,
};

/** Folded calendars; mutated in place by `applyCalendarEvent`, read-only for everybody else. */
export interface Calendars {
  readonly engineers: Map<EngineerId, CalendarFacts>;
  readonly holidays: Map<Key, HolidayCalendar>;
  readonly rotas: Map<Key, OnCallRota>;
}

export const emptyCalendars = (): Calendars => ({ engineers: new Map(), holidays: new Map(), rotas: new Map() });

export function applyCalendarEvent(calendars: Calendars, event: CalendarEvent): void {
  if (event.type === 'calendar.holidays-set') calendars.holidays.set(event.calendar.region, event.calendar);
  else if (event.type === 'calendar.rota-set') calendars.rotas.set(event.rota.key, event.rota);
  else if (event.type === 'calendar.rota-removed') calendars.rotas.delete(event.key);
  else {
    const before = calendars.engineers.get(event.engineerId) ?? NO_FACTS;
    calendars.engineers.set(event.engineerId, { ...before, ...changeOf(before, event) });
  }
}

type OfEngineer = Extract<CalendarEvent, { readonly engineerId: EngineerId }>;

function changeOf(before: CalendarFacts, event: OfEngineer): Partial<CalendarFacts> {
  switch (event.type) {
    case 'calendar.pattern-set':
      return { patterns: withPattern(before.patterns, event.pattern) };
    case 'calendar.pattern-removed':
      return { patterns: before.patterns.filter(({ startsOn }) => startsOn !== event.startsOn) };
    case 'calendar.settings-set':
      return { settings: event.settings };
    case 'calendar.absence-added':
      return {
        absences: [...before.absences, event.absence],
        enteredBy: new Map([...before.enteredBy, [event.absence.id, event.by]]),
      };
    case 'calendar.absence-removed':
      return {
        absences: before.absences.filter(({ id }) => id !== event.absenceId),
        enteredBy: new Map([...before.enteredBy].filter(([id]) => id !== event.absenceId)),
      };
    case 'calendar.import-set':
      return { imported: { source: event.source, copy: null, copiedAt: null, failure: null } };
    case 'calendar.import-unset':
      return { imported: null };
    case 'calendar.busy-read':
      // Whoever unset the import meanwhile wants nothing of it.
      if (!before.imported) return {};
      return { imported: { ...before.imported, copy: event.copy, copiedAt: event.at, failure: null } };
    case 'calendar.import-failed':
      if (!before.imported) return {};
      return {
        imported: { ...before.imported, failure: { since: event.at, goodAt: event.goodAt, reason: event.reason } },
      };
    case 'calendar.feed-issued':
      return { feed: { tokenHash: event.tokenHash, language: event.language, issuedAt: event.at } };
    case 'calendar.feed-revoked':
      return { feed: null };
  }
}

function withPattern(patterns: readonly WorkPattern[], pattern: WorkPattern): WorkPattern[] {
  return [...patterns.filter(({ startsOn }) => startsOn !== pattern.startsOn), pattern].sort((a, b) =>
    a.startsOn < b.startsOn ? -1 : 1,
  );
}
