import type { UptowerEvent, WorkOrder } from '@uptower/domain';
import { MINUTE } from '@uptower/domain';
import { openSqliteEventLog } from '@uptower/platform';
import { afterEach, expect, test } from 'vitest';
import { aService, type Service } from '../testing/service.ts';
import { ANA, aSmallWorld, aViewer, BO, CITY, CT, engineer, MONDAY_9, MR, register } from '../testing/world.ts';

let service: Service;
afterEach(() => service.stop());
const dispatcher = aViewer('dispatcher');

/** Ana alone knows the magnet; Bo and she know the tube. Both work until 11:00; the tube is hers by hand, then let go. */
async function aFullMorning() {
  const events = openSqliteEventLog<UptowerEvent>(':memory:');
  const until11 = [1, 2, 3, 4, 5].map((weekday) => ({ weekday, fromMinute: 8 * 60, toMinute: 11 * 60 }));
  const knows = [
    { name: 'cryogenics', level: 3 as const },
    { name: 'xray', level: 1 as const },
  ];
  const world = {
    ...aSmallWorld(),
    engineers: [
      engineer(ANA, knows, { shifts: until11, vanStock: { 'prt_seal-kit': 1 } as never }),
      engineer(BO, [{ name: 'xray', level: 2 }], { shifts: until11 }),
    ],
  };
  await register(events, world, MONDAY_9);
  service = await aService({ events });
  await service.gateway.raise('tube', CT, 0.9);
  await service.pass(MINUTE);
  const move = { workOrderId: 'wo_tube', engineerId: ANA, startAt: MONDAY_9 + 30 * MINUTE, pin: false };
  expect((await service.call(dispatcher, 'POST', '/plan/move', move)).status).toBe(200);
}

const orderOf = (id: string) =>
  service.orders().find((order) => order.id === id) as WorkOrder & { visit?: { engineerId: string; startAt: number } };

test('room for an urgent order is shown with who moves, made on request, and not after the plan has changed', async () => {
  await aFullMorning();
  const hospital = aViewer('hospital', { hospitalId: CITY });
  const opened = await service.call(hospital, 'POST', '/requests', { deviceId: MR, impact: 'down', text: 'quench' });
  const id = opened.body.id as string;
  const places = await service.call(dispatcher, 'GET', `/plan/places/${id}`);
  expect(places.body).toMatchObject({ plannable: true, roomNeeded: true });
  const shown = (await service.call(dispatcher, 'GET', `/plan/repaired/${id}`)).body.repaired;
  expect(shown).toMatchObject({ engineerId: ANA, breaks: [] });
  expect(shown.moved).toMatchObject([{ workOrderId: 'wo_tube', from: { engineerId: ANA } }]);
  expect((await service.call(dispatcher, 'POST', `/plan/repaired/${id}`)).status).toBe(200);
  expect(orderOf(id)).toMatchObject({ state: 'scheduled', visit: { engineerId: ANA, startAt: shown.startAt } });
  expect(orderOf('wo_tube').visit).toMatchObject(shown.moved[0].to);
  expect(service.state.plan?.trigger).toBe('room-made');
  const again = await service.call(dispatcher, 'POST', `/plan/repaired/${id}`);
  expect([again.status, again.body.code]).toEqual([409, 'version-conflict']);
});
