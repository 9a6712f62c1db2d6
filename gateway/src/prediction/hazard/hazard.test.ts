import { describe, expect, it } from 'vitest';
import { type BacktestOptions, backtestHazard } from './backtest.ts';
import { sigmoid } from './boost.ts';
import { startSpending, THRESHOLDS, thresholdFor } from './budget.ts';
import { calibrate, calibrated } from './calibrate.ts';
import { collect } from './collect.ts';
import { featureNames, type Inputs, startComponent, takeCode, takeValue, writeFeatures } from './features.ts';
import { fitJob } from './fit-job.ts';
import { type HazardModel, HazardModelFile } from './model.ts';
import { intervalEnds, whenRows, whetherRows } from './periods.ts';
import { seeded } from './rng.ts';
import { shadowOrders } from './shadow.ts';
import type { HazardInput } from './stream.ts';
import { streamOptions, train } from './train.ts';
import type { Past } from './walk.ts';

const kindOf = (metric: string) =>
  metric === 'errors' || metric === 'cycles' ? ('counter' as const) : ('gauge' as const);

/** Devices whose error counter jumps a few days before most failures; cycles and temperature say nothing. */
function fleet(seed: number, count: number, model = 'A'): Past {
  const draw = seeded(seed);
  const inputs: HazardInput[] = [];
  const devices = Array.from({ length: count }, (_, device) => {
    const fails = draw() < 0.3;
    const end = 2400 + Math.floor(draw() * 2400);
    let errors = 0;
    for (let at = 0; at < end; at += 24) {
      if (fails && at > end - 168) errors += draw() < 0.7 ? 3 : 0;
      else if (draw() < 0.001) errors += 1;
      inputs.push({ kind: 'values', device, at, values: { errors, cycles: at / 24, heat: 40 + draw() } });
    }
    if (fails) inputs.push({ kind: 'failed', device, at: end, component: 'pump' });
    return { name: `d${seed}-${device}`, model, from: 0, to: end };
  });
  inputs.sort((a, b) => a.at - b.at);
  return { inputs, devices, components: ['pump'] };
}

const backtest = (past: Past, model: HazardModel, options: BacktestOptions) =>
  backtestHazard(past, [model], () => model, options);

const learn = (past: Past) =>
  train([past], { leadHours: 24, horizonHours: 240, seed: 1, kindOf, rounds: 30, fit: async (job) => fitJob(job) });

describe('learned hazard', () => {
  it('foresees the failures of devices it never saw, within the budget, and says how sure it is', async () => {
    const model = await learn(fleet(1, 150));
    const past = fleet(2, 150);
    const orders = backtest(past, model, { falsePerDeviceMonth: 0.05, kindOf });
    const failedAt = new Map(past.inputs.flatMap((i) => (i.kind === 'failed' ? [[i.device, i.at] as const] : [])));
    const right = orders.filter(({ device, at }) => (failedAt.get(device) ?? Number.POSITIVE_INFINITY) - at <= 240);
    const months = past.devices.reduce((sum, { to }) => sum + to / 730.5, 0);
    expect(right.length / failedAt.size).toBeGreaterThan(0.85);
    expect((orders.length - right.length) / months).toBeLessThanOrEqual(0.06);
    const said = orders.reduce((sum, { probability }) => sum + probability, 0) / orders.length;
    expect(Math.abs(said - right.length / orders.length)).toBeLessThan(0.15);
    for (const { at, from, to } of orders) expect(at < from && from < to && to <= at + 240).toBe(true);
  });

  it('leaves out counters of use', async () => {
    const model = await learn(fleet(1, 60));
    expect(model.inputs.counters).toEqual(['errors']);
    expect(model.inputs.gauges).toEqual(['heat']);
  });

  it('stands in a file unchanged and gives the same orders', async () => {
    const model = await learn(fleet(1, 80));
    const read = HazardModelFile.parse(JSON.parse(JSON.stringify(model)));
    const past = fleet(3, 40);
    const options = { falsePerDeviceMonth: 0.05, kindOf };
    expect(backtest(past, read, options)).toEqual(backtest(past, model, options));
  });

  it('knows nothing of what comes later: orders before an hour are the same when the history ends there', async () => {
    const model = await learn(fleet(1, 80));
    const past = fleet(4, 60);
    const options = { falsePerDeviceMonth: 0.05, kindOf };
    const HOUR = 2600;
    const cut: Past = {
      ...past,
      inputs: past.inputs.filter(({ at }) => at < HOUR),
      devices: past.devices.map((device) => ({ ...device, to: Math.min(device.to, HOUR) })),
    };
    const whole = backtest(past, model, options).filter(({ at }) => at < HOUR);
    expect(whole.length).toBeGreaterThan(0);
    expect(backtest(cut, model, options)).toEqual(whole);
  });
});

