import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Past, seeded } from '@uptower/gateway';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { backtestCommand, crossFitted } from './backtest.ts';
import { loadHistory } from './hazard-history.ts';
import { type Scored, scoreCommand } from './score.ts';
import { trainCommand } from './train.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'uptower-hazard-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Pumps whose error counter grows in the days before most failures. */
function writeFleet(name: string, count: number, seed: number, horizon = 240): string {
  const draw = seeded(seed);
  const rows = ['id,model,from,to,failed,errors'];
  for (let device = 0; device < count; device += 1) {
    const fails = device % 3 === 0;
    const end = 1200 + 24 * Math.floor(draw() * 50);
    let errors = 0;
    for (let at = 0; at < end; at += 24) {
      if (fails && at >= end - 144) errors += 2;
      else if (draw() < 0.002) errors += 1;
      rows.push(`${name}-${device},${name},${at},${at + 24},${fails && at + 24 >= end ? 1 : 0},${errors}`);
    }
  }
  const manifest = {
    name,
    time: 'hours',
    readings: [
      {
        file: `${name}.csv`,
        shape: 'wide',
        device: 'id',
        model: 'model',
        time: 'from',
        until: 'to',
        values: { errors: { kind: 'counter' } },
      },
    ],
    failures: [
      { file: `${name}.csv`, device: 'id', component: { constant: 'pump' }, time: 'to', where: { failed: '1' } },
    ],
    score: { lead_hours: 24, horizon_hours: horizon, false_orders_per_device_month: 0.05 },
  };
  writeFileSync(join(folder, `${name}.csv`), `${rows.join('\n')}\n`);
  const file = join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify(manifest));
  return file;
}

const scored = async (history: string, orders: string) =>
  JSON.parse(await scoreCommand({ history, orders, json: true })) as Scored;

it('learns from one model of pumps and foresees failures of another it never saw, within the budget', async () => {
  const [known, unknown] = [writeFleet('known', 60, 1), writeFleet('unknown', 40, 2)];
  const [model, orders] = [join(folder, 'model.json'), join(folder, 'orders.csv')];
  expect(await trainCommand([known], model)).toContain('pump: 20 failures');
  expect(existsSync(`${model}.part`)).toBe(false);
  await backtestCommand(unknown, model, orders);
  expect(readFileSync(orders, 'utf8').split('\n')[0]).toBe(
    'order_id,device,component,opened_at,expected_from,expected_to,probability,mode',
  );
  const { score } = await scored(unknown, orders);
  expect(score.failures).toBe(14);
  expect(score.foreseen).toBeGreaterThanOrEqual(12);
  expect(score.falsePerDeviceMonth).toBeLessThanOrEqual(0.05);
}, 120_000);

it('goes on with what an interrupted training left, and comes to the same model', async () => {
  const known = writeFleet('known', 40, 1);
  const [model, again] = [join(folder, 'model.json'), join(folder, 'again.json')];
  await trainCommand([known], model);
  const whole = readFileSync(model, 'utf8');
  writeFileSync(`${again}.part`, '{"key":"of another training","booster":{"base":9,"trees":[]}}\n{"key":"cut o');
  await trainCommand([known], again);
  expect(readFileSync(again, 'utf8')).toBe(whole);
}, 120_000);

it('a fleet of ten is judged too, each by the others', async () => {
  const history = writeFleet('ten', 10, 3);
  const orders = join(folder, 'orders.csv');
  expect(await backtestCommand(history, undefined, orders)).toContain('10 over');
  expect((await scored(history, orders)).score.failures).toBe(4);
}, 240_000);

it('no device is judged by a model that saw it', async () => {
  const history = await loadHistory(writeFleet('known', 30, 1));
  const { models, modelOf } = await crossFitted(history, async (past: Past) => {
    for (const { device } of past.inputs) expect(past.devices[device]).toBeDefined();
    return new Set(past.devices.map(({ name }) => name));
  });
  history.devices.forEach(({ name }, device) => {
    expect(modelOf(device).has(name)).toBe(false);
    expect(modelOf(device).size).toBeGreaterThan(15);
  });
  expect(models).toHaveLength(5);
});

it('says what is wrong with what it is given', async () => {
  const known = writeFleet('known', 6, 1);
  const out = join(folder, 'out');
  const bad = join(folder, 'bad.json');
  writeFileSync(bad, JSON.stringify({ ...JSON.parse(readFileSync(known, 'utf8')), time: 'days' }));
  await expect(trainCommand([bad], out)).rejects.toThrow(/is not a mapping:\n {2}time/);
  await expect(trainCommand([known, writeFleet('other', 6, 2, 100)], out)).rejects.toThrow(
    /different leads or horizons/,
  );
  writeFileSync(bad, '{"form":1}');
  await expect(backtestCommand(known, bad, out)).rejects.toThrow(/is not a model of "uptower train": form/);
  writeFileSync(bad, 'device,component,opened_at\nknown-0,pump,yesterday\n');
  await expect(scoreCommand({ history: known, orders: bad })).rejects.toThrow(
    /order 1: opened_at "yesterday" is no time of this history/,
  );
});
