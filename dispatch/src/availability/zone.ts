import { DAY, type Instant, MINUTE } from '@uptower/domain';

/** A calendar day as people write it; `weekday` 1 Monday … 7 Sunday. */
export interface LocalDay {
  readonly year: number;
  /** 1..12 */
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
}

/** Building a formatter costs about 50 µs, using one about 2 µs: one is kept for each zone. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(timeZone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'iso8601',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formatters.set(timeZone, formatter);
  }
  return formatter;
}

/** What a wall clock in the zone shows, written as if it were UTC: milliseconds without the zone. */
export function wallTime(timeZone: string, instant: Instant): number {
  const part: Record<string, number> = {};
  for (const { type, value } of formatterOf(timeZone).formatToParts(instant)) part[type] = Number(value);
  return (
    Date.UTC(part.year ?? 0, (part.month ?? 1) - 1, part.day, part.hour, part.minute, part.second) +
    (((instant % 1_000) + 1_000) % 1_000)
  );
}

const offsetMs = (timeZone: string, instant: Instant) => wallTime(timeZone, instant) - instant;

/** Offsets at UTC midnights by zone: almost every question is about a time near which clocks do not change. */
const midnights = new Map<string, Map<number, number>>();
/** Thirty years of days; more are asked for only by somebody who tries to fill the memory. */
const MIDNIGHTS_KEPT = 11_000;

function offsetAtMidnight(timeZone: string, dayNumber: number): number {
  let known = midnights.get(timeZone);
  if (!known || known.size > MIDNIGHTS_KEPT) {
    known = new Map();
    midnights.set(timeZone, known);
  }
  let offset = known.get(dayNumber);
  if (offset === undefined) {
    offset = offsetMs(timeZone, dayNumber * DAY);
    known.set(dayNumber, offset);
  }
  return offset;
}

/**
 * The instant at which clocks in the zone show `minute` minutes after midnight of that day; days and minutes may overflow
 * (day 32, minute 1440). A time that exists twice is the first one; a time that the change to summer skips is that much
 * later (02:30 becomes 03:30): what iCalendar (RFC 5545, 3.3.5) and Temporal's "compatible" do.
 */
export function zonedInstant(timeZone: string, year: number, month: number, day: number, minute: number): Instant {
  const wall = Date.UTC(year, month - 1, day) + minute * MINUTE;
  const today = Math.floor(wall / DAY);
  const usual = offsetAtMidnight(timeZone, today - 1);
  if (usual === offsetAtMidnight(timeZone, today + 2)) return wall - usual;
  // Zones change at most once within two days: the offset is that of the day before or of the day after.
  const before = offsetMs(timeZone, wall - DAY);
  const after = offsetMs(timeZone, wall + DAY);
  const first = wall - Math.max(before, after);
  const second = wall - Math.min(before, after);
  if (wallTime(timeZone, first) === wall) return first;
  if (wallTime(timeZone, second) === wall) return second;
  return wall - before;
}

/** The day it is in the zone. */
export function localDay(timeZone: string, instant: Instant): LocalDay {
  return dayOfWall(Math.floor(wallTime(timeZone, instant) / DAY));
}

/** The day `days` later. */
export function addDays({ year, month, day }: LocalDay, days: number): LocalDay {
  return dayOfWall(dayNumber({ year, month, day }) + days);
}

/** Days since 1970-01-01. */
export const dayNumber = ({ year, month, day }: Pick<LocalDay, 'year' | 'month' | 'day'>): number =>
  Math.floor(Date.UTC(year, month - 1, day) / DAY);

/** `2025-03-30`. */
export function dateText({ year, month, day }: LocalDay): string {
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/** Of a text that is a valid day. */
export function parseDay(text: string): LocalDay {
  return dayOfWall(Math.floor(Date.parse(`${text}T00:00Z`) / DAY));
}

/** Civil date of a day number since 1970-01-01 (H. Hinnant, "days_from_civil", inverted). */
function dayOfWall(dayNumber: number): LocalDay {
  const z = dayNumber + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153); // 0 March … 11 February
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1,
    weekday: ((((dayNumber + 3) % 7) + 7) % 7) + 1, // 1970-01-01 was a Thursday
  };
}

/** Midnight that began the present local day. */
export function startOfLocalDay(timeZone: string, instant: Instant): Instant {
  const { year, month, day } = localDay(timeZone, instant);
  return zonedInstant(timeZone, year, month, day, 0);
}
