import { expect, it } from 'vitest';
import { backtestHazard } from './backtest.ts';
import type { Booster } from './boost.ts';
import { featureNames, featureSources, type Inputs, quietFeatures } from './features.ts';
import { type FitJob, fitJob } from './fit-job.ts';
import { evaluate, optionsFor, reasonsFor } from './live.ts';
import type { HazardModel } from './model.ts';
import { seeded } from './rng.ts';
import { type DeviceState, type HazardInput, startDevice, take, takeSilence } from './stream.ts';
import { train } from './train.ts';
import type { Past } from './walk.ts';

const kindOf = (metric: string) => (metric === 'errors' ? ('counter' as const) : ('gauge' as const));

/** Fails a day after code E1 came while the voltage was high; each alone means nothing. */
function fleet(seed: number, count: number): Past {
  const draw = seeded(seed);
  const inputs: HazardInput[] = [];
  const devices = Array.from({ length: count }, (_, device) => {
    const end = 2400;
    for (let at = 0; at < end; at += 24) {
      const off = draw() < 0.1;
      const code = draw() < 0.15;
      inputs.push({
        kind: 'values',
        device,
        at,
        values: { volt: 230 + (off ? 30 : 0) + 8 * (draw() - 0.5), errors: 0 },
      });
      if (code) inputs.push({ kind: 'code', device, at: at + 6, code: 'E1' });
      if (off && code && at + 40 < end) inputs.push({ kind: 'failed', device, at: at + 36, component: 'supply' });
    }
    return { name: `d${seed}-${device}`, model: 'A', from: 0, to: end };
  });
  inputs.sort((a, b) => a.at - b.at);
  return { inputs, devices, components: ['supply'] };
}

const fitted = new Map<string, Booster>();
const learnWith = (fit: (job: FitJob) => Booster) =>
  train([fleet(1, 100)], {
    leadHours: 24,
    horizonHours: 72,
    seed: 1,
    kindOf,
    rounds: 120,
    fit: async (job) => {
      const booster = fitted.get(job.key) ?? fit(job);
      fitted.set(job.key, booster);
      return booster;
    },
  });
const learned = learnWith(fitJob);

it('learns what neither a code nor a reading says alone, and says why', async () => {
  const model = await learned;
  const options = optionsFor(model, kindOf);
  const judge = (volt: number, code: boolean) => {
    const state = startDevice(options);
    for (let at = 0; at < 960; at += 24)
      take(state, 'A', { kind: 'values', device: 0, at, values: { volt: 228 + (at % 5), errors: 0 } }, options);
    take(state, 'A', { kind: 'values', device: 0, at: 960, values: { volt, errors: 0 } }, options);
    if (code) take(state, 'A', { kind: 'code', device: 0, at: 966, code: 'E1' }, options);
    return state.components.supply?.state as Parameters<typeof evaluate>[2];
  };
  const p = (volt: number, code: boolean) => evaluate(model, 'supply', judge(volt, code), 'A', 966)?.probability;
  expect(p(260, true)).toBeGreaterThan(0.7);
  expect(p(230, true)).toBeLessThan(0.2);
  expect(p(260, false)).toBeLessThan(0.4);
  const why = reasonsFor(model, 'supply', judge(260, true), 'A', 966);
  expect(why.map(({ what }) => what).sort()).toEqual(['E1', 'volt']);
  expect(why.map(({ words }) => words).join()).toMatch(/E1 came 0 h ago/);
  expect(why.map(({ words }) => words).join()).toMatch(/volt \d+\.\d spreads above its usual level/);
}, 60_000);

it('the curve rises to the probability, most of it after the lead', async () => {
  const model = await learned;
  const options = optionsFor(model, kindOf);
  const state = startDevice(options);
  take(state, 'A', { kind: 'values', device: 0, at: 0, values: { volt: 262 } }, options);
  take(state, 'A', { kind: 'code', device: 0, at: 6, code: 'E1' }, options);
  const answer = evaluate(
    model,
    'supply',
    (state.components.supply as DeviceState['components'][string]).state,
    'A',
    6,
  );
  const curve = answer?.curve.map(({ probability }) => probability) ?? [];
  expect(answer?.curve.map(({ hours }) => Math.round(hours))).toEqual([24, 35, 50, 72]);
  expect(curve.at(-1)).toBe(answer?.probability);
  for (let k = 1; k < curve.length; k += 1) expect(curve[k]).toBeGreaterThanOrEqual(curve[k - 1] as number);
  expect(curve[0]).toBeLessThan(0.4 * (answer?.probability ?? 0));
}, 60_000);

