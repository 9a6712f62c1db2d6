import { expect, test } from 'vitest';
import { manualClock, scaledClock } from './clock.ts';

test('a scaled clock runs `speed` times as fast as the real one', () => {
  let real = 500;
  const clock = scaledClock({ start: 1_000_000, speed: 60, monotonicMs: () => real });
  expect(clock.now()).toBe(1_000_000);
  real += 1_000;
  expect(clock.now()).toBe(1_060_000);
});

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('speed %s is refused', (speed) => {
  expect(() => scaledClock({ start: 0, speed })).toThrow(/speed/);
});

test('a moved clock calls what falls due in order, repeating ones every time', () => {
  const clock = manualClock(0);
  const calls: string[] = [];
  clock.at(25, () => calls.push(`at ${clock.now()}`));
  const stop = clock.every(10, () => calls.push(`every ${clock.now()}`));
  const cancelled = clock.at(15, () => calls.push('never'));
  cancelled();
  clock.advance(30);
  stop();
  clock.advance(100);
  expect(calls).toEqual(['every 10', 'every 20', 'at 25', 'every 30']);
});
