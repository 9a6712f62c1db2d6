import { HOUR, MINUTE, type Visit, type WorkOrder } from '@uptower/domain';
import { afterEach, expect, test } from 'vitest';
import { aService, type Service } from '../testing/service.ts';
import { ANA, aViewer, BO, CHEN, CT, HILL_CT, MR, SEAL_KIT } from '../testing/world.ts';

let service: Service;
afterEach(() => service.stop());

const order = (id: string) => service.orders().find((one) => one.id === id) as WorkOrder;
const overdue = async () =>
  (await service.events.read(0, 10_000)).flatMap(({ event }) => (event.type === 'work-order.overdue' ? [event] : []));

test('who does not set out is noticed on a busy day too, however often the plan is made anew', async () => {
  service = await aService();
  await service.gateway.raise('b', CT, 0.9);
  await service.gateway.raise('c', HILL_CT, 0.9);
  await service.pass(MINUTE);
  expect(order('wo_b').state).toBe('scheduled');
  // Every five minutes something makes a new plan, which puts whoever has not left off to the present moment.
  for (let k = 0; k < 24; k++) {
    const arrivesAt = service.clock.now() + (k % 2 === 0 ? 30 : 40) * HOUR;
    await service.call(aViewer('dispatcher'), 'PUT', `/work-orders/wo_c/parts/${SEAL_KIT}`, { arrivesAt });
    await service.pass(5 * MINUTE, MINUTE);
  }
  const missed = (await overdue()).filter(({ workOrderId }) => workOrderId === 'wo_b');
  expect(missed.map(({ engineerId }) => engineerId).sort()).toEqual([ANA, BO, CHEN]);
  expect(missed.every(({ what }) => what === 'departure')).toBe(true);
});

test('where the only one with the parts has not set out, the visit is not left to nobody', async () => {
  service = await aService();
  await service.gateway.raise('a', MR, 0.9);
  await service.pass(MINUTE);
  expect(order('wo_a')).toMatchObject({ state: 'scheduled', visit: { engineerId: ANA } });
  await service.pass(HOUR, MINUTE);
  expect(order('wo_a')).toMatchObject({ state: 'scheduled', missedBy: [ANA] });
});

test('of somebody who never arrives it is asked less and less often', async () => {
  service = await aService();
  await service.gateway.raise('b', CT, 0.9);
  await service.pass(MINUTE);
  const { visit } = order('wo_b') as WorkOrder & { visit: Visit };
  const engineer = aViewer('field-engineer', { engineerId: visit.engineerId });
  expect((await service.call(engineer, 'POST', '/work-orders/wo_b/depart', {})).status).toBe(200);
  await service.pass(24 * HOUR, 10 * MINUTE);
  const times = (await overdue()).map(({ at }) => at);
  const gaps = times.slice(1).map((at, k) => at - (times[k] as number));
  expect(gaps[0]).toBe(30 * MINUTE);
  expect(gaps).toEqual([...gaps].sort((a, b) => a - b));
  expect(times.length).toBeLessThan(15);
});