it('state is plain data: it goes on from JSON exactly', async () => {
  const options = optionsFor(await learned, kindOf);
  const past = fleet(5, 1);
  const half = Math.floor(past.inputs.length / 2);
  const whole = startDevice(options);
  let parts = startDevice(options);
  past.inputs.forEach((input, i) => {
    take(whole, 'A', input, options);
    if (i === half) parts = JSON.parse(JSON.stringify(parts)) as DeviceState;
    take(parts, 'A', input, options);
  });
  expect(parts).toEqual(whole);
}, 60_000);

it('what comes at the same moment, or codes in another order, leaves the same state', async () => {
  const options = optionsFor(await learned, kindOf);
  const code = (at: number): HazardInput => ({ kind: 'code', device: 0, at, code: 'E1' });
  const value: HazardInput = { kind: 'values', device: 0, at: 30, values: { volt: 230 } };
  const featuresAfter = (inputs: readonly HazardInput[]) => {
    const state = startDevice(options);
    for (const input of inputs) take(state, 'A', input, options);
    return state.components.supply?.state.codes.E1?.count.sums.map((sum) => sum.toFixed(9));
  };
  expect(featuresAfter([code(30), code(10), value])).toEqual(featuresAfter([value, code(10), code(30)]));
}, 60_000);

it('silence is judged only where faults are counted', async () => {
  const model = await learned;
  const options = { ...optionsFor(model, () => 'counter' as const), inputs: { ...model.inputs, counters: ['errors'] } };
  const state = startDevice(options);
  take(state, 'A', { kind: 'values', device: 0, at: 0, values: { errors: 0 } }, options);
  expect(takeSilence(state, 12)).toEqual([]);
  take(state, 'A', { kind: 'values', device: 0, at: 20, values: { errors: 3 } }, options);
  expect(takeSilence(state, 32)).toEqual(['supply']);
}, 60_000);

it('every feature has its source and its quiet value', () => {
  const inputs: Inputs = { counters: ['c'], gauges: ['g'], codes: ['E1', 'E2'], usual: {} };
  const names = featureNames(inputs);
  expect(featureSources(inputs)).toHaveLength(names.length);
  expect(quietFeatures(inputs)).toHaveLength(names.length);
  expect(featureSources(inputs)[names.indexOf('E2×g')]).toEqual(['E2', 'g']);
  expect(featureSources(inputs)[names.indexOf('renewed')]).toEqual(['renewed']);
});

it('keeps the budget in a fleet whose warnings mostly mean nothing', async () => {
  const model = await learned;
  // Another model of device: code and voltage come together just as often, and nothing fails.
  const other = fleet(9, 80);
  const past: Past = {
    ...other,
    inputs: other.inputs.filter(({ kind }) => kind !== 'failed'),
    devices: other.devices.map((device) => ({ ...device, model: 'B' })),
  };
  const months = past.devices.reduce((sum, { from, to }) => sum + (to - from) / 730.5, 0);
  const opened = (falsePerDeviceMonth: number) =>
    backtestHazard(past, [model], () => model, { falsePerDeviceMonth, kindOf }).length;
  // An order may be overdrawn, or a small fleet would never get its first; open ones count their doubt alone.
  expect(opened(0.05)).toBeGreaterThan(2);
  expect(opened(0.05)).toBeLessThanOrEqual(0.05 * months + 3);
  expect(opened(0.005)).toBeLessThanOrEqual(0.005 * months + 4);
}, 60_000);

it('waits for the message where a reading alone is followed by one in time, and foresees no fewer', async () => {
  const patient = await learned;
  for (const key of fitted.keys()) if (key.includes('urgency')) fitted.delete(key);
  const hasty = await learnWith((): Booster => ({ base: 20, trees: [] }));
  const past = fleet(7, 60);
  const failures = past.inputs.filter(({ kind }) => kind === 'failed');
  const count = (hazard: HazardModel) => {
    const orders = backtestHazard(past, [hazard], () => hazard, { falsePerDeviceMonth: 1, kindOf });
    const isTrue = ({ device, at }: { device: number; at: number }) =>
      failures.some((failure) => failure.device === device && failure.at - at >= 24 && failure.at - at <= 72);
    return { right: orders.filter(isTrue).length, wrong: orders.filter((order) => !isTrue(order)).length };
  };
  const [waits, opens] = [count(patient), count(hasty)];
  expect(waits.right).toBeGreaterThanOrEqual(0.95 * failures.length);
  expect(waits.right).toBeGreaterThanOrEqual(opens.right);
  expect(waits.wrong).toBeLessThan(0.8 * opens.wrong);
}, 60_000);
