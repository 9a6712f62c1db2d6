import fc from 'fast-check';
import { expect, test } from 'vitest';
import { estimatedTravel, tripSeconds } from './travel.ts';

test('8 km in the city take 17 minutes, 75 km an hour', () => {
  expect(Math.round(tripSeconds(8_000) / 60)).toBe(17); // 8 / 28 h
  expect(tripSeconds(75_000) / 60).toBe(60);
  expect(estimatedTravel.between({ lat: 29.5, lon: 106.5 }, { lat: 29.5, lon: 106.5 })).toEqual({
    seconds: 0,
    metres: 0,
  });
});

test('further never takes less time', () =>
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 400_000 }), fc.integer({ min: 0, max: 5_000 }), (metres, more) => {
      expect(tripSeconds(metres + more)).toBeGreaterThanOrEqual(tripSeconds(metres));
    }),
  ));
