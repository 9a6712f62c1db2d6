import { HOUR, MINUTE, type Site } from '@uptower/domain';
import { expect, test } from 'vitest';
import { slotTimes } from './slot-times.ts';

const siteIn = (timeZone: string, fromMinute = 0, toMinute = 1440) =>
  ({ timeZone, access: { fromMinute, toMinute } }) as Site;

test('on the nights clocks change slots have the times clocks show: none in the hour that is missing', () => {
  const spring = slotTimes(siteIn('Europe/Berlin'), Date.UTC(2025, 2, 29, 23), Date.UTC(2025, 2, 30, 22), 60);
  expect(spring).toHaveLength(23);
  expect(spring.every(({ from, to }) => to - from === HOUR)).toBe(true);
  const autumn = slotTimes(siteIn('Europe/Berlin'), Date.UTC(2025, 9, 25, 22), Date.UTC(2025, 9, 26, 23), 60);
  expect(autumn).toHaveLength(24);
  expect(autumn.reduce((sum, { from, to }) => sum + to - from, 0)).toBe(25 * HOUR);
  for (const slots of [spring, autumn])
    for (const [k, slot] of slots.entries()) if (k > 0) expect(slot.from).toBe(slots[k - 1]?.to);
});

test('the hours of access and the half days are those of the site, not of the server', () => {
  const from = Date.UTC(2025, 2, 3, 0);
  const day = (zone: string) => slotTimes(siteIn(zone, 8 * 60, 18 * 60), from, from + 24 * HOUR, 120);
  const kolkata = day('Asia/Kolkata'); // half an hour off
  expect(kolkata.every(({ from: begin }) => (begin / MINUTE) % 60 === 30)).toBe(true);
  expect(kolkata[0]?.from).toBe(Date.UTC(2025, 2, 3, 2, 30));
  for (const { from: begin, half } of day('Pacific/Auckland'))
    expect(half % 2).toBe((begin + 13 * HOUR) % (24 * HOUR) < 12 * HOUR ? 0 : 1);
});
