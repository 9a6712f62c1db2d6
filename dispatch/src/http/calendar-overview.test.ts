import { DAY, HOUR, MINUTE } from '@uptower/domain';
import { afterEach, expect, test } from 'vitest';
import { aService, type Service } from '../testing/service.ts';
import { ANA, aViewer, BO, CHEN, MONDAY_9, MR } from '../testing/world.ts';

let service: Service;
afterEach(() => service.stop());

const ana = aViewer('field-engineer', { engineerId: ANA });
const manager = aViewer('manager');
const dispatcher = aViewer('dispatcher');
const today = `?from=${MONDAY_9}&to=${MONDAY_9 + DAY}`;
const absences = `/engineers/${ANA}/absences`;
const when = { from: MONDAY_9 + HOUR, to: MONDAY_9 + 2 * HOUR };
const rowOf = async (viewer: typeof ana, id: string) =>
  (await service.call(viewer, 'GET', `/calendars/overview${today}`)).body.rows.find(
    (row: { engineerId: string }) => row.engineerId === id,
  );

test('everybody for who plans, the own row for an engineer, nothing for others; free as the planner has it', async () => {
  service = await aService();
  await service.call(ana, 'POST', absences, { kind: 'sick', title: 'Dentist', when });
  const { body } = await service.call(dispatcher, 'GET', `/calendars/overview${today}`);
  expect(body.rows.map((row: { engineerId: string }) => row.engineerId)).toEqual([ANA, BO, CHEN]);
  expect(body.rows[0]).toMatchObject({ sight: 'busy', holes: [{ ...when, kind: 'busy', title: '' }] });
  expect(JSON.stringify(body)).not.toMatch(/Dentist|sick/);
  const { free } = (await service.call(dispatcher, 'GET', `/engineers/${ANA}/free-time${today}`)).body;
  expect(body.rows[0].free).toEqual(free);
  const own = (await service.call(ana, 'GET', `/calendars/overview${today}`)).body.rows;
  expect(own).toMatchObject([{ engineerId: ANA, sight: 'all', holes: [{ kind: 'sick', title: 'Dentist' }] }]);
  for (const role of ['hospital', 'remote-engineer', 'integration'] as const)
    expect((await service.call(aViewer(role), 'GET', `/calendars/overview${today}`)).status).toBe(403);
});

test('visits lie in the row of who makes them, holidays of the region in the rows of who keeps them', async () => {
  service = await aService();
  await service.gateway.raise('a', MR, 0.9);
  await service.pass(MINUTE);
  const [order] = service.orders();
  if (order?.state !== 'scheduled') throw new Error('not planned');
  const { visit } = order;
  const row = await rowOf(dispatcher, visit.engineerId);
  expect(row.visits).toMatchObject([
    { workOrderId: order.id, number: 'WO-1001', from: visit.departAt, startAt: visit.startAt, to: visit.endAt },
  ]);
  const name = { en: 'Day', zh: '日' };
  await service.call(dispatcher, 'PUT', '/calendars/holidays/CN', {
    days: [{ date: '2025-03-04', name, worksAs: null }],
  });
  await service.call(dispatcher, 'PUT', `/engineers/${BO}/calendar-settings`, { holidayRegion: 'CN', overtime: null });
  const midnight = Date.UTC(2025, 2, 3, 16);
  expect((await rowOf(dispatcher, BO)).holidays).toEqual([
    { from: midnight, to: MONDAY_9 + DAY, name, working: false },
  ]);
  expect((await rowOf(dispatcher, CHEN)).holidays).toEqual([]);
});

test('an absence is changed in place; a dispatcher sees and changes the own entries and no others', async () => {
  service = await aService();
  const calendar = async (viewer: typeof ana) =>
    (await service.call(viewer, 'GET', `/engineers/${ANA}/calendar${today}`)).body.absences;
  const { body: secret } = await service.call(ana, 'POST', absences, { kind: 'sick', title: 'Dentist', when });
  const { body: entered } = await service.call(dispatcher, 'POST', absences, { kind: 'training', title: 'MR 2', when });
  expect(await calendar(dispatcher)).toEqual([entered]);
  expect(await calendar(manager)).toEqual([secret, entered]);

  const later = { kind: 'training', title: 'MR 2', when: { from: when.to, to: when.to + HOUR } };
  const wrong = await service.call(dispatcher, 'PUT', `${absences}/${entered.id}`, { ...later, kind: 'party' });
  expect(wrong).toMatchObject({ status: 400, body: { errors: [{ path: 'kind' }] } });
  expect((await service.call(dispatcher, 'PUT', `${absences}/${secret.id}`, later)).status).toBe(404);
  expect((await service.call(dispatcher, 'PUT', `${absences}/abs_none`, later)).status).toBe(404);
  const changed = await service.call(dispatcher, 'PUT', `${absences}/${entered.id}`, later);
  expect(changed).toMatchObject({ status: 200, body: { id: entered.id, ...later } });
  expect(await calendar(dispatcher)).toEqual([{ id: entered.id, ...later }]);
  expect((await rowOf(manager, ANA)).holes).toMatchObject([
    { ...when, kind: 'sick' },
    { ...later.when, kind: 'training' },
  ]);
});
