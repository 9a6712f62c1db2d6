import { DAY, type DeviceId, HOUR, MINUTE, type OrderEnding } from '@uptower/domain';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Bench, openBench } from '../testing/bench.ts';
import { everyAlert } from '../testing/every-alert.ts';
import { heliumLimit, MONDAY, mrModel, smallFleet } from '../testing/fixtures.ts';
import { compareSides } from './compare.ts';
import { gradeDevice } from './grade.ts';

const limit = { ...heliumLimit, onDelaySeconds: 0, horizonHours: 48 };
const model = { ...mrModel, rules: [limit] };
/** The history is told afterwards, in one go: what is judged is its own time. */
const NOW = MONDAY + 120 * HOUR;
const draftRules = [{ ...limit, level: 27 }];

let bench: Bench;
beforeEach(async () => {
  bench = await openBench(smallFleet(model), NOW);
});
afterEach(() => bench.close());

const say = (deviceId: string, at: number, helium: number) =>
  bench.say(deviceId, 'telemetry', { ts: at, values: { helium_pressure: helium } });
const fails = (deviceId: string, at: number) =>
  bench.say(deviceId, 'events', { ts: at, code: 'failure', severity: 'error', component: 'cold-head' });

/** `dev_b1`: rises over 27 at hour 30, over 40 at hour 60, fails at hour 66. `dev_a1`: over 27 at hour 50 and back. */
async function history() {
  for (let hour = 0; hour <= 120; hour += 2) {
    const at = MONDAY + hour * HOUR;
    if (hour === 66) await fails('dev_b1', at);
    if (hour < 66) await say('dev_b1', at, hour < 30 ? 20 : hour < 60 ? 30 : 45);
    await say('dev_a1', at, hour >= 50 && hour < 54 ? 30 : 20);
  }
  await bench.settle();
}

