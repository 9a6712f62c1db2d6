import { z } from 'zod';
import { EngineerId, Key, SiteId } from '../ids.ts';
import { Place } from '../place.ts';
import { LocalText } from '../text.ts';
import { Interval, TimeZone } from '../time.ts';

/** A day as people write it, 2025-03-30; which hours it has is the zone's matter. */
export const LocalDate = z.iso.date('a day like 2025-03-30');
export type LocalDate = z.infer<typeof LocalDate>;

/** Minutes after the midnight at which the shift's day begins; more than 1440 is the day after. */
const Minute = z.int().min(0).max(2_880);

/** `minutes` of rest somewhere inside the window; a window of just that length is a fixed break. */
export const Break = z
  .strictObject({ minutes: z.int().min(5).max(240), fromMinute: Minute, toMinute: Minute })
  .refine(
    ({ minutes, fromMinute, toMinute }) => toMinute - fromMinute >= minutes,
    'the window is shorter than the break',
  );
export type Break = z.infer<typeof Break>;

/** A shift of a rotation, by wall clock; it belongs to the day on which it begins: 1320..1800 is 22:00 to 06:00. */
export const PatternShift = z
  .strictObject({
    /** 1 Monday … 7 Sunday. */
    weekday: z.int().min(1).max(7),
    fromMinute: z.int().min(0).max(1_439),
    toMinute: z.int().min(1).max(2_880),
    breaks: z.array(Break).max(6).default([]),
  })
  .refine(({ fromMinute, toMinute }) => fromMinute < toMinute, 'a shift ends after it starts')
  .refine(({ fromMinute, toMinute }) => toMinute - fromMinute <= 1_440, 'a shift is a day at most')
  .refine(
    ({ fromMinute, toMinute, breaks }) =>
      breaks.every((rest) => rest.fromMinute >= fromMinute && rest.toMinute <= toMinute),
    'a break lies inside the shift',
  );
export type PatternShift = z.infer<typeof PatternShift>;

/** A rotation of n weeks: the first of `weeks` is the week (Monday to Sunday) `startsOn` lies in. Holds until the next pattern starts. */
export const WorkPattern = z.strictObject({
  startsOn: LocalDate,
  weeks: z.array(z.array(PatternShift).max(21)).min(1).max(52),
  /** Shifts that begin on a public holiday are worked like others. */
  worksHolidays: z.boolean().default(false),
});
export type WorkPattern = z.infer<typeof WorkPattern>;

/** How far past the end of a shift work may run, and in a week (Monday to Sunday) altogether. */
export const OvertimeRule = z.strictObject({
  perShiftMinutes: z.int().min(0).max(480),
  perWeekMinutes: z.int().min(0).max(2_880),
});
export type OvertimeRule = z.infer<typeof OvertimeRule>;

/**
 * Days off of a region. A day may be worked by another weekday's shifts instead (`worksAs`): in China a Sunday is worked
 * as a Friday for a longer holiday.
 */
export const HolidayCalendar = z.strictObject({
  /** For example CN or DE-BY. */
  region: Key,
  days: z
    .array(
      z.strictObject({ date: LocalDate, name: LocalText, worksAs: z.int().min(1).max(7).nullable().default(null) }),
    )
    .max(3_000),
});
export type HolidayCalendar = z.infer<typeof HolidayCalendar>;

/** Where whoever is on call is sent; null: everywhere. */
export const ResponseArea = z.union([
  z.strictObject({ sites: z.array(SiteId).min(1).max(2_000) }),
  z.strictObject({ centre: Place, radiusMetres: z.int().min(1).max(2_000_000) }),
]);
export type ResponseArea = z.infer<typeof ResponseArea>;

/** Who is on call when: the engineers in turn, `daysEach` days each, handed over at a time of day; later swaps win. */
export const OnCallRota = z.strictObject({
  key: Key,
  name: LocalText,
  timeZone: TimeZone,
  startsOn: LocalDate,
  handoverMinute: z.int().min(0).max(1_439),
  daysEach: z.int().min(1).max(28),
  engineers: z.array(EngineerId).min(1).max(200),
  area: ResponseArea.nullable().default(null),
  swaps: z
    .array(z.strictObject({ engineerId: EngineerId, when: Interval }))
    .max(1_000)
    .default([]),
});
export type OnCallRota = z.infer<typeof OnCallRota>;
