import { describe, expect, test } from 'vitest';
import { type Claim, calibrationFigures, calibrationOf } from './calibration.ts';
import { betaInterval, groupedQuantiles, poissonRate, proportion } from './intervals.ts';
import { DEFAULT_COSTS, deservesRetirement, netBenefit } from './retirement.ts';

const round = (value: unknown) =>
  JSON.parse(JSON.stringify(value, (_key, v) => (typeof v === 'number' ? Math.round(v * 1e4) / 1e4 : v)));

describe('intervals, against published values', () => {
  test('Wilson: 0 of 29 and 15 of 148 as in Newcombe 1998, table I', () => {
    expect(round(proportion(0, 29))).toEqual({ value: 0, low: 0, high: 0.117 });
    expect(round(proportion(15, 148))).toEqual({ value: 0.1014, low: 0.0624, high: 0.1605 });
    expect(proportion(3, 3)?.high).toBe(1);
    expect(proportion(0, 0)).toBeNull();
  });
  test('Garwood: 0, 1 and 10 events, as in tables of the Poisson mean', () => {
    expect(round(poissonRate(0, 1))).toEqual({ value: 0, low: 0, high: 3.6889 });
    expect(round(poissonRate(1, 1))).toEqual({ value: 1, low: 0.0253, high: 5.5716 });
    expect(round(poissonRate(10, 2))).toEqual({ value: 5, low: 2.3977, high: 9.1952 });
    expect(poissonRate(1, 0)).toBeNull();
  });
  test('Garwood holds for thousands of events: near the normal interval', () => {
    const found = poissonRate(10_000, 10_000);
    expect(found?.low).toBeCloseTo(0.9805, 3);
    expect(found?.high).toBeCloseTo(1.0198, 3);
  });
  test('Beta: the uniform, and Jeffreys of 1 in 10', () => {
    expect(round(betaInterval(1, 1))).toEqual({ low: 0.025, high: 0.975 });
    expect(round(betaInterval(1.5, 9.5))).toEqual({ low: 0.011, high: 0.3813 });
  });
  test('bootstrap over devices: the same each time, around the value, wider when the values of a device are alike', () => {
    const median = (groups: number[][]) => groupedQuantiles(groups, [0.5])[0];
    const devices = Array.from({ length: 30 }, (_, i) => [i, i, i]);
    const apart = devices.flat().map((value) => [value]);
    const [together, single] = [median(devices), median(apart)];
    expect(median(devices)).toEqual(together);
    expect(together?.value).toBe(14.5);
    expect((together?.high ?? 0) - (together?.low ?? 0)).toBeGreaterThan((single?.high ?? 0) - (single?.low ?? 0));
    expect(median([])).toBeNull();
    // Each quantile as if it were asked for alone.
    expect(groupedQuantiles(devices, [0.1, 0.5])[1]).toEqual(together);
    expect(median([[1], [3]])).toEqual({ value: 2, low: null, high: null });
  });
});

const claims = (ruleId: string, probability: number, failed: number, n: number): Claim[] =>
  Array.from({ length: n }, (_, i) => ({ ruleId, probability, failed: i < failed }));

describe('calibration', () => {
  test('of ten orders that said 80 %, six failed', () => {
    const { bins, eighty, brier, orders } = calibrationFigures([...claims('a', 0.8, 6, 10), ...claims('a', 1, 2, 2)]);
    expect(orders).toBe(12);
    expect(eighty).toMatchObject({ orders: 10, failed: 6, meanClaim: expect.closeTo(0.8) });
    expect(eighty?.observed.value).toBe(0.6);
    expect(bins.map(({ to }) => to)).toEqual([0.85, 1]);
    // 6 × 0.04 + 4 × 0.64 + 0, over 12
    expect(brier).toBeCloseTo(2.8 / 12);
    expect(calibrationFigures([])).toEqual({ orders: 0, brier: null, bins: [], eighty: null });
  });

  test('the map: a rule without a record is believed, one with a long record is read as it was', () => {
    const of = calibrationOf([...claims('liar', 0.8, 100, 1000), ...claims('few', 0.8, 0, 1)]);
    expect(of('unknown', 0.8)).toBe(0.8);
    expect(of('liar', 0.8)).toBeCloseTo((100 + 10 * 0.8) / 1010, 10);
    expect(of('few', 0.8)).toBeCloseTo(8 / 11, 10);
  });

  test('the map may be used on a curve: it never falls, and keeps 0', () => {
    const of = calibrationOf([...claims('a', 0.6, 9, 12), ...claims('b', 1, 1, 8)]);
    for (const rule of ['a', 'b']) {
      const curve = Array.from({ length: 101 }, (_, i) => of(rule, i / 100));
      expect(curve[0]).toBe(0);
      expect(curve.every((p, i) => p >= (curve[i - 1] ?? 0) && p <= 1)).toBe(true);
    }
    expect(of('b', 1)).toBeLessThan(0.7);
  });
});

const COSTS = DEFAULT_COSTS;

describe('retirement', () => {
  test("an operator's own cost of an hour goes before the contracts'", () => {
    const tally = { foreseen: 1, falseOrders: 1, avoided: 0, downtimeHour: 80_000 };
    expect(netBenefit(tally, { ...COSTS, downtimeHour: 150_000 }).breakEven).toBeCloseTo(1500 / (1500 + 9000));
  });
  const judged = (foreseen: number, falseOrders: number, avoided = 0) => {
    const tally = { foreseen, falseOrders, avoided, downtimeHour: 80_000 };
    const benefit = netBenefit(tally, COSTS);
    return { benefit, proposed: deservesRetirement(tally, benefit) };
  };
  test('breaks even where a false visit and a foreseen failure cancel: 1,500 against 6 × 800 yuan', () => {
    expect(judged(1, 1).benefit.breakEven).toBeCloseTo(1500 / (1500 + 4800));
  });
  test('a rule that is never right is proposed, but not for its first false orders', () => {
    expect(judged(0, 3).proposed).toBe(false);
    expect(judged(0, 12).proposed).toBe(true);
    expect(judged(0, 12).benefit.high).toBeLessThan(0);
  });
  test('one right in three pays; one right in twenty does not', () => {
    expect(judged(10, 20)).toMatchObject({ proposed: false });
    expect(judged(10, 20).benefit.expected).toBeGreaterThan(0);
    expect(judged(2, 38)).toMatchObject({ proposed: true });
  });
  test('avoided orders neither save a rule nor condemn it: the probability is that of the decided ones', () => {
    expect(judged(0, 12, 50).benefit.probabilityOfLoss).toBe(judged(0, 12).benefit.probabilityOfLoss);
    expect(judged(0, 0, 50).proposed).toBe(false);
  });
  test('where a false visit costs nothing, nothing is ever retired for it', () => {
    const benefit = netBenefit(
      { foreseen: 0, falseOrders: 50, avoided: 0, downtimeHour: 80_000 },
      { ...COSTS, visit: 0 },
    );
    expect(deservesRetirement({ foreseen: 0, falseOrders: 50 }, benefit)).toBe(false);
  });
});
