import type { CalendarRow } from '@uptower/domain';
import { expect, test } from 'vitest';
import { freeIn, hoursOf, spanIn, weekFrom, weekOf, zoneOfMost } from './model.ts';

const HOUR = 3_600_000;
const row = (working: { from: number; to: number }[]): CalendarRow =>
  ({ working, visits: [], free: working, holes: [] }) as never;

test('a week has its own days, also where clocks change', () => {
  const week = weekFrom('2026-03-23', 'Europe/Berlin');
  const lengths = week.days.map(({ from, to }) => (to - from) / HOUR);
  expect(lengths).toEqual([24, 24, 24, 24, 24, 24, 23]);
  expect(week.period.to - week.period.from).toBe(167 * HOUR);
});

test('an address that asks for no day means the present week', () => {
  const now = Date.UTC(2026, 2, 1, 17); // Monday 01:00 in Shanghai
  for (const asked of [null, 'next', '2026-13-45'])
    expect(weekOf(asked, now, 'Asia/Shanghai').monday).toBe('2026-03-02');
  expect(weekOf('2026-03-15', now, 'Asia/Shanghai').monday).toBe('2026-03-09');
});

test('hours grow to hold every shift, and bars lie where their time is', () => {
  const week = weekFrom('2026-03-02', 'Asia/Shanghai');
  const [monday, tuesday] = week.days as [Week, Week];
  type Week = (typeof week.days)[number];
  expect(hoursOf([], week)).toEqual({ from: 7, to: 19 });
  const night = { from: monday.from + 22 * HOUR, to: tuesday.from + 5.5 * HOUR };
  const hours = hoursOf([row([night])], week);
  expect(hours).toEqual({ from: 0, to: 24 });
  expect(spanIn(tuesday, hours, night)).toEqual({ left: 0, width: (5.5 / 24) * 100 });
  expect(spanIn(monday, { from: 7, to: 19 }, { from: monday.from, to: monday.from + 6 * HOUR })).toBeNull();
  expect(freeIn(row([night]), tuesday)).toBe(5.5 * HOUR);
});

test('times are shown in the zone of most', () => {
  expect(zoneOfMost(['Asia/Tokyo', 'Europe/Paris', 'Europe/Paris'], 'UTC')).toBe('Europe/Paris');
  expect(zoneOfMost([], 'UTC')).toBe('UTC');
});
