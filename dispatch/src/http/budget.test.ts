import { DAY, MINUTE } from '@uptower/domain';
import { afterEach, expect, test } from 'vitest';
import { aService, type Service } from '../testing/service.ts';
import { aViewer, CT, HILL_CT, MR } from '../testing/world.ts';

let service: Service;
afterEach(() => service.stop());

const manager = aViewer('manager');
const remote = aViewer('remote-engineer');
const budget = async () => (await service.call(remote, 'GET', '/predictions/budget')).body;
const set = (falseOrdersPerDeviceMonth: unknown, minProbability: unknown, viewer = manager) =>
  service.call(viewer, 'PUT', '/predictions/budget', { falseOrdersPerDeviceMonth, minProbability });

test('a larger budget opens at once what waited for it; who set it and when is in the log', async () => {
  service = await aService();
  await service.gateway.raise('a1', CT, 0.55);
  await service.gateway.raise('a2', MR, 0.6);
  await service.gateway.raise('a3', HILL_CT, 0.55);
  await service.settle();
  expect(await budget()).toMatchObject({
    ...{ falseOrdersPerDeviceMonth: 0.05, devices: 3, perMonth: expect.closeTo(0.15), cap: 1, setBy: null },
    ...{ spent: expect.closeTo(0.85), available: expect.closeTo(0.15), held: { budgetSpent: 1, probabilityTooLow: 0 } },
  });
  expect(await set(0.5, 0.5)).toMatchObject({ status: 200, body: { cap: 1.5, setBy: manager.accountId } });
  await service.settle();
  expect(service.orders()).toHaveLength(3);
  expect(await budget()).toMatchObject({ setAt: service.clock.now(), held: { budgetSpent: 0 } });
  const stored = await service.events.readStream('prediction-budget');
  expect(stored).toMatchObject([{ actor: manager.accountId, event: { type: 'budget.set', by: manager.accountId } }]);
});

test('the least probability is judged anew as well; setting the same again leaves no trace', async () => {
  service = await aService();
  await service.gateway.raise('a1', MR, 0.4);
  await service.settle();
  expect(await budget()).toMatchObject({ held: { budgetSpent: 0, probabilityTooLow: 1 } });
  await set(0.05, 0.4);
  await service.settle();
  expect(service.orders()).toMatchObject([{ probability: 0.4 }]);
  await set(0.05, 0.4);
  expect(await service.events.readStream('prediction-budget')).toHaveLength(1);
});

test('survives a restart; what was earned back before was earned at the rate of then', async () => {
  service = await aService();
  await set(1, 0.5); // three devices: 3 a month
  await service.gateway.raise('a1', MR, 0.5);
  await service.settle();
  await service.pass(DAY, 10 * MINUTE);
  const before = (await budget()).spent; // 0.5 less a day of 3 / 30.4
  expect(before).toBeCloseTo(0.4, 1);
  await set(0, 0.5);
  await service.pass(DAY, 10 * MINUTE);
  expect(await budget()).toMatchObject({ cap: 1, perMonth: 0, spent: expect.closeTo(before) });
  const again = await aService({ events: service.events, at: service.clock.now() });
  try {
    expect(again.state.allowed).toEqual(service.state.allowed);
    expect(again.state.budgets).toEqual(service.state.budgets);
  } finally {
    await again.stop();
  }
});

test('only who answers for it sets it, and only to what makes sense', async () => {
  service = await aService();
  expect(await set(1, 0.5, remote)).toMatchObject({ status: 403, body: { code: 'not-allowed' } });
  expect(await set(-1, 0.5)).toMatchObject({ status: 400, body: { errors: [{ path: 'falseOrdersPerDeviceMonth' }] } });
  expect(await set(1, 1.5)).toMatchObject({ status: 400, body: { errors: [{ path: 'minProbability' }] } });
  expect((await budget()).setBy).toBeNull();
});
