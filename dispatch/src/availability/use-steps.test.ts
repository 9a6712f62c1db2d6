import { ClinicalUse, DAY, HOUR } from '@uptower/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MONDAY_9 } from '../testing/world.ts';
import { FULL_USE, type UseStep, useSteps } from './use-steps.ts';

const office = ClinicalUse.parse({
  hours: [
    { weekdays: [1, 2, 3, 4, 5], fromMinute: 8 * 60, toMinute: 18 * 60, share: 1 },
    { weekdays: [6], fromMinute: 8 * 60, toMinute: 12 * 60, share: 0.5 },
    { weekdays: [5], fromMinute: 22 * 60, toMinute: 2 * 60, share: 0.3 },
  ],
  otherwise: 0.1,
});
const hours = (steps: readonly UseStep[]) =>
  steps.slice(1).map(({ from, share }) => [(from - MONDAY_9) / HOUR + 9, share]);

test('a week has its hours; a stretch over midnight belongs to the day it begins on', () => {
  const steps = useSteps(office, 'Asia/Shanghai', MONDAY_9, MONDAY_9 + 7 * DAY);
  expect(steps[0]?.share).toBe(1); // Monday at nine
  const day = (n: number) => n * 24;
  expect(hours(steps)).toEqual([
    [18, 0.1],
    ...[1, 2, 3, 4].flatMap((n) => [
      [day(n) + 8, 1],
      [day(n) + 18, 0.1],
    ]),
    [day(4) + 22, 0.3],
    [day(5) + 2, 0.1],
    [day(5) + 8, 0.5],
    [day(5) + 12, 0.1],
    [day(7) + 8, 1],
  ]);
});

test('nothing said is full use; of overlapping hours the greatest share counts', () => {
  expect(useSteps(undefined, 'Asia/Shanghai', 0, DAY)).toBe(FULL_USE);
  const all = { weekdays: [1, 2, 3, 4, 5, 6, 7], fromMinute: 0, toMinute: 1440 };
  const use = {
    hours: [
      { ...all, share: 0.2 },
      { ...all, share: 0.7 },
    ],
    otherwise: 0,
  };
  expect(useSteps(use, 'Asia/Shanghai', MONDAY_9, MONDAY_9 + 3 * DAY).map(({ share }) => share)).toEqual([0.7]);
});

test('in Berlin the hours keep to the clock on the wall on both nights on which it changes', () => {
  const night = ClinicalUse.parse({
    hours: [{ weekdays: [7], fromMinute: 60, toMinute: 240, share: 1 }],
    otherwise: 0,
  });
  const lengthOn = (midnight: number) => {
    const [, from, to] = useSteps(night, 'Europe/Berlin', midnight, midnight + DAY);
    return ((to?.from ?? 0) - (from?.from ?? 0)) / HOUR;
  };
  expect(lengthOn(Date.UTC(2025, 2, 29, 23))).toBe(2); // 01:00 to 04:00, of which 02 to 03 is left out
  expect(lengthOn(Date.UTC(2025, 9, 25, 22))).toBe(4);
});

test('steps rise in time and each changes something', () =>
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          weekdays: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
          fromMinute: fc.nat(1440),
          toMinute: fc.nat(1440),
          share: fc.double({ min: 0, max: 1, noNaN: true }),
        }),
        { maxLength: 6 },
      ),
      (list) => {
        const steps = useSteps({ hours: list, otherwise: 0.5 }, 'Asia/Shanghai', MONDAY_9, MONDAY_9 + 4 * DAY);
        for (const [i, step] of steps.entries()) {
          if (i === 0) continue;
          expect(step.from).toBeGreaterThan(steps[i - 1]?.from ?? 0);
          expect(step.share).not.toBe(steps[i - 1]?.share);
        }
      },
    ),
  ));
