import { DAY, MINUTE } from '@uptower/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readCalendar } from './read-calendar.ts';
import { writeCalendar } from './write-calendar.ts';

const zones = ['Europe/Berlin', 'Asia/Shanghai', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'UTC'];
const around = fc.constantFrom(
  Date.UTC(2025, 2, 30),
  Date.UTC(2025, 9, 26),
  Date.UTC(2025, 10, 2),
  Date.UTC(2025, 3, 5),
);

test('a plan that is exported and imported again is busy at the same times, by either night', () =>
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.constantFrom(...zones),
      around,
      fc.array(
        fc.tuple(
          fc.integer({ min: -2_000, max: 2_000 }),
          fc.integer({ min: 1, max: 900 }),
          fc.string({ unit: 'grapheme', maxLength: 120 }),
        ),
        { maxLength: 8 },
      ),
      fc.boolean(),
      (timeZone, reader, day, list, described) => {
        const events = list.map(([at, minutes, summary], n) => ({
          uid: `vis_${n}@uptower`,
          sequence: n,
          changedAt: day,
          from: day + at * MINUTE,
          to: day + (at + minutes) * MINUTE,
          summary,
          description: `${summary}\n;,\\`,
          location: '',
        }));
        const written = writeCalendar({ name: 'Ana', timeZone, language: 'en', events });
        for (const line of written.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
        // Read by its name, or by what the file says of the zone.
        const text = described
          ? written.replaceAll(`TZID:${timeZone}`, 'TZID:Own').replaceAll(`TZID=${timeZone}`, 'TZID=Own')
          : written;
        const copy = readCalendar(text, { period: { from: day - 5 * DAY, to: day + 5 * DAY }, timeZone: reader });
        expect(copy.aside).toEqual([]);
        const sorted = (of: readonly { from: number; to: number }[]) =>
          of
            .map(({ from, to }) => [from, to])
            .sort((a, b) => (a[0] as number) - (b[0] as number) || (a[1] as number) - (b[1] as number));
        expect(sorted(copy.busy)).toEqual(sorted(events));
      },
    ),
    { numRuns: 200 },
  ));

test('the text is stable, has a VTIMEZONE of what happens in it, and can be told from foreign calendars', () => {
  const event = {
    uid: 'vis_a-1@uptower',
    sequence: 3,
    changedAt: Date.UTC(2025, 2, 1),
    from: Date.UTC(2025, 2, 29, 8),
    to: Date.UTC(2025, 2, 29, 10),
    summary: 'WO-1, 氦压',
    description: '',
    location: 'City',
  };
  const text = writeCalendar({ name: 'Ana', timeZone: 'Europe/Berlin', language: 'zh-CN', events: [event] });
  expect(text).toBe(writeCalendar({ name: 'Ana', timeZone: 'Europe/Berlin', language: 'zh-CN', events: [event] }));
  expect(text.split('\r\n')).toEqual(
    expect.arrayContaining([
      'BEGIN:DAYLIGHT',
      'DTSTART:20250330T020000',
      'TZOFFSETTO:+0200',
      'UID:vis_a-1@uptower',
      'SEQUENCE:3',
      'DTSTART;TZID=Europe/Berlin:20250329T090000',
      'SUMMARY;LANGUAGE=zh-CN:WO-1\\, 氦压',
    ]),
  );
  const period = { from: event.from - DAY, to: event.to + DAY };
  expect(readCalendar(text, { period, timeZone: 'UTC', ignore: /@uptower$/ }).busy).toEqual([]);
});

test('a plan without visits is still a calendar', () => {
  const text = writeCalendar({ name: 'Ana', timeZone: 'Asia/Shanghai', language: 'en', events: [] });
  expect(text).toContain('BEGIN:VTIMEZONE\r\nTZID:Asia/Shanghai\r\nBEGIN:STANDARD');
  const copy = readCalendar(text, { period: { from: 0, to: DAY }, timeZone: 'UTC' });
  expect(copy).toMatchObject({ busy: [], aside: [] });
});
