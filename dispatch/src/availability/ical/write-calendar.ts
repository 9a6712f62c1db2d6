import { DAY, HOUR, type Instant, MINUTE } from '@uptower/domain';
import { wallTime, zonedInstant } from '../zone.ts';
import { escapeText } from './lines.ts';

export interface ExportedEvent {
  /** The same for the same thing, forever. */
  readonly uid: string;
  /** Goes up with each change. */
  readonly sequence: number;
  readonly changedAt: Instant;
  readonly from: Instant;
  readonly to: Instant;
  readonly summary: string;
  readonly description: string;
  readonly location: string;
}

export interface ExportedCalendar {
  readonly name: string;
  readonly timeZone: string;
  readonly language: 'en' | 'zh-CN';
  readonly events: readonly ExportedEvent[];
}

const two = (n: number) => String(n).padStart(2, '0');
/** `20250330T023000` of a wall time written as if it were UTC. */
function stamp(wall: number): string {
  const date = new Date(wall);
  const day = `${date.getUTCFullYear()}${two(date.getUTCMonth() + 1)}${two(date.getUTCDate())}`;
  return `${day}T${two(date.getUTCHours())}${two(date.getUTCMinutes())}${two(date.getUTCSeconds())}`;
}

/** An iCalendar text (RFC 5545) to subscribe to: the same calendar gives the same text. */
export function writeCalendar({ name, timeZone, language, events }: ExportedCalendar): string {
  const zoned = (property: string, instant: Instant) => {
    const wall = wallTime(timeZone, instant);
    // A local time that exists twice means the first; the second can only be said in UTC.
    const means = zonedInstant(timeZone, 1970, 1, 1, Math.floor(wall / MINUTE)) + (wall % MINUTE);
    return means === instant ? `${property};TZID=${timeZone}:${stamp(wall)}` : `${property}:${stamp(instant)}Z`;
  };
  const language5545 = `LANGUAGE=${language}`;
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Uptower//Dispatch//EN',
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    `NAME:${escapeText(name)}`,
    `X-WR-CALNAME:${escapeText(name)}`,
    `X-WR-TIMEZONE:${timeZone}`,
    'REFRESH-INTERVAL;VALUE=DURATION:PT15M',
    'X-PUBLISHED-TTL:PT15M',
    ...zoneLines(timeZone, events),
    ...events.flatMap((event) => [
      'BEGIN:VEVENT',
      `UID:${event.uid}`,
      `DTSTAMP:${stamp(event.changedAt)}Z`,
      `LAST-MODIFIED:${stamp(event.changedAt)}Z`,
      `SEQUENCE:${event.sequence}`,
      zoned('DTSTART', event.from),
      zoned('DTEND', event.to),
      `SUMMARY;${language5545}:${escapeText(event.summary)}`,
      ...(event.description ? [`DESCRIPTION;${language5545}:${escapeText(event.description)}`] : []),
      ...(event.location ? [`LOCATION;${language5545}:${escapeText(event.location)}`] : []),
      'STATUS:CONFIRMED',
      'TRANSP:OPAQUE',
      'END:VEVENT',
    ]),
    'END:VCALENDAR',
  ];
  return lines.map((line) => `${folded(line)}\r\n`).join('');
}

/** The zone as this machine knows it over the time of the events: one observance for each change, no rules. */
function zoneLines(timeZone: string, events: readonly ExportedEvent[]): string[] {
  // A calendar must hold something (RFC 5545, 3.4): where there is no event the zone stands alone.
  const times = events.length > 0 ? events.flatMap(({ from, to }) => [from, to]) : [Date.UTC(2020, 0, 1)];
  const first = Math.min(...times) - 30 * DAY;
  const last = Math.max(...times) + 30 * DAY;
  const offset = (instant: Instant) => wallTime(timeZone, instant) - instant;
  const usual = Math.min(...Array.from({ length: 13 }, (_, month) => offset(first + month * 30 * DAY)));
  const observance = (at: Instant, before: number, after: number) => {
    const name = after > usual ? 'DAYLIGHT' : 'STANDARD';
    return [
      `BEGIN:${name}`,
      `DTSTART:${stamp(at + before)}`,
      `TZOFFSETFROM:${offsetText(before)}`,
      `TZOFFSETTO:${offsetText(after)}`,
      `END:${name}`,
    ];
  };
  const lines = observance(Math.floor(first / DAY) * DAY, offset(first), offset(first));
  for (let day = first; day < last; day += DAY) {
    const before = offset(day);
    const after = offset(day + DAY);
    if (before === after) continue;
    let [low, high] = [day, day + DAY];
    while (high - low > 1_000) {
      const middle = low + Math.floor((high - low) / 2);
      if (offset(middle) === before) low = middle;
      else high = middle;
    }
    lines.push(...observance(Math.floor(high / 1_000) * 1_000, before, after));
  }
  return ['BEGIN:VTIMEZONE', `TZID:${timeZone}`, ...lines, 'END:VTIMEZONE'];
}

function offsetText(ms: number): string {
  const minutes = Math.abs(ms) / MINUTE;
  const seconds = Math.round((minutes % 1) * 60);
  return `${ms < 0 ? '-' : '+'}${two(Math.floor(Math.abs(ms) / HOUR))}${two(Math.floor(minutes) % 60)}${seconds ? two(seconds) : ''}`;
}

/** At most 75 octets a line, no character torn apart (RFC 5545, 3.1). */
function folded(line: string): string {
  const parts: string[] = [];
  let part = '';
  let octets = 0;
  for (const char of line) {
    const size = Buffer.byteLength(char);
    if (octets + size > 75) {
      parts.push(part);
      part = ' ';
      octets = 1;
    }
    part += char;
    octets += size;
  }
  return [...parts, part].join('\r\n');
}
