import { DAY, type Interval, MINUTE } from '@uptower/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aCalendar, aPattern, shiftOn } from '../testing/calendar.ts';
import { freeTime } from './free-time.ts';

/**
 * The slow way: the clock on the wall is read once a minute. A shift begins at the first minute that shows its time; where
 * no minute does, as many minutes after the last that shows an earlier one as the time is later.
 */
function slowly(timeZone: string, from: number, to: number) {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'short',
    hourCycle: 'h23',
  });
  const shown = new Map<string, number>();
  for (let at = from - 3 * DAY; at < to + 3 * DAY; at += MINUTE) {
    const text = format.format(at);
    if (!shown.has(text)) shown.set(text, at);
  }
  const last = new Map<string, number>();
  for (let at = from - 3 * DAY; at < to + 3 * DAY; at += MINUTE) last.set(format.format(at), at);
  return (wall: number): number => {
    const textOf = (ms: number) =>
      `${new Date(ms).toISOString().slice(0, 10)}, ${new Date(ms).toISOString().slice(11, 16)}`;
    const first = shown.get(textOf(wall));
    if (first !== undefined) return first;
    for (let back = 1; back <= 24 * 60; back++) {
      const earlier = last.get(textOf(wall - back * MINUTE));
      if (earlier !== undefined) return earlier + back * MINUTE;
    }
    throw new Error('no such time');
  };
}

/** Nights on which clocks change, and one on which they do not. Lord Howe changes by half an hour, Apia skipped a day. */
const nights = [
  ['Europe/Berlin', '2025-03-29'],
  ['Europe/Berlin', '2025-10-25'],
  ['America/New_York', '2025-03-08'],
  ['America/New_York', '2025-11-01'],
  ['Australia/Lord_Howe', '2025-04-05'],
  ['Australia/Lord_Howe', '2025-10-04'],
  ['America/Santiago', '2025-09-06'],
  ['Asia/Kolkata', '2025-06-01'],
  ['Asia/Shanghai', '2025-06-01'],
] as const;
const readers = new Map<string, (wall: number) => number>();

const shift = fc.record({
  day: fc.integer({ min: -1, max: 2 }),
  fromMinute: fc.integer({ min: 0, max: 1_439 }),
  length: fc.integer({ min: 1, max: 1_440 }),
});
const away = fc.record({ at: fc.integer({ min: -600, max: 3_600 }), minutes: fc.integer({ min: 1, max: 900 }) });

test('free time is what a count of every minute says, over both nights and in every zone', () =>
  fc.assert(
    fc.property(
      fc.constantFrom(...nights),
      fc.array(shift, { minLength: 1, maxLength: 4 }),
      fc.array(away, { maxLength: 4 }),
      ([timeZone, night], shifts, aways) => {
        const midnight = Date.parse(`${night}T00:00Z`);
        const from = midnight;
        const to = midnight + 2 * DAY;
        const key = `${timeZone} ${night}`;
        const instantOf = readers.get(key) ?? slowly(timeZone, from, to);
        readers.set(key, instantOf);
        const absences: Interval[] = aways.map(({ at, minutes }) => ({
          from: midnight + at * MINUTE,
          to: midnight + (at + minutes) * MINUTE,
        }));
        const weekday = (day: number) => new Date(midnight + day * DAY).getUTCDay() || 7;
        const week = shifts.flatMap(({ day, fromMinute, length }) =>
          shiftOn([weekday(day)], fromMinute / 60, (fromMinute + length) / 60),
        );
        const calendar = aCalendar({
          engineer: { timeZone, absences },
          facts: { patterns: [aPattern('2025-01-01', week)] },
        });
        const worked = shifts.map(({ day, fromMinute, length }) => ({
          from: instantOf(midnight + day * DAY + fromMinute * MINUTE),
          to: instantOf(midnight + day * DAY + (fromMinute + length) * MINUTE),
        }));
        const expected: number[] = [];
        const inside = (list: readonly Interval[], at: number) => list.some((one) => one.from <= at && at < one.to);
        for (let at = from; at < to; at += MINUTE) if (inside(worked, at) && !inside(absences, at)) expected.push(at);
        const found: number[] = [];
        for (const one of freeTime(calendar, from, to))
          for (let at = one.from; at < one.to; at += MINUTE) found.push(at);
        expect(found).toEqual(expected);
      },
    ),
    { numRuns: 150 },
  ));
