import { DAY, HOUR, MINUTE, SECOND } from '@uptower/domain';
import type { ContentLine } from './lines.ts';

/** A moment as it is written: a day, a time of a zone or of none (`floating`), or UTC. `wall`: milliseconds as if it were UTC. */
export interface Written {
  readonly wall: number;
  readonly kind: 'date' | 'utc' | 'zoned' | 'floating';
  /** TZID of `zoned`. */
  readonly zone: string;
}

/** Something in an event that cannot be used: the event is set aside with this reason. */
export class ValueError extends Error {}

/** `20250330`, `20250330T023000`, `20250330T003000Z`. */
export function parseWritten(text: string, params: ContentLine['params']): Written {
  const match = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?$/.exec(text.trim());
  if (!match) throw new ValueError(`"${text.slice(0, 40)}" is no date or time`);
  const [, year, month, day, hour, minute, second, utc] = match;
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(day));
  // The calendar's 31 February would be another day.
  if (new Date(midnight).getUTCDate() !== Number(day) || Number(month) > 12 || Number(year) < 1601)
    throw new ValueError(`"${text.trim()}" is no day of the calendar`);
  if (hour === undefined) return { wall: midnight, kind: 'date', zone: '' };
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60)
    throw new ValueError(`"${text.trim()}" is no time of day`);
  // Leap seconds are the last second of their minute.
  const wall = midnight + Number(hour) * HOUR + Number(minute) * MINUTE + Math.min(59, Number(second)) * SECOND;
  const zone = params.get('TZID')?.trim() ?? '';
  if (utc) return { wall, kind: 'utc', zone: '' };
  return zone ? { wall, kind: 'zoned', zone } : { wall, kind: 'floating', zone: '' };
}

/** `PT1H30M`, `P1D`, `-PT15M`: days are days of the calendar, the rest is time that passes (RFC 5545, 3.3.6). */
export function parseDuration(text: string): { readonly days: number; readonly ms: number } {
  const match = /^([+-]?)P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?)?$/.exec(
    text.trim(),
  );
  if (!match || !/\d/.test(text)) throw new ValueError(`"${text.slice(0, 40)}" is no duration`);
  const [, sign, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = match;
  const factor = sign === '-' ? -1 : 1;
  return {
    days: factor * (Number(weeks) * 7 + Number(days)),
    ms: factor * (Number(hours) * HOUR + Number(minutes) * MINUTE + Number(seconds) * SECOND),
  };
}

/** `+0130` as milliseconds. */
export function parseOffset(text: string): number {
  const match = /^([+-])(\d\d)(\d\d)(\d\d)?$/.exec(text.trim());
  if (!match) throw new ValueError(`"${text.slice(0, 20)}" is no offset`);
  const [, sign, hours, minutes, seconds = 0] = match;
  return (sign === '-' ? -1 : 1) * (Number(hours) * HOUR + Number(minutes) * MINUTE + Number(seconds) * SECOND);
}

export const startOfDay = (wall: number) => Math.floor(wall / DAY) * DAY;
