import { expect, test } from 'vitest';
import { quantile, scoreOrders } from './score.ts';

const base = { leadHours: 24, horizonHours: 720, replacements: [] };
const at = (device: string, hours: number) => ({ device, component: 'disk', at: hours });

/**
 * Three disks watched for 1,461 h each (= 2 months each, 6 device-months).
 * A fails at 1,000 after an order at 800: foreseen, lead 200 h. B fails at 1,000 after an order at 990: late.
 * C never fails, order at 100: false. C's second order at 200 falls into the first one's horizon: the same order.
 */
test('foreseen, late, missed and false orders', () => {
  const score = scoreOrders({
    ...base,
    observed: ['a', 'b', 'c'].map((device) => ({ device, from: 0, to: 1461 })),
    orders: [at('a', 800), at('b', 990), at('c', 100), at('c', 200)],
    failures: [at('a', 1000), at('b', 1000)],
  });
  expect(score).toMatchObject({
    orders: 3,
    trueOrders: 2,
    falseOrders: 1,
    failures: 2,
    foreseen: 1,
    late: 1,
    missed: 0,
    deviceMonths: 6,
  });
  expect(score.falsePerDeviceMonth).toBeCloseTo(1 / 6);
  expect([score.recall, score.leadMedian]).toEqual([0.5, 200]);
});

test('a replacement between order and failure: the order was about the old part, the failure about the new one', () => {
  const score = scoreOrders({
    ...base,
    observed: [{ device: 'a', from: 0, to: 2000 }],
    orders: [at('a', 800)],
    replacements: [at('a', 900)],
    failures: [at('a', 1000)],
  });
  expect(score).toMatchObject({ trueOrders: 0, falseOrders: 1, foreseen: 0, missed: 1 });
});

test('a failure sooner after the first observation than the lead could be foreseen by nobody', () => {
  const score = scoreOrders({
    ...base,
    observed: [{ device: 'a', from: 0, to: 10 }],
    orders: [],
    failures: [at('a', 10)],
  });
  expect(score).toMatchObject({ failures: 0, recall: null });
});

test('quantile interpolates: median of 1, 2, 4, 10 is 3', () => {
  expect([quantile([1, 2, 4, 10], 0.5), quantile([], 0.5), quantile([5], 0.1)]).toEqual([3, null, 5]);
});