async function backtest(body: object) {
  const started = await bench.request('POST', '/predictions/backtests', body);
  expect(started.status).toBe(202);
  for (;;) {
    const found = await bench.get(`/predictions/backtests/${started.body.id}`);
    if (found.state !== 'queued' && found.state !== 'running') return found;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
const over = (rules: unknown = draftRules) => ({ modelId: 'mdl_mr', rules, from: MONDAY, to: MONDAY + 200 * HOUR });

test('both sides over the same history, graded against the failure that happened', async () => {
  await history();
  const done = await backtest(over());
  expect(done).toMatchObject({ state: 'done', progress: 1, to: MONDAY + 120 * HOUR, activeVersion: 1 });
  const { present, draft, failures, devices, devicesLeftOut } = done.result;
  expect({ devices, devicesLeftOut }).toEqual({ devices: 2, devicesLeftOut: 1 });
  // 40 kPa comes six hours before the failure, 27 kPa 36 hours, and once on a device that stayed well.
  expect(present.orders).toMatchObject([
    { deviceId: 'dev_b1', at: MONDAY + 60 * HOUR, grade: 'late', endedAt: MONDAY + 66 * HOUR, shared: true },
  ]);
  expect(draft.orders).toMatchObject([
    { deviceId: 'dev_b1', at: MONDAY + 30 * HOUR, ruleId: 'helium-high', grade: 'true', shared: true },
    { deviceId: 'dev_a1', at: MONDAY + 50 * HOUR, grade: 'false', endedAt: MONDAY + 98 * HOUR, shared: false },
  ]);
  expect(failures).toMatchObject([{ deviceId: 'dev_b1', present: 'late', draft: 'foreseen' }]);
  expect(draft.score).toMatchObject({ failures: 1, foreseen: 1, falseOrders: 1, recall: { value: 1 }, leadMedian: 36 });
  expect(present.score).toMatchObject({ foreseen: 0, late: 1, missed: 0, falseOrders: 0, recall: { value: 0 } });
  expect(done.result.deviceMonths).toBeCloseTo((64 + 118) / 730.5, 6);
});

test('the present side is what really happened: the same alerts at the same moments', async () => {
  await history();
  const { result } = await backtest(over([limit]));
  const live = await bench.alerts();
  expect(result.present.orders.map(({ deviceId, at }: { deviceId: string; at: number }) => [deviceId, at])).toEqual(
    live.filter(({ worst }) => !worst.presence).map(({ deviceId, raisedAt }) => [deviceId, raisedAt]),
  );
  expect(result.draft).toEqual(result.present);
});

test('any order of arrival gives the same result', async () => {
  await history();
  const inOrder = (await backtest(over())).result;
  await bench.close();
  bench = await openBench(smallFleet(model), NOW);
  const late: [number, number][] = [];
  for (let hour = 0; hour <= 120; hour += 2) {
    const at = MONDAY + hour * HOUR;
    if (hour === 66) await fails('dev_b1', at);
    if (hour < 66 && hour % 8 !== 6) await say('dev_b1', at, hour < 30 ? 20 : hour < 60 ? 30 : 45);
    else if (hour < 66) late.push([at, hour < 30 ? 20 : hour < 60 ? 30 : 45]);
    await say('dev_a1', at, hour >= 50 && hour < 54 ? 30 : 20);
  }
  for (const [at, value] of late.reverse()) await say('dev_b1', at, value);
  await bench.settle();
  expect((await backtest(over())).result).toEqual(inOrder);
});

test('readings of before the time set the detectors going, their orders count only for what they foresaw', async () => {
  await history();
  const { result } = await backtest({ ...over(), from: MONDAY + 40 * HOUR });
  expect(result.draft.orders.map(({ deviceId }: { deviceId: string }) => deviceId)).toEqual(['dev_a1']);
  expect(result.draft.score).toMatchObject({ orders: 1, failures: 1, foreseen: 1 });
});

test('results outlive a restart, until they are thrown away', async () => {
  await history();
  const done = await backtest(over());
  await bench.crash();
  expect(await bench.get(`/predictions/backtests/${done.id}`)).toEqual(done);
  expect(await bench.get('/predictions/backtests?modelId=mdl_mr')).toMatchObject([{ id: done.id, result: null }]);
  await bench.request('DELETE', `/predictions/backtests/${done.id}`);
  expect((await bench.request('GET', `/predictions/backtests/${done.id}`)).status).toBe(404);
});

test('a draft in shadow raises nothing, and shows what it would have opened since; the same after a restart', async () => {
  const draft = await bench.post('/predictions/models/mdl_mr/drafts', { title: 'Lower', rules: draftRules });
  const shadow = `/predictions/drafts/${draft.id}/shadow`;
  expect((await bench.request('GET', shadow)).status).toBe(404);
  expect((await bench.post(shadow, {})).shadowSince).toBe(NOW);
  for (let i = 1; i <= 4; i += 1) await say('dev_a1', NOW + i * MINUTE, i < 3 ? 20 : 30);
  await bench.settle();
  bench.clock.advance(15 * MINUTE);
  const looked = async () => {
    for (;;) {
      const view = await bench.get(shadow);
      if (view.asOf !== null) return view;
      bench.clock.advance(15 * MINUTE);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const expected = { present: { orders: [], standing: [] }, draft: { orders: [{ at: NOW + 3 * MINUTE }] } };
  expect((await looked()).result).toMatchObject(expected);
  expect((await bench.alerts()).filter(({ worst }) => !worst.presence)).toEqual([]);
  await bench.crash();
  expect((await looked()).result).toMatchObject(expected);
  await bench.request('PUT', `/predictions/drafts/${draft.id}`, { title: 'Lower', rules: [limit], revision: 1 });
  expect((await bench.get('/predictions/models/mdl_mr')).drafts[0].shadowSince).toBeNull();
});

test('a repair before the horizon is over proves nothing: avoided on a serviced device, false where nobody is sent', () => {
  const order = { component: 'c', alert: 0, at: 0, ruleId: 'r', probability: 0.5, horizonHours: 48 };
  const of = (deviceId: DeviceId, endings: [OrderEnding['kind'], number, (string | null)?][], until: number) =>
    gradeDevice(
      [{ deviceId, ...order }],
      endings.map(([kind, at, component = 'c']) => ({ deviceId, kind, at, component })),
      { deviceId, first: 0, until, leadHours: 24, isObserved: deviceId === OBSERVED },
    ).orders.map(({ grade }) => grade)[0];
  const [FULL, OBSERVED] = ['full', 'observed'] as DeviceId[] as [DeviceId, DeviceId];
  const later = 10 * DAY;
  expect(of(FULL, [], later)).toBe('false');
  expect(of(FULL, [], DAY)).toBe('open');
  expect(of(FULL, [['work', DAY, null]], later)).toBe('avoided');
  expect(of(FULL, [['replaced', DAY]], later)).toBe('avoided');
  expect(of(OBSERVED, [['replaced', DAY]], later)).toBe('false');
  expect(of(FULL, [['failed', DAY]], later)).toBe('true');
  expect(of(FULL, [['failed', HOUR]], later)).toBe('late');
  expect(of(FULL, [['failed', 3 * DAY]], later)).toBe('false');
  expect(of(FULL, [['failed', DAY, 'other']], later)).toBe('false');
});

test('ten thousand waiting alerts are compared in pieces', () => {
  const devices = Array.from({ length: 10_000 }, (_, i) => `dev_${i}` as DeviceId);
  const worst = { ruleId: 'r', probability: 0.5, severity: 'P2' as const, horizonHours: 48 };
  const changes = devices.map((deviceId, alert) => ({ at: alert, deviceId, component: 'c', alert, worst }));
  const work = compareSides(
    {
      changes: [changes, changes],
      endings: devices.map((deviceId) => ({ deviceId, component: 'c', at: 3 * DAY, kind: 'failed' })),
      seen: new Map(devices.map((id) => [id, { first: 0, last: 5 * DAY }])),
      ...{ devicesLeftOut: 0, moments: 0 },
    },
    { from: 0, to: 5 * DAY, leadHours: 24, observed: new Set(), budgetForAll: false, orders: everyAlert },
  );
  let pieces = 0;
  for (;;) {
    const step = work.next();
    if (step.done) {
      expect(step.value.draft).toMatchObject({ alerts: 10_000, score: { orders: 10_000, falseOrders: 10_000 } });
      expect(step.value.failures).toHaveLength(10_000);
      break;
    }
    pieces += 1;
  }
  // Each of the sorts, the grading and the comparing of 10 000 is ten pieces or more.
  expect(pieces).toBeGreaterThan(150);
});
