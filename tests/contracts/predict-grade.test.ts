import { HOUR } from '@uptower/domain';
import { expect, test } from 'vitest';
import type { FleetFailure, FleetOrder, FleetRun } from '../bench/predict/fleet.ts';
import { garwood, grade, wilson } from '../bench/predict/grade.ts';

const order = (at: number, over: Partial<FleetOrder> = {}): FleetOrder => ({
  ...{ deviceId: 'dev_1', modelId: 'mdl_ct', component: 'tube', ruleId: 'r', at: at * HOUR, probability: 0.9 },
  horizonHours: 72,
  ...over,
});
const failure = (onset: number, failedAt: number, goneADayBefore = 0.5): FleetFailure => ({
  ...{ deviceId: 'dev_1', modelId: 'mdl_ct', component: 'tube', mode: 'wear', goneADayBefore },
  onset: onset * HOUR,
  failedAt: failedAt * HOUR,
});
const run = (orders: FleetOrder[], failures: FleetFailure[]): FleetRun => ({
  ...{ orders, failures, devices: 1, days: 30, start: 0, readings: 0 },
});

test('a day ahead is foreseen, less is late, another component is false', () => {
  const { byMode, falseOrders, graded } = grade(
    run([order(200), order(320), order(400, { component: 'pump' })], [failure(190, 230), failure(300, 330)]),
    0,
  );
  expect(byMode.get('ct wear')).toEqual({ all: 2, foreseen: 1, visible: 2, visibleForeseen: 1, noOrder: 0 });
  expect(falseOrders.map(({ component }) => component)).toEqual(['pump']);
  expect(graded).toMatchObject({ orders: 3, true: 2 });
});

test('a failure after the horizon makes the order false; one that may still come leaves it open', () => {
  expect(grade(run([order(100)], [failure(90, 180)]), 0).falseOrders).toHaveLength(1);
  expect(grade(run([order(30 * 24 - 10)], []), 0).graded.orders).toBe(0);
});

test('sudden failures and the time of learning are left out of what could be foreseen', () => {
  const { byMode } = grade(run([], [failure(20, 200), failure(300, 310, 0)]), 2);
  expect(byMode.get('ct wear')).toEqual({ all: 1, foreseen: 0, visible: 0, visibleForeseen: 0, noOrder: 1 });
});

test('intervals as in the books', () => {
  expect(wilson(9, 10).map((p) => p.toFixed(3))).toEqual(['0.596', '0.982']);
  expect(garwood(5).map((mean) => mean.toFixed(2))).toEqual(['1.62', '11.67']);
  expect(garwood(0)[1]).toBeCloseTo(3.689, 2);
});
