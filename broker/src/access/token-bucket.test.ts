import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TokenBucket } from './token-bucket.ts';

const rate = { perSecond: 10, burst: 20 };

test('a burst is free, then the rate holds', () => {
  const bucket = new TokenBucket(rate, 0);
  expect(bucket.take(20, 0)).toBe(0);
  expect(bucket.take(5, 0)).toBe(500);
  expect(bucket.take(0, 500)).toBe(0);
  expect(bucket.take(20, 2_500)).toBe(0);
});

test('whoever waits as told never gets more than the burst and the rate', () =>
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 50 }), (takes) => {
      const bucket = new TokenBucket(rate, 0);
      let now = 0;
      let taken = 0;
      for (const count of takes) {
        now += bucket.take(count, now);
        taken += count;
        // What was taken before the wait is paid for after it.
        expect(taken).toBeLessThanOrEqual(rate.burst + (now / 1000) * rate.perSecond + 1e-6);
      }
    }),
  ));

test('the debt has an end', () => {
  const bucket = new TokenBucket(rate, 0);
  expect(bucket.take(1_000_000, 0)).toBe(2_000);
});

test('tries are refused when there is nothing', () => {
  const bucket = new TokenBucket({ perSecond: 1, burst: 2 }, 0);
  expect([bucket.tryTake(0), bucket.tryTake(0), bucket.tryTake(0), bucket.tryTake(1_000)]).toEqual([
    true,
    true,
    false,
    true,
  ]);
  expect(bucket.isFull(2_000)).toBe(false);
  expect(bucket.isFull(3_000)).toBe(true);
});
