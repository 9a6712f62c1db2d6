import { expect, test } from 'vitest';
import { ratePerSecond, totalOf } from './model.ts';

test('readings a second over the last ten; a restarted server starts a new count', () => {
  expect(ratePerSecond({ readings: 100 }, 0)).toBeNull();
  expect(ratePerSecond({ readings: 300 }, 4_000)).toBe(50); // (300 − 100) / 4 s
  expect(ratePerSecond({ readings: 5 }, 5_000)).toBeNull();
});

test('counts of all reasons together', () => expect(totalOf({ malformed: 2, 'wrong-type': 3 })).toBe(5));
