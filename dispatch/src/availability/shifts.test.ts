import { DAY, HOUR, type Interval, MINUTE } from '@uptower/domain';
import { describe, expect, test } from 'vitest';
import { aCalendar, aPattern, shiftOn } from '../testing/calendar.ts';
import { placeBreak } from './breaks.ts';
import { awayTimes, freeTime, workingTimes } from './free-time.ts';
import { overtimeOf, weekOf } from './overtime.ts';

const iso = (intervals: readonly Interval[]) =>
  intervals.map(({ from, to }) => `${new Date(from).toISOString().slice(0, 16)} ${(to - from) / HOUR} h`);
const on = (text: string) => Date.parse(text);

describe('rotations', () => {
  const early = shiftOn([1, 2, 3, 4, 5], 6, 14);
  const nights = shiftOn([1, 2, 3, 4, 5, 6, 7], 22, 30);
  test('the weeks come in turn, from the week the pattern starts in; the registry holds before', () => {
    const calendar = aCalendar({
      engineer: { shifts: [{ weekday: 2, fromMinute: 600, toMinute: 660 }] },
      facts: { patterns: [aPattern('2025-06-04', early, [])] }, // a Wednesday
    });
    const days = (from: string, n: number) => iso(freeTime(calendar, on(from), on(from) + n * DAY));
    expect(days('2025-06-02T00:00+02:00', 7)).toEqual([
      '2025-06-03T08:00 1 h', // by the registry
      '2025-06-04T04:00 8 h',
      '2025-06-05T04:00 8 h',
      '2025-06-06T04:00 8 h',
    ]);
    expect(days('2025-06-09T00:00+02:00', 7)).toEqual([]);
    expect(days('2025-06-16T00:00+02:00', 1)).toEqual(['2025-06-16T04:00 8 h']);
  });
  test('the next pattern takes over on its day', () => {
    const calendar = aCalendar({ facts: { patterns: [aPattern('2025-06-02', early), aPattern('2025-06-05', [])] } });
    expect(freeTime(calendar, on('2025-06-02T00:00Z'), on('2025-07-02T00:00Z'))).toHaveLength(3);
  });
  test.each([
    ['spring', '2025-03-29T12:00Z', '2025-03-29T21:00 7 h'],
    ['autumn', '2025-10-25T12:00Z', '2025-10-25T20:00 9 h'],
    ['any other', '2025-05-10T12:00Z', '2025-05-10T20:00 8 h'],
  ])('22:00 to 06:00 on the night clocks change in %s', (_, from, expected) => {
    const calendar = aCalendar({ facts: { patterns: [aPattern('2025-01-06', nights)] } });
    expect(iso(freeTime(calendar, on(from), on(from) + DAY))).toEqual([expected]);
  });
  test('shifts that follow one another are one stretch, also seen from its middle', () => {
    const twice = [...shiftOn([1], 14, 24), ...shiftOn([2], 0, 8)];
    const calendar = aCalendar({ facts: { patterns: [aPattern('2025-06-02', twice)] } });
    const whole = workingTimes(calendar, on('2025-06-02T12:00Z'), on('2025-06-02T13:00Z'));
    expect(iso(whole)).toEqual(['2025-06-02T12:00 18 h']);
    expect(workingTimes(calendar, on('2025-06-03T05:00Z'), on('2025-06-03T05:01Z'))).toEqual(whole);
  });
});

describe('public holidays', () => {
  const name = { en: 'Holiday', zh: '节日' };
  const days = [
    { date: '2025-10-03', name, worksAs: null },
    { date: '2025-10-05', name, worksAs: 5 }, // a Sunday worked as a Friday
  ];
  const week = shiftOn([1, 2, 3, 4, 5], 8, 16);
  const free = (more = {}, facts = {}) => {
    const pattern = { ...aPattern('2025-09-01', week), ...more };
    const calendar = aCalendar({ holidays: days, facts: { patterns: [pattern], ...facts } });
    return iso(freeTime(calendar, on('2025-10-02T00:00+02:00'), on('2025-10-06T00:00+02:00')));
  };
  test('are off, and a day may be worked as another', () => {
    expect(free()).toEqual(['2025-10-02T06:00 8 h', '2025-10-05T06:00 8 h']);
  });
  test('are worked where the pattern says so, and are those of the own region only', () => {
    expect(free({ worksHolidays: true })).toHaveLength(3);
    expect(free({}, { settings: { holidayRegion: 'CN', overtime: null } })).toEqual([
      '2025-10-02T06:00 8 h',
      '2025-10-03T06:00 8 h',
    ]);
  });
  test('a night that began the day before is worked to its end', () => {
    const nights = { weeks: [shiftOn([4, 5], 22, 30)] };
    expect(free(nights)[0]).toBe('2025-10-02T20:00 8 h');
    expect(free(nights)).toHaveLength(1 + 1); // and Sunday's, which is a Friday's
  });
});

