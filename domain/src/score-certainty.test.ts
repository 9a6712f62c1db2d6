import { expect, test } from 'vitest';
import { gradeOrders, type ScoreInput, scoreOrders } from './score.ts';
import { reliabilityOf, scoreIntervals } from './score-certainty.ts';

const at = (device: string, hours: number, component = 'disk') => ({ device, component, at: hours });

/** Two hundred devices; every second one failed, and of these every second was foreseen. */
const input: ScoreInput = {
  leadHours: 24,
  horizonHours: 720,
  replacements: [],
  observed: Array.from({ length: 200 }, (_, i) => ({ device: `d ${i}`, from: 0, to: 1461 })),
  failures: Array.from({ length: 100 }, (_, i) => at(`d ${2 * i}`, 1000)),
  orders: Array.from({ length: 50 }, (_, i) => at(`d ${4 * i}`, 800)),
};

test('an interval holds the value and is about as wide as a binomial one', () => {
  let state = 1;
  const random = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  const { devices } = gradeOrders(input);
  const { recall, precision, falsePerDeviceMonth } = scoreIntervals(devices, random);
  const [low, high] = recall as [number, number];
  // 1.96 × √(0.5 × 0.5 / 100) = 0.098 either way.
  expect(low).toBeGreaterThan(0.36);
  expect(low).toBeLessThan(0.44);
  expect(high).toBeGreaterThan(0.56);
  expect(high).toBeLessThan(0.64);
  expect([precision, falsePerDeviceMonth]).toEqual([
    [1, 1],
    [0, 0],
  ]);
  expect(scoreIntervals([], random).recall).toBeNull();
});

test('calibration: what orders said against what came, by fifths', () => {
  const orders = [at('a', 10), at('b', 10), at('c', 10), at('c', 20), at('d', 10)];
  const { orders: graded } = gradeOrders({
    ...input,
    observed: ['a', 'b', 'c', 'd'].map((device) => ({ device, from: 0, to: 2000 })),
    failures: [at('a', 100), at('b', 100)],
    orders,
  });
  const said: Record<string, number> = { a: 0.9, b: 0.7, c: 0.1 };
  const { bins, error } = reliabilityOf(graded, ({ device }) => said[device]);
  expect(bins).toEqual([
    { orders: 1, said: 0.1, came: 0 },
    { orders: 1, said: 0.7, came: 1 },
    { orders: 1, said: 0.9, came: 1 },
  ]);
  expect(error).toBeCloseTo((0.1 + 0.3 + 0.1) / 3);
});

test('an order of unknown cause is asked whether anything failed; failures of the same moment are one', () => {
  const score = scoreOrders({
    ...input,
    observed: [{ device: 'a', from: 0, to: 2000 }],
    failures: [at('a', 900, 'disk'), at('a', 900, 'fan')],
    orders: [at('a', 800, '*')],
  });
  expect(score).toMatchObject({ orders: 1, trueOrders: 1, failures: 1, foreseen: 1 });
});

test('a false order whose part was replaced on time is moot, and false', () => {
  const score = scoreOrders({
    ...input,
    observed: [{ device: 'a', from: 0, to: 2000 }],
    failures: [],
    replacements: [at('a', 900)],
    orders: [at('a', 800)],
  });
  expect(score).toMatchObject({ falseOrders: 1, moot: 1 });
});
