import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Backtest, HOUR, type ReadingPoint } from '@uptower/domain';
import { silentLogger } from '@uptower/platform';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { everyAlert } from '../testing/every-alert.ts';
import { MONDAY, mrModel, smallFleet } from '../testing/fixtures.ts';
import { Backtests } from './backtests.ts';

let dir: string;
/** Lets the store answer. */
let open: () => void;
let rests: number;
let clock: number;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'uptower-backtests-'));
  rests = 0;
  clock = 0;
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function made(range: (from: number, to: number) => ReadingPoint[] = () => []): Backtests {
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const parts = {
    devicesOf: () => smallFleet().devices,
    marksOf: () => [],
    suppressionsOf: () => [],
    learned: () => undefined,
    words: () => ({ timeZone: 'UTC', metric: (key: string) => ({ name: { en: key, zh: key }, unit: '' }) }),
    store: async () => ({
      range: async (_device: string, from: number, to: number) => {
        await gate;
        return range(from, to);
      },
    }),
    orders: everyAlert,
    rest: async () => {
      rests += 1;
    },
    monotonicMs: () => (clock += 1),
  };
  return new Backtests(dir, () => parts, silentLogger());
}
const asked = (id: string): Backtest =>
  ({
    id,
    modelId: mrModel.id,
    draftId: null,
    title: '',
    activeVersion: 1,
    rules: [],
    from: MONDAY,
    to: MONDAY + HOUR,
    leadHours: 24,
    budgetForAll: false,
    requestedAt: MONDAY,
    by: { id: 'acc_a', name: { en: 'A', zh: 'A' } },
    state: 'queued',
    progress: 0,
    problem: null,
    result: null,
  }) as unknown as Backtest;
const states = (backtests: Backtests) => backtests.list().map(({ id, state }) => [id, state]);
const turn = () => new Promise((resolve) => setTimeout(resolve, 1));

test('one runs, the others wait; either is cancelled without a result; what a stop cut short says so', async () => {
  const first = made();
  for (const id of ['bkt_1', 'bkt_2', 'bkt_3']) first.start(asked(id), mrModel);
  await turn();
  expect(states(first)).toEqual([
    ['bkt_3', 'queued'],
    ['bkt_2', 'queued'],
    ['bkt_1', 'running'],
  ]);
  first.cancel('bkt_2');
  first.cancel('bkt_1');
  open();
  await first.alone(async () => undefined);
  expect(first.get('bkt_1')).toMatchObject({ state: 'cancelled', result: null });
  expect(first.get('bkt_2')).toMatchObject({ state: 'cancelled', result: null });
  expect(first.get('bkt_3')).toMatchObject({ state: 'done', progress: 1, result: { devices: 0, devicesLeftOut: 3 } });
  first.start(asked('bkt_4'), mrModel);
  await turn();
  await first.stop();
  const second = made();
  expect(states(second)).toEqual([
    ['bkt_4', 'done'],
    ['bkt_3', 'done'],
    ['bkt_2', 'cancelled'],
    ['bkt_1', 'cancelled'],
  ]);
});

test('a run that is stopped in the middle is found interrupted', async () => {
  const first = made();
  first.start(asked('bkt_1'), mrModel);
  await turn();
  const stopping = first.stop();
  open();
  await stopping;
  expect(states(made())).toEqual([['bkt_1', 'interrupted']]);
});

test('a run that fails says why', async () => {
  const backtests = made(() => {
    throw new Error('the store is away');
  });
  backtests.start(asked('bkt_1'), mrModel);
  open();
  await backtests.alone(async () => undefined);
  expect(backtests.get('bkt_1')).toMatchObject({ state: 'failed', problem: 'the store is away' });
});

test('others work in between: never more than a slice in one piece', async () => {
  const backtests = made((from, to) =>
    Array.from({ length: 900 }, (_, i) => ({ ts: MONDAY - HOUR + i * 4_000, values: { helium_pressure: 20 } })).filter(
      ({ ts }) => ts >= from && ts < to,
    ),
  );
  backtests.start(asked('bkt_1'), mrModel);
  open();
  await backtests.alone(async () => undefined);
  // The clock of the test moves a millisecond with each look; a slice is eight.
  expect(backtests.get('bkt_1')?.state).toBe('done');
  expect(rests).toBeGreaterThan(3);
});
