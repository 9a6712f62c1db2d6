import { HOUR, MINUTE } from '@uptower/domain';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bandOf, factorTo, learnedView, learnTrip, noSpeeds, regionOf, type Speeds } from './speeds.ts';

const CITY = { lat: 29.56, lon: 106.55 };
const HILLS = { lat: 30.9, lon: 108.4 };
const ZONE = 'Asia/Shanghai';
/** Monday 3 March 2025, midnight in Chongqing. */
const MONDAY = Date.UTC(2025, 2, 2, 16);

const trip = (speeds: Speeds, to: typeof CITY, hour: number, ratio: number, estimatedSeconds = 1_800) => {
  const departedAt = MONDAY + hour * HOUR;
  const arrivedAt = departedAt + estimatedSeconds * ratio * 1_000;
  return learnTrip(speeds, { to, timeZone: ZONE, departedAt, arrivedAt, estimatedSeconds });
};

describe('what trips teach about roads', () => {
  test('nothing was driven: as estimated', () => {
    expect(factorTo(noSpeeds(), CITY)).toBe(1);
    expect(factorTo(noSpeeds(), CITY, 'evening-peak')).toBe(1);
  });
  test('five trips of one and a half times: half of the way there in the logarithm, all and region', () => {
    const speeds = noSpeeds();
    for (let k = 0; k < 5; k++) trip(speeds, CITY, 11, 1.5);
    // all: 5 of 10 → ½ log 1.5; the region: (5 log 1.5 + 5 · ½ log 1.5) / 10 = ¾ log 1.5
    expect(Math.log(factorTo(speeds, CITY))).toBeCloseTo(0.75 * Math.log(1.5), 12);
    expect(Math.log(factorTo(speeds, HILLS))).toBeCloseTo(0.5 * Math.log(1.5), 12);
  });
  test('a thousand trips: regions and times of day are told apart', () => {
    const speeds = noSpeeds();
    for (let k = 0; k < 1_000; k++) {
      trip(speeds, CITY, 24 * (k % 5) + 8, 1.6);
      trip(speeds, CITY, 24 * (k % 5) + 12, 1.1);
      trip(speeds, HILLS, 24 * (k % 5) + 12, 0.9);
    }
    expect(factorTo(speeds, CITY, 'morning-peak')).toBeCloseTo(1.6, 1);
    expect(factorTo(speeds, CITY, 'day')).toBeCloseTo(1.1, 1);
    expect(factorTo(speeds, HILLS)).toBeCloseTo(0.9, 1);
    expect(factorTo(speeds, CITY)).toBeCloseTo(Math.sqrt(1.6 * 1.1), 1);
    const [first, second] = learnedView(speeds).regions;
    expect([first?.region, second?.region]).toEqual([regionOf(CITY), regionOf(HILLS)]);
    expect(first?.bands['morning-peak']?.trips).toBe(1_000);
  });
  test('short ways, a day on the road and a trip that ended before it began teach nothing', () => {
    const speeds = noSpeeds();
    expect(trip(speeds, CITY, 9, 2, 100)).toBe(false);
    expect(trip(speeds, CITY, 9, 13)).toBe(false);
    expect(trip(speeds, CITY, 9, -1)).toBe(false);
    expect(speeds.all.trips).toBe(0);
    // one that was signed off an hour late counts as 2.7 times, not as 5
    expect(trip(speeds, CITY, 9, 5)).toBe(true);
    expect(speeds.all.sum).toBe(1);
  });
  test('never outside of what was seen and what was estimated', () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 160 }), fc.double({ min: 0.5, max: 2, noNaN: true }))),
        (list) => {
          const speeds = noSpeeds();
          for (const [hour, ratio] of list) trip(speeds, CITY, hour, ratio);
          const ratios = [1, ...list.map(([, ratio]) => ratio)];
          const factor = factorTo(speeds, CITY, 'day');
          expect(factor).toBeGreaterThanOrEqual(Math.min(...ratios) - 1e-9);
          expect(factor).toBeLessThanOrEqual(Math.max(...ratios) + 1e-9);
        },
      ),
    ));
});

test('the time of day is that of the place, weekends are one', () => {
  const at = (hour: number) => bandOf(ZONE, MONDAY + hour * HOUR);
  expect([0, 6, 7, 9, 10, 16, 17, 19, 20, 23].map(at)).toEqual([
    'night',
    'night',
    'morning-peak',
    'morning-peak',
    'day',
    'day',
    'evening-peak',
    'evening-peak',
    'evening',
    'evening',
  ]);
  expect(bandOf(ZONE, MONDAY + 6.5 * HOUR)).toBe('morning-peak');
  expect(bandOf(ZONE, MONDAY + 6.5 * HOUR - MINUTE)).toBe('night');
  expect(at(5 * 24 + 8)).toBe('weekend');
  // The night summer time ends in Berlin is an hour longer: it ends at half past six all the same.
  expect(bandOf('Europe/Berlin', Date.UTC(2025, 9, 27, 5, 29))).toBe('night');
  expect(bandOf('Europe/Berlin', Date.UTC(2025, 9, 27, 5, 30))).toBe('morning-peak');
});
