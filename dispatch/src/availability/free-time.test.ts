import { DAY, type Engineer, emptyCalendars, HOUR, type Interval, overlapMs } from '@uptower/domain';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ANA, aSmallWorld, engineer, MONDAY_9, weekdays } from '../testing/world.ts';
import { calendarOf } from './calendar.ts';
import { accessTimes, freeTime, merged, workingTimes } from './free-time.ts';

const ana = engineer(ANA, []);
const alone = (of: Engineer) => calendarOf(emptyCalendars(), of);
const hours = (intervals: readonly Interval[], from: number) =>
  intervals.map((interval) => [(interval.from - from) / HOUR, (interval.to - from) / HOUR]);

describe('free time', () => {
  test('is the rest of the shift today, whole shifts on the days after, none at the weekend', () => {
    expect(hours(freeTime(alone(ana), MONDAY_9, MONDAY_9 + 2 * DAY), MONDAY_9)).toEqual([
      [0, 9],
      [23, 33],
      [47, 48],
    ]);
    const saturday = MONDAY_9 + 5 * DAY;
    expect(freeTime(alone(ana), saturday, saturday + DAY)).toEqual([]);
  });
  test('leaves out what is busy, and whole working times say where', () => {
    const absences = [
      { from: MONDAY_9 + HOUR, to: MONDAY_9 + 2 * HOUR },
      { from: MONDAY_9 + 2 * HOUR, to: MONDAY_9 + 3 * HOUR },
      { from: MONDAY_9 + 8 * HOUR, to: MONDAY_9 + 30 * HOUR },
    ];
    const busy = { ...ana, absences };
    expect(hours(freeTime(alone(busy), MONDAY_9, MONDAY_9 + DAY), MONDAY_9)).toEqual([
      [0, 1],
      [3, 8],
    ]);
    const [today] = workingTimes(alone(busy), MONDAY_9, MONDAY_9 + DAY);
    expect(hours(today ? [today] : [], MONDAY_9)).toEqual([[-1, 9]]);
    expect(hours(today?.busy ?? [], MONDAY_9)).toEqual([
      [1, 3],
      [8, 9],
    ]);
  });
  test('shifts that touch are one; a night shift over the end of summer time is an hour longer', () => {
    const night = engineer(ANA, [], {
      timeZone: 'Europe/Berlin',
      shifts: [
        { weekday: 6, fromMinute: 22 * 60, toMinute: 1440 },
        { weekday: 7, fromMinute: 0, toMinute: 6 * 60 },
      ],
    });
    const saturday = Date.UTC(2025, 9, 25, 12);
    const [shift, ...more] = freeTime(alone(night), saturday, saturday + DAY);
    expect(more).toEqual([]);
    expect(((shift?.to ?? 0) - (shift?.from ?? 0)) / HOUR).toBe(9);
    const spring = Date.UTC(2025, 2, 29, 12);
    const [short] = freeTime(alone(night), spring, spring + DAY);
    expect(((short?.to ?? 0) - (short?.from ?? 0)) / HOUR).toBe(7);
  });
  test('never touches an absence, and with the absences makes up the shifts', () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 6 * 24 * 60 }), fc.integer({ min: 1, max: 900 })), {
          maxLength: 8,
        }),
        (list) => {
          const absences = list.map(([at, minutes]) => ({
            from: MONDAY_9 + at * 60_000,
            to: MONDAY_9 + (at + minutes) * 60_000,
          }));
          const of = { ...ana, absences, shifts: weekdays(420, 1000) };
          const period = { from: MONDAY_9, to: MONDAY_9 + 6 * DAY };
          const free = freeTime(alone(of), period.from, period.to);
          for (const interval of free) for (const absence of absences) expect(overlapMs(interval, absence)).toBe(0);
          const total = (intervals: readonly Interval[]) =>
            intervals.reduce((sum, interval) => sum + overlapMs(interval, period), 0);
          const busy = workingTimes(alone(of), period.from, period.to).flatMap((shift) => shift.busy);
          expect(total(free) + total(busy)).toBe(
            total(freeTime(alone({ ...of, absences: [] }), period.from, period.to)),
          );
          expect(merged(free)).toEqual(free);
        },
      ),
      { numRuns: 60 },
    ));
});

test('a site that is always open has no windows; others have one a day, also over midnight', () => {
  const [city, hill] = aSmallWorld().sites;
  if (!city || !hill) throw new Error('the world has two sites');
  expect(accessTimes(city, MONDAY_9, MONDAY_9 + DAY)).toBeNull();
  expect(hours(accessTimes(hill, MONDAY_9, MONDAY_9 + DAY) ?? [], MONDAY_9)).toEqual([
    [-1, 9],
    [23, 33],
  ]);
  const nightly = { ...hill, access: { fromMinute: 20 * 60, toMinute: 6 * 60 } };
  expect(hours(accessTimes(nightly, MONDAY_9, MONDAY_9 + DAY) ?? [], MONDAY_9)).toEqual([[11, 21]]);
});
