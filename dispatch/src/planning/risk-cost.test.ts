import { HOUR, type WorkOrder } from '@uptower/domain';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aSmallWorld, MONDAY_9 } from '../testing/world.ts';
import { probabilityBy, waitingCost } from './risk-cost.ts';

const [contract] = aSmallWorld().contracts;
if (!contract) throw new Error('the world has a contract');
const order = (curve: WorkOrder['curve'], priority: WorkOrder['priority'] = 'P1') =>
  ({ curve, priority, probability: curve.length > 0 ? 1 : null, reports: [] as WorkOrder['reports'] }) as WorkOrder;
const second = MONDAY_9 / 1_000;

describe('what waiting costs', () => {
  test('a device that is down costs its hour: 3,600 yuan an hour is 100 fen a second; half for a limited one', () => {
    expect(waitingCost(order([]), contract, MONDAY_9)).toEqual([{ from: second, perSecond: 100 }]);
    expect(waitingCost(order([], 'P2'), contract, MONDAY_9)).toEqual([{ from: second, perSecond: 50 }]);
    expect(waitingCost(order([], 'P3'), contract, MONDAY_9)).toEqual([{ from: second, perSecond: 2 }]);
  });
  test('a hospital that says it is down is believed, whatever the risk was', () => {
    const foreseen = order([{ at: MONDAY_9 + HOUR, p: 0.2 }]);
    const down = { at: MONDAY_9, by: 'acc_1', text: 'dead', impact: 'down' as const };
    expect(waitingCost({ ...foreseen, reports: [down] }, contract, MONDAY_9)).toEqual([
      { from: second, perSecond: 100 },
    ]);
  });
  test('a growing risk costs more the longer it waits, and stays after its last point', () => {
    const curve = [
      { at: MONDAY_9 - 10 * HOUR, p: 0 },
      { at: MONDAY_9 + 10 * HOUR, p: 0.8 },
      { at: MONDAY_9 + 20 * HOUR, p: 1 },
    ];
    // now P = 0.4: (0.4 + 0.8) / 2, then (0.8 + 1) / 2, then 1
    expect(waitingCost(order(curve), contract, MONDAY_9)).toEqual([
      { from: second, perSecond: 60 },
      { from: second + 36_000, perSecond: 90 },
      { from: second + 72_000, perSecond: 100 },
    ]);
  });
  test('an hour in which nobody would use it costs nothing, one of half use half', () => {
    const use = [
      { from: Number.NEGATIVE_INFINITY, share: 1 },
      { from: MONDAY_9 + 2 * HOUR, share: 0.5 },
      { from: MONDAY_9 + 10 * HOUR, share: 0 },
    ];
    const hour = (n: number, perSecond: number) => ({ from: second + n * 3_600, perSecond });
    expect(waitingCost(order([]), contract, MONDAY_9, use)).toEqual([hour(0, 100), hour(2, 50), hour(10, 0)]);
    const curve = [
      { at: MONDAY_9, p: 0 },
      { at: MONDAY_9 + 4 * HOUR, p: 0.4 },
    ];
    // (0 + 0.4) / 2, half of it, half of 0.4, nothing
    expect(waitingCost(order(curve), contract, MONDAY_9, use)).toEqual([
      hour(0, 20),
      hour(2, 10),
      hour(4, 20),
      hour(10, 0),
    ]);
  });
  test('segments are what the solver takes: later and later, never falling when the risk never falls', () =>
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.integer({ min: -100_000, max: 900_000_000 }), fc.double({ min: 0, max: 1, noNaN: true })),
          { maxLength: 20 },
        ),
        (list) => {
          const ats = list.map(([at]) => MONDAY_9 + at).sort((a, b) => a - b);
          const ps = list.map(([, p]) => p).sort((a, b) => a - b);
          const curve = ats.map((at, i) => ({ at, p: ps[i] ?? 0 }));
          const segments = waitingCost(order(curve), contract, MONDAY_9);
          expect(segments.length).toBeGreaterThan(0);
          segments.forEach(({ from, perSecond }, i) => {
            expect(Number.isInteger(from) && Number.isInteger(perSecond)).toBe(true);
            expect(from).toBeGreaterThan(segments[i - 1]?.from ?? 0);
            expect(perSecond).toBeGreaterThanOrEqual(segments[i - 1]?.perSecond ?? 0);
          });
        },
      ),
    ));
});

test('between two points the probability goes straight; outside it stays', () => {
  const curve = [
    { at: 100, p: 0.2 },
    { at: 200, p: 0.6 },
  ];
  expect([0, 100, 150, 200, 900].map((at) => probabilityBy({ curve }, at))).toEqual([0.2, 0.2, 0.4, 0.6, 0.6]);
  expect(probabilityBy({ curve: [] }, 1)).toBe(0);
});
