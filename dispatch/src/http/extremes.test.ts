import { DAY, HOUR, MINUTE, streams, WorkOrderId } from '@uptower/domain';
import { afterEach, expect, test } from 'vitest';
import { aService, type Service } from '../testing/service.ts';
import { ANA, aViewer, CT, MONDAY_9, MR, SEAL_KIT } from '../testing/world.ts';

/** First and last moment a calendar date can have. */
const [FIRST, LAST] = [-8_640_000_000_000_000, 8_640_000_000_000_000];
const dispatcher = aViewer('dispatcher');
const manager = aViewer('manager');
const ana = aViewer('field-engineer', { engineerId: ANA });

let service: Service;
afterEach(() => service.stop());

async function world(): Promise<void> {
  service = await aService();
  await service.gateway.raise('a', MR, 0.9);
  await service.gateway.raise('b', CT, 0.9);
  await service.pass(MINUTE);
}

test.each([
  [FIRST, LAST],
  [MONDAY_9, LAST],
  [FIRST, MONDAY_9 + HOUR],
])('an engineer who is away from %d to %d does not stop the planning of the others', async (from, to) => {
  await world();
  const body = { kind: 'leave', when: { from, to } };
  expect((await service.call(ana, 'POST', `/engineers/${ANA}/absences`, body)).status).toBe(201);
  await service.pass(MINUTE);
  expect((await service.call(dispatcher, 'POST', '/plan/optimise', {})).status).toBe(200);
  expect(service.orders().find(({ id }) => id === 'wo_b')).toMatchObject({ state: 'scheduled' });
});

test.each([FIRST, -1, LAST])('a part that arrives at %d is a slip of the hand', async (arrivesAt) => {
  await world();
  const { status, body } = await service.call(dispatcher, 'PUT', `/work-orders/wo_a/parts/${SEAL_KIT}`, { arrivesAt });
  expect([status, body.errors[0].path]).toEqual([400, 'arrivesAt']);
});

test.each([FIRST, LAST])(
  'a part in an old log that arrives at %d does not stop the planning of the others',
  async (arrivesAt) => {
    await world();
    const at = service.clock.now();
    const workOrderId = WorkOrderId.parse('wo_a');
    const event = {
      type: 'work-order.part-expected',
      workOrderId,
      at,
      by: 'acc_x',
      partId: SEAL_KIT,
      quantity: 1,
    } as const;
    const append = { stream: streams.workOrder(workOrderId), events: [{ ...event, arrivesAt }] };
    await service.events.append([append], { at, actor: 'acc_x' });
    expect((await service.call(dispatcher, 'POST', '/plan/optimise', {})).status).toBe(200);
  },
);

test('what is asked about the ends of time is refused by name, or there is nothing to offer', async () => {
  await world();
  const before = service.state.position;
  const far = await service.call(dispatcher, 'POST', '/plan/slots', { workOrderId: 'wo_b', from: LAST });
  expect([far.status, far.body.offers]).toEqual([200, []]);
  for (const query of [`from=${FIRST}`, `from=${LAST}`, `from=0&to=${LAST}`]) {
    const { status, body } = await service.call(manager, 'GET', `/calendars/overview?${query}`);
    expect([query, status, body.errors[0].path]).toEqual([query, 400, expect.stringMatching(/^(from|to)$/)]);
  }
  for (const from of ['0000-01-03', '1900-01-01', '2025-02-17', '2026-03-16', '9999-12-27']) {
    const { status, body } = await service.call(manager, 'POST', '/roster/proposals', { from });
    expect([from, status, body.errors?.[0].path]).toEqual([from, 400, 'from']);
  }
  const moves = [{ workOrderId: 'wo_b', engineerId: ANA, startAt: MONDAY_9 + 4_000 * DAY }];
  expect((await service.call(dispatcher, 'POST', '/plan/what-if', { moves })).body.after).toBeNull();
  expect(service.state.position).toBe(before);
});
