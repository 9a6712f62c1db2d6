import { DAY, HOUR } from '@uptower/domain';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays, localDay, startOfLocalDay, zonedInstant } from './zone.ts';

const iso = (instant: number) => new Date(instant).toISOString();
const berlin = (year: number, month: number, day: number, minute: number) =>
  iso(zonedInstant('Europe/Berlin', year, month, day, minute));

describe('a wall clock time as an instant', () => {
  test('where there is no summer time, and where the day is ahead of UTC', () => {
    expect(iso(zonedInstant('Asia/Shanghai', 2025, 3, 3, 9 * 60))).toBe('2025-03-03T01:00:00.000Z');
    expect(iso(zonedInstant('Pacific/Auckland', 2025, 1, 1, 0))).toBe('2024-12-31T11:00:00.000Z');
  });
  test('the night of 30 March 2025 in Berlin: 02:00 to 03:00 does not exist, and is an hour later', () => {
    expect(berlin(2025, 3, 30, 119)).toBe('2025-03-30T00:59:00.000Z');
    expect(berlin(2025, 3, 30, 120)).toBe('2025-03-30T01:00:00.000Z'); // clocks show 03:00
    expect(berlin(2025, 3, 30, 150)).toBe('2025-03-30T01:30:00.000Z'); // 02:30 → 03:30
    expect(berlin(2025, 3, 30, 180)).toBe('2025-03-30T01:00:00.000Z');
  });
  test('the night of 26 October 2025 in Berlin: 02:00 to 03:00 exists twice, and is the first', () => {
    expect(berlin(2025, 10, 26, 119)).toBe('2025-10-25T23:59:00.000Z');
    expect(berlin(2025, 10, 26, 120)).toBe('2025-10-26T00:00:00.000Z');
    expect(berlin(2025, 10, 26, 150)).toBe('2025-10-26T00:30:00.000Z');
    expect(berlin(2025, 10, 26, 180)).toBe('2025-10-26T02:00:00.000Z');
  });
  test('those two days last 23 and 25 hours', () => {
    const length = (month: number, day: number) =>
      zonedInstant('Europe/Berlin', 2025, month, day, 1440) - zonedInstant('Europe/Berlin', 2025, month, day, 0);
    expect([length(3, 30) / HOUR, length(10, 26) / HOUR, length(7, 1) / HOUR]).toEqual([23, 25, 24]);
  });
  test('minutes and days may overflow', () => {
    expect(berlin(2025, 12, 32, 0)).toBe(berlin(2026, 1, 1, 0));
    expect(berlin(2025, 1, 1, 1440)).toBe(berlin(2025, 1, 2, 0));
  });
});

const zones = fc.constantFrom(
  'Europe/Berlin',
  'Asia/Shanghai',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kolkata',
);
const instants = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2040, 0, 1) });

test('local midnight lies in the same local day, at most 25 hours back', () =>
  fc.assert(
    fc.property(zones, instants, (zone, instant) => {
      const midnight = startOfLocalDay(zone, instant);
      expect(midnight).toBeLessThanOrEqual(instant);
      expect(instant - midnight).toBeLessThan(25 * HOUR + 1);
      expect(localDay(zone, midnight)).toEqual(localDay(zone, instant));
    }),
    { numRuns: 300 },
  ));

test('days are counted as the calendar does', () =>
  fc.assert(
    fc.property(instants, fc.integer({ min: -800, max: 800 }), (instant, days) => {
      const date = new Date(instant + days * DAY);
      expect(addDays(localDay('UTC', instant), days)).toEqual({
        year: date.getUTCFullYear(),
        month: date.getUTCMonth() + 1,
        day: date.getUTCDate(),
        weekday: date.getUTCDay() || 7,
      });
    }),
    { numRuns: 300 },
  ));