describe('being away', () => {
  test('for whole days is by the clock there: 23 and 25 hours where it changes', () => {
    const when = (fromDay: string, toDay = fromDay) => ({ fromDay, toDay });
    const absence = (id: string, of: ReturnType<typeof when>) =>
      ({ id: `abs_${id}`, kind: 'leave', title: 'Away', when: of }) as never;
    const calendar = aCalendar({
      facts: { absences: [absence('a', when('2025-03-30')), absence('b', when('2025-10-25', '2025-10-26'))] },
    });
    expect(iso(awayTimes(calendar, on('2025-01-01'), on('2026-01-01')))).toEqual([
      '2025-03-29T23:00 23 h',
      '2025-10-24T22:00 49 h',
    ]);
  });
  test('every hole says why', () => {
    const from = on('2025-06-02T06:00Z');
    const copy = { period: { from, to: from + DAY }, aside: [], asideCount: 0 };
    const busy = [{ from: from + HOUR, to: from + 2 * HOUR, title: 'Dentist' }];
    const calendar = aCalendar({
      engineer: { absences: [{ from: from - HOUR, to: from + 30 * MINUTE }] },
      facts: {
        patterns: [aPattern('2025-06-02', shiftOn([1], 8, 16, [{ minutes: 30, fromMinute: 720, toMinute: 780 }]))],
        imported: { source: { kind: 'file' }, copy: { ...copy, busy }, copiedAt: from, failure: null },
      },
    });
    const [monday] = workingTimes(calendar, from, from + DAY);
    expect(monday?.holes.map(({ kind, title }) => [kind, title])).toEqual([
      ['away', ''],
      ['busy', 'Dentist'],
      ['break', ''],
    ]);
    expect(iso(monday?.holes ?? [])).toEqual([
      '2025-06-02T06:00 0.5 h',
      '2025-06-02T07:00 1 h',
      '2025-06-02T10:15 0.5 h',
    ]);
    expect(iso(freeTime(calendar, from, from + DAY))).toEqual([
      '2025-06-02T06:30 0.5 h',
      '2025-06-02T08:00 2.25 h',
      '2025-06-02T10:45 3.25 h',
    ]);
  });
});

describe('a break', () => {
  const window = { from: 0, to: 100, ms: 20 };
  test('is in the middle of its window, else as near to it as one is there', () => {
    expect(placeBreak(window, [])).toEqual({ from: 40, to: 60 });
    expect(placeBreak(window, [{ from: 50, to: 70 }])).toEqual({ from: 30, to: 50 });
    expect(placeBreak(window, [{ from: 30, to: 50 }])).toEqual({ from: 50, to: 70 });
    expect(placeBreak(window, [{ from: 10, to: 90 }])).toEqual({ from: 40, to: 60 }); // it is due all the same
    expect(placeBreak(window, [{ from: -5, to: 100 }])).toBeNull();
  });
  test('keeps its length where clocks skip the window', () => {
    expect(placeBreak({ from: 10, to: 10, ms: 20 }, [])).toEqual({ from: 10, to: 30 });
  });
});

describe('overtime', () => {
  const shift = (text: string) => ({ from: on(text), to: on(text) + 8 * HOUR });
  // Friday, Saturday, and the Monday after.
  const shifts = [shift('2025-06-06T08:00Z'), shift('2025-06-07T08:00Z'), shift('2025-06-09T08:00Z')];
  const calendar = (perShiftMinutes: number, perWeekMinutes: number) =>
    aCalendar({ facts: { settings: { holidayRegion: null, overtime: { perShiftMinutes, perWeekMinutes } } } });
  const minutes = (...given: Parameters<typeof overtimeOf>) => overtimeOf(...given).map((ms) => ms / MINUTE);
  test('is the usual without a rule; with one, limited by shift and by week', () => {
    expect(minutes(aCalendar(), shifts, 90 * MINUTE)).toEqual([90, 90, 90]);
    expect(minutes(calendar(60, 90), shifts, 0)).toEqual([60, 30, 60]);
    expect(minutes(calendar(0, 90), shifts, 90 * MINUTE)).toEqual([0, 0, 0]);
  });
  test('what was worked this week counts, what was worked last week does not', () => {
    const worked = [{ shiftEnd: on('2025-06-04T16:00Z'), ms: 80 * MINUTE }];
    expect(minutes(calendar(60, 90), shifts, 0, worked)).toEqual([10, 0, 60]);
  });
  test('a week with the spring night is an hour shorter', () => {
    const { from, to } = weekOf('Europe/Berlin', on('2025-03-27T12:00Z'));
    expect((to - from) / HOUR).toBe(167);
  });
});
