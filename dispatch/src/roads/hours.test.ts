import { HOUR } from '@uptower/domain';
import { describe, expect, test } from 'vitest';
import { speedSteps } from './hours.ts';
import { factorTo, learnTrip, noSpeeds } from './speeds.ts';

const CITY = { lat: 29.56, lon: 106.55 };
const HILLS = { lat: 30.9, lon: 108.4 };
const ZONE = 'Asia/Shanghai';
/** Friday 7 March 2025, midnight in Chongqing. */
const FRIDAY = Date.UTC(2025, 2, 6, 16);
const WEEKEND = { from: FRIDAY + 8 * HOUR, to: FRIDAY + 80 * HOUR };

/** Trips to the city on that Friday at these hours, each so many times as long as estimated. */
function taught(count: number, ...trips: readonly (readonly [hour: number, ratio: number])[]) {
  const speeds = noSpeeds();
  for (let k = 0; k < count; k++)
    for (const [hour, ratio] of trips) {
      const departedAt = FRIDAY + hour * HOUR;
      const arrivedAt = departedAt + 1_800_000 * ratio;
      learnTrip(speeds, { to: CITY, timeZone: ZONE, departedAt, arrivedAt, estimatedSeconds: 1_800 });
    }
  return speeds;
}

describe('speed by time of day', () => {
  test('slow in both peaks, as fast as on the usual day where nobody drove', () => {
    const speeds = taught(200, [8, 1.5], [12, 1], [17, 1.5]);
    const steps = speedSteps(speeds, CITY, ZONE, WEEKEND);
    const usual = factorTo(speeds, CITY);
    const peak = Math.round((100 * usual) / factorTo(speeds, CITY, 'morning-peak'));
    const day = Math.round((100 * usual) / factorTo(speeds, CITY, 'day'));
    expect([peak, day]).toEqual([88, 130]);
    const at = (hours: number) => FRIDAY + hours * HOUR;
    expect(steps).toEqual([
      { from: at(8), percent: peak }, // the period begins in the peak
      { from: at(9.5), percent: day },
      { from: at(16.5), percent: peak },
      { from: at(19.5), percent: 100 }, // and the weekend
      { from: at(72 + 6.5), percent: peak },
    ]);
  });

  test('a few trips, small differences and other regions change nothing', () => {
    expect(speedSteps(noSpeeds(), CITY, ZONE, WEEKEND)).toEqual([]);
    expect(speedSteps(taught(9, [8, 2], [12, 1]), CITY, ZONE, WEEKEND)).toEqual([]);
    expect(speedSteps(taught(10, [8, 2], [12, 1]), CITY, ZONE, WEEKEND)).not.toEqual([]);
    expect(speedSteps(taught(200, [8, 1.04], [12, 1]), CITY, ZONE, WEEKEND)).toEqual([]);
    expect(speedSteps(taught(200, [8, 2], [12, 1]), HILLS, ZONE, WEEKEND)).toEqual([]);
  });

  test('hours are those of the place: the peak begins when its clocks say so, also the day they change', () => {
    const speeds = taught(200, [8, 1.5], [12, 1]);
    // Sunday 30 March 2025, noon in Berlin, until Monday noon.
    const from = Date.UTC(2025, 2, 30, 10);
    const steps = speedSteps(speeds, CITY, 'Europe/Berlin', { from, to: from + 24 * HOUR });
    expect(steps.map((step) => new Date(step.from).toISOString())).toEqual([
      '2025-03-30T10:00:00.000Z',
      '2025-03-31T04:30:00.000Z',
      '2025-03-31T07:30:00.000Z',
    ]);
  });
});
