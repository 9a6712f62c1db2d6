import { DAY, type Interval } from '@uptower/domain';
import { type Component, propertyOf } from './lines.ts';
import { parseDuration, parseWritten, ValueError, type Written } from './times.ts';
import type { ToInstant } from './zones.ts';

/** How wall times of the zone of a written time become instants. */
export type Zones = (written: Written) => ToInstant;

const MAX_DAYS = 400;

export interface Times {
  readonly start: Written;
  /** The occurrence that begins at this wall time. */
  of(wall: number): Interval;
  /** Upper bound of its length, milliseconds. */
  readonly longest: number;
}

/** When an event is: DTSTART with DTEND or DURATION, or a day, or (a time alone) no time at all. */
export function timesOf(event: Component, zones: Zones): Times {
  const line = propertyOf(event, 'DTSTART');
  if (!line) throw new ValueError('there is no DTSTART');
  const start = parseWritten(line.value, line.params);
  const toInstant = zones(start);
  const endLine = propertyOf(event, 'DTEND');
  const durationLine = propertyOf(event, 'DURATION');
  if (endLine) {
    const end = parseWritten(endLine.value, endLine.params);
    if (start.kind === 'date') {
      const days = Math.round((end.wall - start.wall) / DAY);
      checkLength(days * DAY);
      // Some write the same day twice for a day.
      return {
        start,
        longest: Math.max(1, days) * DAY + DAY,
        of: (wall) => ({ from: toInstant(wall), to: toInstant(wall + Math.max(1, days) * DAY) }),
      };
    }
    // What is fixed is how long it takes, not what clocks show at the end (RFC 5545, 3.8.5.3).
    const ms = zones(end)(end.wall) - toInstant(start.wall);
    checkLength(ms);
    return { start, longest: ms + DAY, of: (wall) => ({ from: toInstant(wall), to: toInstant(wall) + ms }) };
  }
  const { days, ms } = durationLine
    ? parseDuration(durationLine.value)
    : { days: start.kind === 'date' ? 1 : 0, ms: 0 };
  checkLength(days * DAY + ms);
  return {
    start,
    longest: days * DAY + ms + DAY,
    of: (wall) => ({ from: toInstant(wall), to: toInstant(wall + days * DAY) + ms }),
  };
}

function checkLength(ms: number): void {
  if (ms < 0) throw new ValueError('it ends before it begins');
  if (ms > MAX_DAYS * DAY) throw new ValueError(`it takes more than ${MAX_DAYS} days`);
}

/** A PERIOD: two times, or one and a duration. */
export function periodOf(text: string, params: ReadonlyMap<string, string>, zones: Zones): Interval {
  const [first = '', second = ''] = text.split('/');
  const begins = parseWritten(first, params);
  const from = zones(begins)(begins.wall);
  if (/^[+-]?P/.test(second)) {
    const { days, ms } = parseDuration(second);
    checkLength(days * DAY + ms);
    return { from, to: zones(begins)(begins.wall + days * DAY) + ms };
  }
  const ends = parseWritten(second, params);
  const to = zones(ends)(ends.wall);
  checkLength(to - from);
  return { from, to };
}
