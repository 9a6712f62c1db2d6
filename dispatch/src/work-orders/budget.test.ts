import fc from 'fast-check';
import { expect, test } from 'vitest';
import { available, type Budget, cap, charge, fullBudget, MONTH_MS, monthly } from './budget.ts';

const RATE = 0.05;

test('220 devices start with eleven expected false orders, and earn them back in a month', () => {
  expect(available(fullBudget, 0, RATE, 220)).toBeCloseTo(11);
  let budget: Budget = fullBudget;
  for (let i = 0; i < 22; i++) budget = charge(budget, 0, RATE, 220, 0.5);
  expect(available(budget, 0, RATE, 220)).toBeCloseTo(0);
  expect(available(budget, MONTH_MS / 2, RATE, 220)).toBeCloseTo(5.5);
  expect(available(budget, 3 * MONTH_MS, RATE, 220)).toBeCloseTo(11); // never more than a month
});

test('a small fleet may still open one doubtful order', () => {
  expect(available(fullBudget, 0, RATE, 1)).toBe(1);
});

test('whatever is asked for, expected false orders stay within cap + rate × time', () =>
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 500 }),
      fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: MONTH_MS / 10 })), {
        maxLength: 200,
      }),
      (devices, asked) => {
        let budget: Budget = fullBudget;
        let now = 0;
        let spent = 0;
        for (const [probability, wait] of asked) {
          now += wait;
          if (1 - probability > available(budget, now, RATE, devices)) continue;
          budget = charge(budget, now, RATE, devices, probability);
          spent += 1 - probability;
        }
        expect(spent).toBeLessThanOrEqual(cap(RATE, devices) + (monthly(RATE, devices) * now) / MONTH_MS + 1e-6);
      },
    ),
  ));
