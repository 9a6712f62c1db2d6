import { HOUR, isOpen, MINUTE } from '@uptower/domain';
import { afterEach, expect, test } from 'vitest';
import { aService, type Service } from './testing/service.ts';
import { ANA, aViewer, MR, SEAL_KIT } from './testing/world.ts';

let service: Service;
afterEach(() => service.stop());

const ana = aViewer('field-engineer', { engineerId: ANA });

async function workAt(id: string) {
  const act = (what: string, body?: unknown) => service.call(ana, 'POST', `/work-orders/${id}/${what}`, body);
  expect((await act('depart')).status).toBe(200);
  await service.pass(20 * MINUTE);
  expect((await act('arrive')).status).toBe(200);
  expect((await act('finish', { outcome: 'fixed' })).body.code).toBe('steps-missing');
  for (const step of ['swap', 'test']) expect((await act('steps', { step })).status).toBe(200);
  expect((await act('parts', { partId: SEAL_KIT, quantity: 1 })).status).toBe(200);
  expect((await act('parts', { partId: SEAL_KIT, quantity: 1 })).body.code).toBe('part-not-in-van');
  expect((await act('finish', { outcome: 'fixed', note: 'seals changed' })).body.state).toBe('verifying');
}

test('a cold head that wears is foreseen, visited by the one who can, repaired and confirmed by telemetry', async () => {
  service = await aService();
  const alert = await service.gateway.raise('a1', MR, 0.9);
  await service.pass(MINUTE);
  const [order] = service.orders();
  if (order?.state !== 'scheduled') throw new Error(`the order is ${order?.state}`);
  expect(order).toMatchObject({
    id: 'wo_a1',
    number: 'WO-1001',
    priority: 'P2',
    title: { en: 'Cold head: helium pressure rising', zh: '部件：氦压上升' },
    parts: [SEAL_KIT],
    probability: 0.9,
  });
  expect(order.promises.map(({ kind, due }) => [kind, due - order.openedAt])).toEqual([
    ['response', 12 * HOUR],
    ['resolution', 36 * HOUR],
  ]);
  expect(order.visit.engineerId).toBe(ANA); // Chen knows cryogenics too, but has no seal kit
  expect(order.visit.why.en).toMatch(
    /^ana: cryogenics level 2, \d+ min away, \d+ h( \d+ min)? before the response is due$/,
  );
  expect(service.state.plan?.visits).toHaveLength(1);

  const day = await service.call(ana, 'GET', '/field/day');
  expect(day.body.visits).toMatchObject([{ order: { id: 'wo_a1' }, device: { id: MR }, site: { id: 'site_city' } }]);
  await workAt('wo_a1');
  expect(service.state.orders.get(order.id)?.order).toMatchObject({ state: 'verifying', visitsMade: 1 });

  await service.pass(5 * MINUTE);
  expect(service.state.orders.get(order.id)?.order.state).toBe('verifying');
  await service.gateway.clear(alert);
  await service.pass(MINUTE);
  expect(service.state.orders.get(order.id)?.order).toMatchObject({
    state: 'closed',
    closedBecause: 'confirmed-by-telemetry',
  });
  expect(service.state.orders.get(order.id)?.order.promises.every(({ settledAt }) => settledAt !== null)).toBe(true);
});

test('a repair that telemetry does not confirm in 90 minutes is planned again, as a second visit', async () => {
  service = await aService();
  await service.gateway.raise('a1', MR, 0.9);
  await service.pass(MINUTE);
  await workAt('wo_a1');
  await service.pass(89 * MINUTE);
  expect(service.orders()[0]?.state).toBe('verifying');
  await service.pass(3 * MINUTE);
  expect(service.orders()).toMatchObject([{ state: 'scheduled', visitsMade: 1, visit: { id: 'vis_a1-2' } }]);
});

test('a risk that went away withdraws its order after a quarter of an hour, and may come back as a new one', async () => {
  service = await aService();
  const alert = await service.gateway.raise('a1', MR, 0.9);
  await service.pass(MINUTE);
  await service.gateway.clear(alert);
  await service.pass(14 * MINUTE);
  expect(service.orders().filter(isOpen)).toHaveLength(1);
  await service.pass(2 * MINUTE);
  expect(service.orders()).toMatchObject([{ state: 'cancelled', reason: 'risk withdrawn' }]);
  await service.gateway.raise('a2', MR, 0.8);
  await service.pass(MINUTE);
  expect(service.orders().map(({ number, state }) => [number, state])).toEqual([
    ['WO-1001', 'cancelled'],
    ['WO-1002', 'scheduled'],
  ]);
});
