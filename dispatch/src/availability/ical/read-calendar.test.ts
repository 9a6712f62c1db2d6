import { readFileSync } from 'node:fs';
import { type BusyCopy, DAY, HOUR } from '@uptower/domain';
import { describe, expect, test } from 'vitest';
import { CalendarError } from './lines.ts';
import { type ReadOptions, readCalendar } from './read-calendar.ts';
import { WINDOWS_ZONES } from './windows-zones.ts';
import { namedZone } from './zones.ts';

const file = (name: string) => readFileSync(new URL(`../../testing/ics/${name}.ics`, import.meta.url), 'utf8');
const period = { from: Date.UTC(2025, 2, 15), to: Date.UTC(2025, 4, 1) };
const read = (text: string, more: Partial<ReadOptions> = {}) =>
  readCalendar(text, { period, timeZone: 'Europe/Berlin', ...more });
const times = ({ busy }: BusyCopy) =>
  busy.map(({ from, to, title }) => `${new Date(from).toISOString().slice(0, 16)} ${(to - from) / HOUR} ${title}`);
const reasons = ({ aside }: BusyCopy) => aside.map(({ uid, reason }) => `${uid}: ${reason}`);

const calendar = (...events: string[][]) =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    ...events.flatMap((event) => ['BEGIN:VEVENT', 'UID:a', ...event, 'END:VEVENT']),
    'END:VCALENDAR',
  ].join('\r\n');
const starts = (copy: BusyCopy) => copy.busy.map(({ from }) => new Date(from).toISOString().slice(5, 16));

describe('calendars as they come', () => {
  test('of Google: a weekly meeting over the spring night with an exception and a moved one', () => {
    const copy = read(file('google'));
    expect(times(copy)).toEqual([
      '2025-03-17T08:00 1 Team meeting, room 2',
      '2025-03-29T23:00 23 Family day',
      '2025-03-31T07:00 1 Team meeting, room 2',
      '2025-04-07T12:00 1 Team meeting, moved',
      '2025-04-14T07:00 1 Team meeting, room 2',
    ]);
    expect(copy.aside).toEqual([]);
  });
  test("of Outlook: Windows' zones by name and described, its own word for busy, private titles", () => {
    const copy = read(file('outlook'), { timeZone: 'Asia/Shanghai' });
    const long = 'Schulung mit einem langen Titel, der umgebrochen wird und weitergeht';
    expect(times(copy)).toEqual([
      `2025-03-29T07:00 1.5 ${long}`,
      `2025-03-30T06:00 1.5 ${long}`,
      `2025-03-31T06:00 1.5 ${long}`,
      '2025-03-31T11:00 1 Customized',
      '2025-04-02T08:00 0.75 ',
    ]);
    expect(copy.aside).toEqual([]);
  });
  test('of Apple: parameters in quotes, alarms, floating times, dates added; what is wrong is set aside with its line', () => {
    const copy = read(file('apple'), { timeZone: 'Asia/Shanghai' });
    expect(times(copy)).toEqual([
      '2025-03-31T10:00 1 接孩子',
      '2025-04-01T10:00 1 接孩子',
      '2025-04-01T23:30 0.5 Run',
      '2025-04-02T23:30 0.5 Run',
      '2025-04-03T23:30 0.5 Run',
    ]);
    expect(copy.aside).toMatchObject([
      {
        uid: 'nowhere',
        line: 48,
        reason: 'the time zone "Mars/Olympus" is not known and not described in the calendar',
      },
      { uid: 'broken', line: 55, reason: '"20250231T120000Z" is no day of the calendar' },
    ]);
  });
  test('exceptions in the forms each program writes them', () => {
    // Google: days of an all-day rule, each in a line of its own; a changed occurrence says its day.
    const days = calendar(
      [
        'DTSTART;VALUE=DATE:20250317',
        'DTEND;VALUE=DATE:20250318',
        'RRULE:FREQ=DAILY;COUNT=4',
        'EXDATE;VALUE=DATE:20250318',
      ],
      ['RECURRENCE-ID;VALUE=DATE:20250319', 'DTSTART;VALUE=DATE:20250322', 'DTEND;VALUE=DATE:20250323'],
    );
    expect(starts(read(days))).toEqual(['03-16T23:00', '03-19T23:00', '03-21T23:00']);
    // Outlook: Windows' name of a zone in the exceptions too, one of them cancelled, over the spring night.
    const zone = 'TZID="W. Europe Standard Time"';
    const outlook = calendar(
      [
        `DTSTART;${zone}:20250328T090000`,
        `DTEND;${zone}:20250328T100000`,
        'RRULE:FREQ=DAILY;COUNT=4',
        `EXDATE;${zone}:20250329T090000`,
      ],
      [`RECURRENCE-ID;${zone}:20250330T090000`, `DTSTART;${zone}:20250330T140000`, `DTEND;${zone}:20250330T150000`],
      [`RECURRENCE-ID;${zone}:20250331T090000`, `DTSTART;${zone}:20250331T090000`, 'STATUS:CANCELLED'],
    );
    expect(starts(read(outlook))).toEqual(['03-28T08:00', '03-30T12:00']);
    // Apple: several exceptions in one line, its own properties around them, an exception in UTC.
    const apple = calendar([
      'DTSTART;TZID=Asia/Shanghai:20250317T180000',
      'DTEND;TZID=Asia/Shanghai:20250317T190000',
      'RRULE:FREQ=DAILY;UNTIL=20250321T155959Z',
      'EXDATE;TZID=Asia/Shanghai:20250318T180000,20250319T180000',
      'EXDATE:20250320T100000Z',
      'X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC',
      'X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-APPLE-RADIUS=70.5;X-TITLE="A;B":geo:31.2,121.4',
    ]);
    expect(starts(read(apple))).toEqual(['03-17T10:00', '03-21T10:00']);
  });
  test("every name of Windows is a zone of this machine's", () => {
    expect(
      Object.keys(WINDOWS_ZONES).filter((name) => !namedZone(name) || !isKnown(WINDOWS_ZONES[name] ?? '')),
    ).toEqual([]);
  });
});

