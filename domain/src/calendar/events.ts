import { z } from 'zod';
import { AbsenceId, AccountId, EngineerId, Key } from '../ids.ts';
import { Instant } from '../time.ts';
import { Absence, BusyCopy } from './away.ts';
import { HolidayCalendar, OnCallRota, OvertimeRule, WorkPattern } from './pattern.ts';

const byPerson = { at: Instant, by: AccountId };
const ofEngineer = { engineerId: EngineerId, ...byPerson };

/** What is particular to an engineer's calendar besides shifts. */
export const CalendarSettings = z.strictObject({
  /** Whose public holidays are kept; null: none. */
  holidayRegion: Key.nullable(),
  /** null: as dispatch does by default. */
  overtime: OvertimeRule.nullable(),
});
export type CalendarSettings = z.infer<typeof CalendarSettings>;

/** Where busy time comes from: an address that is read again and again, or a file given once. */
export const ImportSource = z.union([
  z.strictObject({ kind: z.literal('url'), url: z.url({ protocol: /^https?$/ }).max(2_000) }),
  z.strictObject({ kind: z.literal('file') }),
]);
export type ImportSource = z.infer<typeof ImportSource>;

export const CalendarEvent = z.discriminatedUnion('type', [
  /** Takes the place of a pattern that starts on the same day. */
  z.strictObject({ type: z.literal('calendar.pattern-set'), ...ofEngineer, pattern: WorkPattern }),
  z.strictObject({ type: z.literal('calendar.pattern-removed'), ...ofEngineer, startsOn: z.iso.date() }),
  z.strictObject({ type: z.literal('calendar.settings-set'), ...ofEngineer, settings: CalendarSettings }),
  z.strictObject({ type: z.literal('calendar.absence-added'), ...ofEngineer, absence: Absence }),
  z.strictObject({ type: z.literal('calendar.absence-removed'), ...ofEngineer, absenceId: AbsenceId }),
  z.strictObject({ type: z.literal('calendar.import-set'), ...ofEngineer, source: ImportSource }),
  z.strictObject({ type: z.literal('calendar.import-unset'), ...ofEngineer }),
  /** Another calendar was read and differs from the copy before. */
  z.strictObject({ type: z.literal('calendar.busy-read'), engineerId: EngineerId, at: Instant, copy: BusyCopy }),
  /** It could no longer be read; the last copy stays in use. `goodAt`: when it last could. */
  z.strictObject({
    type: z.literal('calendar.import-failed'),
    engineerId: EngineerId,
    at: Instant,
    goodAt: Instant.nullable(),
    reason: z.string().max(300),
  }),
  /** A new address for subscribing; the one before is void. Only the hash of its token is kept. */
  z.strictObject({
    type: z.literal('calendar.feed-issued'),
    ...ofEngineer,
    tokenHash: z.string().regex(/^[0-9a-f]{64}$/),
    language: z.enum(['en', 'zh-CN']),
  }),
  z.strictObject({ type: z.literal('calendar.feed-revoked'), ...ofEngineer }),
  z.strictObject({ type: z.literal('calendar.holidays-set'), ...byPerson, calendar: HolidayCalendar }),
  z.strictObject({ type: z.literal('calendar.rota-set'), ...byPerson, rota: OnCallRota }),
  z.strictObject({ type: z.literal('calendar.rota-removed'), ...byPerson, key: Key }),
]);
export type CalendarEvent = z.infer<typeof CalendarEvent>;

export const isCalendarEvent = (event: { readonly type: string }): event is CalendarEvent =>
  event.type.startsWith('calendar.');
