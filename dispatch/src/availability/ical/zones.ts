import { DAY, isTimeZone, MINUTE } from '@uptower/domain';
import { zonedInstant } from '../zone.ts';
import { type Component, propertiesOf, propertyOf } from './lines.ts';
import { expandRule, type RuleLimits } from './recurrence.ts';
import { parseOffset, parseWritten, ValueError } from './times.ts';
import { WINDOWS_ZONES } from './windows-zones.ts';

/** From what clocks show in a zone, written as if it were UTC, to the instant. */
export type ToInstant = (wall: number) => number;

export const inZone =
  (timeZone: string): ToInstant =>
  (wall) =>
    zonedInstant(timeZone, 1970, 1, 1, Math.floor(wall / MINUTE)) + (((wall % MINUTE) + MINUTE) % MINUTE);

/** What an IANA zone a TZID names, if it names one: by itself, at its end (`/mozilla.org/…/Europe/Berlin`), or in Windows' words. */
export function namedZone(tzid: string): string | undefined {
  const name = tzid.replace(/^"|"$/g, '').trim();
  if (/^[A-Za-z]+\/[A-Za-z]/.test(name) || name === 'UTC' || name === 'GMT') if (isTimeZone(name)) return name;
  const windows = WINDOWS_ZONES[name];
  if (windows) return windows;
  const end = /([A-Za-z_]+\/[A-Za-z_+-]+(?:\/[A-Za-z_]+)?)$/.exec(name)?.[1];
  return end && isTimeZone(end) ? end : undefined;
}

interface Onset {
  /** Instant from which it holds. */
  readonly at: number;
  readonly offset: number;
  readonly before: number;
}

/** A zone as a calendar describes it itself (RFC 5545, 3.6.5): for Outlook's "Customized Time Zone" and names nobody knows. */
export function describedZone(
  zone: Component,
  period: { readonly from: number; readonly to: number },
  limits: RuleLimits,
): ToInstant {
  const around = { from: period.from - 800 * DAY, to: period.to + 400 * DAY };
  const onsets = zone.children
    .filter(({ name }) => name === 'STANDARD' || name === 'DAYLIGHT')
    .flatMap((observance) => onsetsOf(observance, around, limits))
    .sort((a, b) => a.at - b.at);
  if (onsets.length === 0) throw new ValueError('its VTIMEZONE has no STANDARD or DAYLIGHT');
  const offsetAt = (instant: number) =>
    onsets.findLast(({ at }) => at <= instant)?.offset ?? (onsets[0] as Onset).before;
  const offsets = [...new Set(onsets.flatMap(({ offset, before }) => [offset, before]))].sort((a, b) => b - a);
  return (wall) => {
    // The first instant at which clocks show that; a time that is skipped is read with the offset before.
    for (const offset of offsets) if (offsetAt(wall - offset) === offset) return wall - offset;
    return wall - offsetAt(wall - (offsets[0] as number) - DAY / 24);
  };
}

function onsetsOf(observance: Component, around: { from: number; to: number }, limits: RuleLimits): Onset[] {
  const text = (name: string) => {
    const line = propertyOf(observance, name);
    if (!line) throw new ValueError(`its VTIMEZONE lacks ${name}`);
    return line;
  };
  const offset = parseOffset(text('TZOFFSETTO').value);
  const before = parseOffset(text('TZOFFSETFROM').value);
  const begins = parseWritten(text('DTSTART').value, new Map()).wall;
  const rule = propertyOf(observance, 'RRULE')?.value;
  const extra = propertiesOf(observance, 'RDATE').flatMap(({ value }) =>
    value.split(',').map((one) => parseWritten(one, new Map()).wall),
  );
  // Outlook lets rules begin in 1601: those years are walked through for nothing.
  const start = rule ? Math.max(begins, sameDayLater(begins, around.from)) : begins;
  const walls = [begins, ...extra, ...(rule ? expandRule(rule, start, around, limits) : [])];
  return [...new Set(walls)].map((wall) => ({ at: wall - before, offset, before }));
}

/** The same day and time of the year before `from`; a yearly rule without COUNT goes the same way from there. */
function sameDayLater(begins: number, from: number): number {
  const date = new Date(begins);
  date.setUTCFullYear(new Date(from).getUTCFullYear() - 1);
  return date.getTime();
}