const isKnown = (timeZone: string) => {
  new Intl.DateTimeFormat('en', { timeZone });
  return true;
};

describe('recurrence', () => {
  const daily = ['DTSTART;TZID=Europe/Berlin:20250328T023000', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;COUNT=4'];
  test('a time that clocks skip is an hour later that day; one that comes twice is the first', () => {
    expect(starts(read(calendar(daily)))).toEqual(['03-28T01:30', '03-29T01:30', '03-30T01:30', '03-31T00:30']);
    const autumn = calendar(['DTSTART;TZID=Europe/Berlin:20251026T023000', 'DURATION:PT1H']);
    const october = { from: Date.UTC(2025, 9, 1), to: Date.UTC(2025, 10, 1) };
    expect(starts(read(autumn, { period: october }))).toEqual(['10-26T00:30']);
  });
  test('UNTIL in UTC is an instant; a day in EXDATE is the occurrence of that day', () => {
    const rule = (until: string, more: string[] = []) =>
      calendar([
        'DTSTART;TZID=Europe/Berlin:20250328T090000',
        'DURATION:PT1H',
        `RRULE:FREQ=DAILY;UNTIL=${until}`,
        ...more,
      ]);
    expect(starts(read(rule('20250331T070000Z')))).toHaveLength(4);
    expect(starts(read(rule('20250331T065959Z')))).toHaveLength(3);
    expect(starts(read(rule('20250331T070000Z', ['EXDATE;VALUE=DATE:20250329'])))).toEqual([
      '03-28T08:00',
      '03-30T07:00',
      '03-31T07:00',
    ]);
  });
  test('DTSTART is an occurrence also where the rule does not name it; a cancelled change takes one out', () => {
    const main = ['DTSTART:20250401T090000Z', 'DTEND:20250401T100000Z', 'RRULE:FREQ=WEEKLY;BYDAY=WE;COUNT=3'];
    const gone = [
      'RECURRENCE-ID:20250409T090000Z',
      'DTSTART:20250409T090000Z',
      'DTEND:20250409T100000Z',
      'STATUS:CANCELLED',
    ];
    expect(starts(read(calendar(main, gone)))).toEqual(['04-01T09:00', '04-02T09:00', '04-16T09:00']);
  });
  test('a change moved out of the period counts as moved; one moved in counts', () => {
    const main = ['DTSTART:20250310T090000Z', 'DTEND:20250310T100000Z', 'RRULE:FREQ=WEEKLY;COUNT=2'];
    const into = ['RECURRENCE-ID:20250310T090000Z', 'DTSTART:20250320T090000Z', 'DTEND:20250320T100000Z'];
    expect(starts(read(calendar(main, into)))).toEqual(['03-17T09:00', '03-20T09:00']);
  });
  test('what began before the period and reaches into it is there', () => {
    const week = calendar(['DTSTART;VALUE=DATE:20250301', 'DTEND;VALUE=DATE:20250320']);
    expect(read(week).busy).toMatchObject([{ from: period.from, to: Date.UTC(2025, 2, 19, 23) }]);
  });
  test('free and busy times are read as well', () => {
    const text =
      'BEGIN:VCALENDAR\nBEGIN:VFREEBUSY\nFREEBUSY;FBTYPE=BUSY:20250401T090000Z/PT1H,20250401T110000Z/20250401T120000Z\nFREEBUSY;FBTYPE=FREE:20250402T090000Z/PT1H\nEND:VFREEBUSY\nEND:VCALENDAR';
    expect(starts(read(text))).toEqual(['04-01T09:00', '04-01T11:00']);
  });
});

describe('hostile input', () => {
  const good = ['DTSTART:20250401T090000Z', 'DURATION:PT1H'];
  const limits = { milliseconds: 60, occurrences: 500 };
  const event = (uid: string, rule: string) =>
    calendar(good).replace(
      'BEGIN:VEVENT',
      `BEGIN:VEVENT\r\nUID:${uid}\r\nDTSTART:20000101T000000Z\r\nDURATION:PT1M\r\nRRULE:${rule}\r\nEND:VEVENT\r\nBEGIN:VEVENT`,
    );
  test.each([
    ['a million occurrences', 'FREQ=HOURLY;COUNT=1000000', /more than 500 times|too long/],
    ['every second', 'FREQ=SECONDLY', /within the hour/],
    ['a day that never comes', 'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30', /too long/],
    ['a negative interval', 'FREQ=DAILY;INTERVAL=-1', /from 1/],
    ['no interval', 'FREQ=DAILY;INTERVAL=0', /from 1/],
    ['nonsense', 'FREQ=NEVER', /cannot be read|no FREQ/],
  ])('%s sets its event aside and keeps the rest', (_, rule, reason) => {
    const copy = read(event('evil', rule), { limits });
    expect(starts(copy)).toEqual(['04-01T09:00']);
    expect(copy.aside).toMatchObject([{ uid: 'evil', reason: expect.stringMatching(reason) }]);
  });
  test('after a few rules that never end no more are tried', () => {
    const many = Array.from(
      { length: 40 },
      (_, n) =>
        `BEGIN:VEVENT\nUID:e${n}\nDTSTART:20000101T000000Z\nDURATION:PT1M\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30\nEND:VEVENT`,
    );
    const copy = read(`BEGIN:VCALENDAR\n${many.join('\n')}\nEND:VCALENDAR`, { limits });
    expect(reasons(copy).filter((reason) => reason.includes('too long: no more'))).toHaveLength(37);
  });
  test.each([
    ['no calendar', 'hello'],
    ['a page that asks to sign in', '<!DOCTYPE html><html><title>Sign in</title></html>'],
    ['bytes', 'BEGIN:VCALENDAR\n\u0000\u0001\u0002'],
    ['nothing', ''],
    ['components without end', `BEGIN:VCALENDAR\n${'BEGIN:X\n'.repeat(1_000)}`],
    ['too much', `BEGIN:VCALENDAR\n${'A'.repeat(5_000_001)}`],
  ])('%s is refused', (_, text) => {
    expect(() => read(text)).toThrow(CalendarError);
  });
  test('a line that is folded without end is cut; what follows is read', () => {
    const text = calendar(['SUMMARY:x', ...Array.from({ length: 60_000 }, () => ` ${'y'.repeat(60)}`), ...good]);
    const [one] = read(text).busy;
    expect(one?.title).toHaveLength(200);
    expect(one?.from).toBe(Date.UTC(2025, 3, 1, 9));
  });
  test('what ends before it begins, or is years long, is set aside', () => {
    const copy = read(
      calendar(
        ['DTSTART:20250401T090000Z', 'DTEND:20250401T080000Z'],
        ['UID:b', 'DTSTART:20250401T090000Z', 'DURATION:P9999W'],
      ),
    );
    expect(copy.busy).toEqual([]);
    expect(copy.aside).not.toEqual([]);
  });
  test('more than fits is cut, and says so', () => {
    const rule = `RRULE:FREQ=HOURLY;COUNT=1000`;
    const events = Array.from(
      { length: 7 },
      (_, n) => `BEGIN:VEVENT\nUID:e${n}\nDTSTART:2025031${n + 1}T0${n}0000Z\nDURATION:PT1M\n${rule}\nEND:VEVENT`,
    );
    const copy = read(`BEGIN:VCALENDAR\n${events.join('\n')}\nEND:VCALENDAR`, {
      period: { from: period.from, to: period.to + 30 * DAY },
    });
    expect(copy.busy).toHaveLength(5_000);
    expect(reasons(copy)[0]).toMatch(/more than 5000 busy times/);
  });
});