describe('features', () => {
  const inputs: Inputs = {
    counters: ['errors'],
    gauges: ['heat'],
    codes: ['E1'],
    usual: { '': { heat: { level: 40, spread: 2 } } },
  };
  const featuresAt = (state: ReturnType<typeof startComponent>, at: number) => {
    const names = featureNames(inputs);
    const out = new Float32Array(names.length);
    writeFeatures(state, inputs, 'A', at, out);
    return Object.fromEntries(names.map((name, i) => [name, out[i] as number]));
  };

  it('a counter repeated adds nothing, growth fades', () => {
    const state = startComponent();
    takeValue(state, inputs, 'A', 'counter', 'errors', 5, 0);
    expect(takeValue(state, inputs, 'A', 'counter', 'errors', 8, 10)).toBe(true);
    expect(takeValue(state, inputs, 'A', 'counter', 'errors', 8, 11)).toBe(false);
    expect(featuresAt(state, 10)['errors:growth-24h']).toBeCloseTo(Math.log1p(3));
    expect(featuresAt(state, 34)['errors:growth-24h']).toBeCloseTo(Math.log1p(3 / Math.E));
    expect(featuresAt(state, 34)['errors:level']).toBeCloseTo(Math.log1p(8));
  });

  it('what was never seen is unknown, neither good nor bad', () => {
    expect(featuresAt(startComponent(), 0)['errors:level']).toBeNaN();
    expect(featuresAt(startComponent(), 0)['heat:now']).toBeNaN();
  });

  it('a gauge is judged in spreads, from the first reading on by the fleet’s', () => {
    const state = startComponent();
    takeValue(state, inputs, 'A', 'gauge', 'heat', 44, 0);
    expect(featuresAt(state, 0)['heat:now']).toBeCloseTo(2);
  });

  it('age since renewal is told in factors of two only', () => {
    const state = startComponent();
    state.renewedAt = 0;
    takeCode(state, inputs, 'E1', 300);
    expect(featuresAt(state, 300).renewed).toBe(featuresAt(state, 500).renewed);
    expect(featuresAt(state, 600).renewed).toBe(9);
  });
});

describe('survival rows, calibration, budget', () => {
  it('a moment followed long enough says whether, one that failed also when', () => {
    const NEVER = Number.POSITIVE_INFINITY;
    const moments = {
      rows: 4,
      failsIn: Float64Array.of(30, NEVER, NEVER, 10),
      seenFor: Float64Array.of(30, 100, 99, 10),
      weight: Float64Array.of(1, 1, 1, 1),
    };
    const whether = whetherRows(moments, 100);
    expect([...whether.base]).toEqual([0, 1, 3]);
    expect([...whether.y]).toEqual([1, 0, 1]);
    // A failure exactly at the end of an interval (the lead) belongs to the next one.
    const when = whenRows(moments, [10, 50, 100]);
    expect([...when.base]).toEqual([0, 0, 3, 3]);
    expect([...when.interval]).toEqual([0, 1, 0, 1]);
    expect([...when.y]).toEqual([0, 1, 0, 1]);
    expect(intervalEnds(24, 720).map(Math.round)).toEqual([24, 75, 232, 720]);
  });

  it('calibration takes back over-confidence', () => {
    const draw = seeded(5);
    const cases = Array.from({ length: 5000 }, () => {
      const truth = draw();
      return { raw: sigmoid(2 * Math.log(truth / (1 - truth))), failed: draw() < truth };
    });
    const fit = calibrate(cases);
    expect(calibrated(fit, sigmoid(2 * Math.log(0.8 / 0.2)))).toBeCloseTo(0.8, 1);
  });

  it('the threshold is the lowest the budget allows', () => {
    const spending = { deviceMonths: 100, wrong: THRESHOLDS.map((_, i) => THRESHOLDS.length - 1 - i) };
    const threshold = thresholdFor(spending, 0.1);
    expect(threshold).toBeCloseTo(THRESHOLDS[THRESHOLDS.length - 11] as number, 6);
    expect(thresholdFor({ ...startSpending(), deviceMonths: 100 }, 0.1)).toBe(THRESHOLDS[0]);
  });

  it('one order a problem', () => {
    const judged = {
      at: Float64Array.of(0, 10, 100, 130),
      device: Int32Array.of(0, 0, 0, 0),
      failsIn: Float64Array.of(120, 110, 20, Number.POSITIVE_INFINITY),
      seenFor: Float64Array.of(120, 110, 20, 500),
      p: Float64Array.of(0.9, 0.9, 0.9, 0.9),
    };
    expect(shadowOrders(judged, 0.5, 50)).toEqual([
      { row: 0, failed: false },
      { row: 2, failed: true },
      { row: 3, failed: false },
    ]);
  });

  it('collects what came of each moment', () => {
    const past = fleet(9, 5);
    const inputs: Inputs = { counters: ['errors'], gauges: ['heat'], codes: [], usual: {} };
    const { rows, failsIn, seenFor, at, device } = collect(past, 'pump', streamOptions(inputs, ['pump'], 240, kindOf));
    expect(rows).toBe(past.inputs.filter(({ kind }) => kind === 'values').length);
    for (let r = 0; r < rows; r += 1)
      expect((at[r] as number) + (seenFor[r] as number)).toBe(past.devices[device[r] as number]?.to);
    expect([...failsIn].some(Number.isFinite)).toBe(true);
  });
});
