import { expect, it } from 'vitest';
import type { Judged } from './shadow.ts';
import { isDue, lastChances, pressing } from './urgency.ts';

const NEVER = Number.POSITIVE_INFINITY;

/** Moments of devices, in order of time; without `fails` nothing comes of it. */
const judged = (moments: readonly { at: number; device: number; fails?: number; p: number }[]): Judged => ({
  at: Float64Array.from(moments, ({ at }) => at),
  device: Int32Array.from(moments, ({ device }) => device),
  failsIn: Float64Array.from(moments, ({ at, fails }) => (fails ?? NEVER) - at),
  seenFor: Float64Array.from(moments, ({ at, fails }) => (fails ?? 1000) - at),
  p: Float64Array.from(moments, ({ p }) => p),
});

it('the last chance of a failure is the last moment in time that is surer than all later ones', () => {
  const chances = lastChances(
    judged([
      { at: 0, device: 0, fails: 100, p: 0.9 },
      { at: 40, device: 0, fails: 100, p: 0.5 },
      { at: 60, device: 0, fails: 100, p: 0.7 },
      { at: 65, device: 1, p: 0.9 },
      { at: 76, device: 0, fails: 100, p: 0.7 },
      { at: 80, device: 0, fails: 100, p: 0.99 },
      { at: 110, device: 0, fails: 150, p: 0.3 },
    ]),
    24,
    72,
  );
  // The first is too early, the one at 80 too late, device 1 never fails; a second failure has chances of its own.
  expect([...chances].sort(([a], [b]) => a - b)).toEqual([
    [1, false],
    [2, false],
    [4, true],
    [6, true],
  ]);
});

it('what is urgent presses as it is, what can wait less, whatever its probability', () => {
  expect(pressing(0.3, 1)).toBeCloseTo(0.3, 12);
  expect(pressing(0.5, 0.25)).toBeCloseTo(0.2, 12);
  for (const p of [0.01, 0.5, 0.99]) expect(pressing(p, 0.1)).toBeLessThan(pressing(p, 0.2));
  expect(pressing(0.9, 0)).toBeGreaterThan(0);
});

it('by a fixed threshold it is due when likely enough and not to wait', () => {
  expect(isDue(0.5, 1, 0.5)).toBe(true);
  expect(isDue(0.49, 1, 0.5)).toBe(false);
  expect(isDue(0.5, 0.2, 0.5)).toBe(false);
  expect(isDue(0.6, 0.2, 0.5)).toBe(true);
});
