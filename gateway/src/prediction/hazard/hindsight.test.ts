import { expect, it } from 'vitest';
import { sigmoid } from './boost.ts';
import { believed, binOf, learn, settleShift, startHindsight } from './hindsight.ts';
import { seeded } from './rng.ts';

/** Tells log-odds between −4 and 4 of cases that fail with log-odds `off` more. */
function after(cases: number, off: number, spread: number) {
  const draw = seeded(3);
  const hindsight = startHindsight();
  for (let i = 0; i < cases; i += 1) {
    const odds = 8 * draw() - 4;
    learn(hindsight, binOf(sigmoid(odds)), draw() < sigmoid(odds + off));
  }
  settleShift(hindsight, spread);
  return hindsight;
}

it('what is told too surely is believed less, and what is told too modestly more', () => {
  expect(after(2000, -2, 1.5).shift).toBeCloseTo(-2, 0);
  expect(after(2000, 1, 1.5).shift).toBeCloseTo(1, 0);
  expect(believed(after(2000, -2, 1.5), 0.8)).toBeCloseTo(sigmoid(Math.log(4) - 2), 1);
});

it('a few cases change little of what a model trained on says, and more of one never seen', () => {
  const known = after(10, -2, 0.3).shift;
  const unknown = after(10, -2, 1.5).shift;
  expect(known).toBeLessThan(0);
  expect(known).toBeGreaterThan(-0.5);
  expect(unknown).toBeLessThan(known);
  expect(after(0, -2, 1.5).shift).toBe(0);
  expect(believed(undefined, 0.4)).toBe(0.4);
});

it('stays finite when everything told came true or nothing did', () => {
  const hindsight = startHindsight();
  for (let i = 0; i < 500; i += 1) learn(hindsight, binOf(0.999_999), true);
  settleShift(hindsight, 1.5);
  expect(Number.isFinite(hindsight.shift)).toBe(true);
  for (let i = 0; i < 5000; i += 1) learn(hindsight, binOf(0), false);
  settleShift(hindsight, 1.5);
  expect(Number.isFinite(hindsight.shift)).toBe(true);
});
