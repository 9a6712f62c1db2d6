import { DAY, HOUR, MINUTE, SECOND } from '@uptower/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MONDAY } from '../testing/fixtures.ts';
import { noSkew, onDeviceTime, skewOf } from './skew.ts';

/** One message a minute, the clock `behind` by so much, on a way of so many milliseconds each. */
function live(skew: ReturnType<typeof noSkew>, behind: number, ways: readonly number[], from = MONDAY) {
  ways.forEach((way, i) => {
    const measured = from + i * MINUTE;
    onDeviceTime(skew, measured - behind, measured + way);
  });
  return from + ways.length * MINUTE;
}

test('nothing is said of the clock before some live messages', () => {
  const skew = noSkew();
  live(skew, 0, [50, 60, 70]);
  expect(skewOf(skew)).toBeNull();
});

test('the skew is what the quickest way shows, ahead and behind', () => {
  for (const behind of [0, 3 * MINUTE, -10 * MINUTE]) {
    const skew = noSkew();
    live(skew, behind, [900, 40, 5000, 60, 45, 800]);
    expect(skewOf(skew)).toEqual({ ms: behind + 40, since: expect.any(Number) });
  }
});

test('a buffer of a week sent at once says nothing of the clock', () => {
  const skew = noSkew();
  const offline = live(skew, 0, [50, 50, 50, 50]);
  const back = offline + 7 * DAY;
  for (let i = 0; i < 10_000; i += 1) onDeviceTime(skew, offline + i * MINUTE, back + i * 2);
  live(skew, 0, [50, 50, 50, 50, 50], back + HOUR);
  expect(skewOf(skew)).toEqual({ ms: 50, since: MONDAY + 3 * MINUTE + 50 });
});

test('a clock that was set shows after a few messages, with the moment', () => {
  const skew = noSkew();
  const set = live(skew, 0, Array<number>(20).fill(50));
  live(skew, -HOUR, Array<number>(5).fill(50), set);
  expect(skewOf(skew)).toEqual({ ms: -HOUR + 50, since: set + MINUTE + 50 });
  const back = noSkew();
  const setBack = live(back, 0, Array<number>(20).fill(50));
  live(back, HOUR, Array<number>(20).fill(50), setBack);
  expect(skewOf(back)?.ms).toBe(HOUR + 50);
});

test('seconds in place of milliseconds are no clock', () => {
  const skew = noSkew();
  for (let i = 0; i < 20; i += 1) onDeviceTime(skew, Math.round(MONDAY / 1000) + i, MONDAY + i * SECOND);
  expect(skewOf(skew)).toBeNull();
});

test('whatever arrives in whatever order, the state stays small and the skew is one of the delays', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: -HOUR, max: DAY }), fc.integer({ min: 0, max: HOUR }))),
      (steps) => {
        const skew = noSkew();
        let [now, delays] = [MONDAY, [] as number[]];
        for (const [delay, pause] of steps) {
          now += pause;
          delays = [...delays, delay];
          onDeviceTime(skew, now - delay, now);
        }
        expect(skew.delays.length).toBeLessThanOrEqual(15);
        const seen = skewOf(skew);
        if (seen) expect(delays).toContain(seen.ms);
      },
    ),
  );
});
