import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Failures } from './failures.ts';

test('a few wrong passwords are free, then each doubles the wait, up to a minute', () => {
  const failures = new Failures();
  const waits: number[] = [];
  let now = 0;
  for (let i = 0; i < 14; i += 1) {
    failures.tried('a', 'dev_one', now);
    const wait = failures.wait('a', 'dev_one', now);
    waits.push(wait / 1000);
    now += wait;
  }
  expect(waits).toEqual([0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60]);
});

test('one device with an old password does not hold up the others at its address', () => {
  const failures = new Failures();
  let now = 0;
  for (let i = 0; i < 1_000; i += 1) {
    now += Math.max(100, failures.wait('a', 'dev_one', now));
    failures.tried('a', 'dev_one', now);
  }
  expect(failures.wait('a', 'dev_one', now)).toBeGreaterThan(0);
  expect(failures.wait('a', 'dev_two', now)).toBe(0);
  expect(failures.wait('b', 'dev_one', now)).toBe(0);
});

test('an address that tries many names comes down to the rate', () =>
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), (names) => {
      const failures = new Failures();
      let looked = 0;
      for (let i = 0; i < names; i += 1) {
        if (failures.wait('a', `dev_${i}`, 0) > 0) continue;
        looked += 1;
        failures.tried('a', `dev_${i}`, 0);
      }
      expect(looked).toBe(Math.min(names, 100));
      expect(failures.wait('b', 'dev_1', 0)).toBe(0);
      expect(failures.wait('a', 'dev_new', 1_000)).toBe(0);
    }),
  ));

test('a right password clears the slate', () => {
  const failures = new Failures();
  for (let i = 0; i < 8; i += 1) failures.tried('a', 'dev_one', 0);
  failures.succeeded('a', 'dev_one', 0);
  expect(failures.wait('a', 'dev_one', 0)).toBe(0);
});
