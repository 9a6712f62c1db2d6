import { DAY, DeviceId, HOUR, isOpen, MINUTE, SiteId, streams } from '@uptower/domain';
import { afterEach, describe, expect, test } from 'vitest';
import { aService, type Service } from '../testing/service.ts';
import { aViewer, CITY, CT, DISK, HILL_CT, MONDAY_9, MR } from '../testing/world.ts';

let service: Service;
afterEach(() => service.stop());

const remote = aViewer('remote-engineer');
const cityHospital = aViewer('hospital', { hospitalId: CITY });
const held = async () => (await service.call(remote, 'GET', '/work-orders/held')).body;

describe('alert to order', () => {
  test('a doubtful alert stays with the remote engineer, who may open the order by hand, once', async () => {
    service = await aService();
    const alertId = await service.gateway.raise('a1', MR, 0.3);
    await service.pass(HOUR);
    expect(service.orders()).toEqual([]);
    expect(await held()).toMatchObject([{ alertId, reason: 'probability-too-low', probability: 0.3 }]);
    const open = () => service.call(remote, 'POST', '/work-orders', { alertId, note: 'listen to it' });
    expect(await open()).toMatchObject({ status: 201, body: { source: 'remote-engineer', note: 'listen to it' } });
    expect(await open()).toMatchObject({ status: 409, body: { code: 'alert-has-order' } });
    expect(await held()).toEqual([]);
  });

  test('a device that is not heard gets no order by itself; a person may open one', async () => {
    service = await aService();
    const presence = { fact: 'session-lost', order: false, siteId: SiteId.parse('site_a'), devices: 1 } as const;
    const alertId = await service.gateway.raise('a1', MR, 0.99, { presence });
    await service.pass(HOUR);
    expect(service.orders()).toEqual([]);
    expect(await held()).toMatchObject([{ alertId, reason: 'by-hand-only' }]);
    expect(await service.call(remote, 'POST', '/work-orders', { alertId })).toMatchObject({ status: 201 });
  });

  test('a suppressed alert opens no order until it is no longer suppressed; observed devices alike', async () => {
    service = await aService();
    const suppression = { kind: 'service-mode' } as const;
    const alertId = await service.gateway.raise('a1', MR, 0.95, { suppression });
    const observed = await service.gateway.raise('d1', DISK, 0.95, { suppression });
    await service.pass(HOUR);
    expect(service.orders()).toEqual([]);
    expect(await held()).toMatchObject([{ alertId, reason: 'suppressed' }]);
    await service.gateway.change(alertId, 0.95);
    await service.gateway.change(observed, 0.95);
    await service.settle();
    expect(service.orders().map((order) => order.alertId)).toEqual([alertId, observed]);
  });

  test('two components that speak of one problem make one order; later, or worse, it is another problem', async () => {
    service = await aService({ policy: { falseOrdersPerDeviceMonth: 5 } });
    await service.gateway.raise('a1', MR, 0.9);
    await service.settle();
    const other = { component: 'gradient' };
    const second = await service.gateway.raise('a2', MR, 0.9, other, MONDAY_9 + 20 * MINUTE);
    await service.settle();
    expect(service.orders()).toHaveLength(1);
    expect(await held()).toMatchObject([{ alertId: second, reason: 'same-problem' }]);
    await service.gateway.raise('a3', MR, 0.9, { component: 'table' }, MONDAY_9 + 40 * MINUTE);
    await service.gateway.raise('a4', MR, 0.9, { component: 'magnet', severity: 'P1' }, MONDAY_9 + MINUTE);
    await service.settle();
    expect(service.orders().map(({ alertId }) => alertId)).toEqual(['alr_a1', 'alr_a4', 'alr_a3']);
  });

  test('when the risk rises the order is opened, and follows the risk', async () => {
    service = await aService();
    const alertId = await service.gateway.raise('a1', MR, 0.3);
    await service.gateway.change(alertId, 0.7);
    await service.settle();
    expect(service.orders()).toMatchObject([{ id: 'wo_a1', probability: 0.7, priority: 'P2' }]);
    await service.gateway.change(alertId, 0.95, { severity: 'P1' });
    await service.settle();
    expect(service.orders()).toMatchObject([{ id: 'wo_a1', probability: 0.95, priority: 'P1' }]);
    await service.gateway.change(alertId, 0.6, { severity: 'P3' });
    await service.settle();
    expect(service.orders()).toMatchObject([{ probability: 0.6, priority: 'P1' }]); // urgency is not taken back
  });

  test('an alert that late data withdraw takes its order along while nobody has started', async () => {
    service = await aService();
    const alertId = await service.gateway.raise('a1', MR, 0.9);
    await service.settle();
    await service.gateway.clear(alertId, 'amended-by-late-data');
    await service.pass(HOUR);
    expect(service.orders()).toMatchObject([{ id: 'wo_a1', state: 'cancelled' }]);
  });

  test('an order that rises to P1 is promised what P1 is promised, from then on', async () => {
    service = await aService();
    await service.gateway.raise('a1', MR, 0.9);
    await service.pass(HOUR);
    const dues = () => service.orders()[0]?.promises.map(({ due }) => (due - MONDAY_9) / HOUR);
    expect(dues()).toEqual([12, 36]);
    await service.gateway.fact(MR, 'failed');
    await service.settle();
    expect(dues()).toEqual([5, 13]);
    await service.pass(HOUR);
    expect(dues()).toEqual([5, 13]);
  });

  test('without budget nothing is opened; the surest comes first, the others wait for the allowance', async () => {
    service = await aService(); // three devices: a month is worth 0.15, the cap is one whole order
    await service.gateway.raise('a1', CT, 0.55);
    await service.gateway.raise('a2', MR, 0.6);
    const third = await service.gateway.raise('a3', HILL_CT, 0.55);
    await service.settle();
    expect(service.orders().map(({ alertId }) => alertId)).toEqual(['alr_a2', 'alr_a1']); // 0.4 + 0.45, then 0.15 is left
    expect(await held()).toMatchObject([{ alertId: 'alr_a3', reason: 'budget-spent', needs: expect.closeTo(0.45) }]);
    await service.gateway.change(third, 0.9); // surer now: costs a tenth
    await service.settle();
    expect(service.orders()).toHaveLength(3);
  });

  test('an alert whose order a dispatcher cancelled does not make another by itself', async () => {
    service = await aService();
    const alertId = await service.gateway.raise('a1', MR, 0.9);
    await service.settle();
    const cancel = (id: string) =>
      service.call(aViewer('dispatcher'), 'POST', `/work-orders/${id}/cancel`, { reason: 'known and harmless' });
    expect((await cancel('wo_a1')).body.state).toBe('cancelled');
    expect((await cancel('wo_a1')).body.code).toBe('order-wrong-state');
    await service.pass(HOUR);
    expect(service.orders()).toHaveLength(1);
    expect(await held()).toMatchObject([{ reason: 'order-ended' }]);
    const again = await service.call(remote, 'POST', '/work-orders', { alertId });
    expect(again).toMatchObject({ status: 201, body: { id: 'wo_a1-2', number: 'WO-1002' } });
  });

  test('a crash between reading the alert and writing the order neither loses nor doubles it', async () => {
    const before = await aService({ started: false });
    await before.gateway.raise('a1', MR, 0.9); // dispatch was dead
    service = await aService({ events: before.events });
    expect(service.orders()).toMatchObject([{ id: 'wo_a1', number: 'WO-1001' }]);
    const again = await aService({ events: before.events });
    expect(again.orders()).toHaveLength(1);
    await again.stop();
  });

  test('a component that failed makes the order certain and urgent', async () => {
    service = await aService();
    await service.gateway.raise('a1', MR, 0.9);
    await service.pass(MINUTE);
    await service.gateway.fact(MR, 'failed');
    await service.settle();
    expect(service.orders()).toMatchObject([{ priority: 'P1', probability: 1, curve: [{ p: 1 }] }]);
  });
});

/** The engineer of the visit goes there and repairs. */
async function workOn(id: string): Promise<void> {
  const order = service.orders().find((one) => one.id === id);
  if (order?.state !== 'scheduled') throw new Error(`the order is ${order?.state}`);
  const engineer = { 'x-uptower-engineer': order.visit.engineerId };
  const act = async (what: string, body: unknown = {}) =>
    expect(
      (await service.call(aViewer('integration'), 'POST', `/work-orders/${id}/${what}`, body, engineer)).status,
    ).toBe(200);
  await act('depart');
  await act('arrive');
  for (const { key } of order.steps) await act('steps', { step: key });
  await act('finish', { outcome: 'fixed' });
}

describe('a hospital asks', () => {
  const request = (deviceId: string, impact = 'down', viewer = cityHospital) =>
    service.call(viewer, 'POST', '/requests', { deviceId, impact, text: 'Bed does not move' });

  test('the request becomes an order of that priority, a second one joins it', async () => {
    service = await aService();
    const first = await request(CT);
    expect(first).toMatchObject({ status: 201, body: { number: 'WO-1001', joined: false, hospitalId: CITY } });
    const { order } = (await service.call(remote, 'GET', `/work-orders/${first.body.id}`)).body;
    expect(order).toMatchObject({
      source: 'portal',
      priority: 'P1',
      skill: { name: 'xray', level: 2 },
      serviceMinutes: 90,
      note: 'Bed does not move',
    });
    expect(await request(CT, 'limited')).toMatchObject({ status: 200, body: { id: first.body.id, joined: true } });
  });

  test('a graver report on an order that is open raises it, with the promises of now, and is kept', async () => {
    service = await aService();
    await service.gateway.raise('a1', MR, 0.9);
    await service.pass(2 * HOUR); // P2: due after 12 and 36 hours
    const now = service.clock.now();
    const answer = await request(MR);
    expect(answer).toMatchObject({
      status: 200,
      body: { id: 'wo_a1', joined: true, reports: [{ at: now, text: 'Bed does not move', impact: 'down' }] },
    });
    expect(JSON.stringify(answer.body)).not.toContain(cityHospital.accountId);
    expect(service.orders()[0]).toMatchObject({
      priority: 'P1',
      promises: [
        { kind: 'response', due: now + 4 * HOUR },
        { kind: 'resolution', due: now + 12 * HOUR },
      ],
      reports: [{ at: now, by: cityHospital.accountId, text: 'Bed does not move', impact: 'down' }],
    });
    await service.pass(MINUTE);
    expect(await service.metrics.metrics()).toMatch(/replan_requests_total\{trigger="report-joined"\} 1/);
    await request(MR, 'question'); // changes neither
    expect(service.orders()[0]).toMatchObject({ priority: 'P1', promises: [{ due: now + 4 * HOUR }, {}] });
    expect(service.orders()[0]?.reports).toHaveLength(2);
    const { timeline } = (await service.call(remote, 'GET', '/work-orders/wo_a1')).body;
    expect(timeline.map(({ type }: { type: string }) => type)).toContain('work-order.report-joined');
  });

  test('an order that a hospital asked about is not withdrawn with its alert', async () => {
    service = await aService();
    const alertId = await service.gateway.raise('a1', MR, 0.9);
    await service.settle();
    await request(MR, 'limited');
    await service.gateway.clear(alertId);
    await service.pass(HOUR);
    expect(service.orders().map(({ state }) => state)).not.toContain('cancelled');
  });

  test('a report while a repair is being verified is a new order', async () => {
    service = await aService();
    await service.gateway.availability(CT, 'down');
    const { id } = (await request(CT)).body;
    await service.pass(MINUTE);
    await workOn(id);
    expect(service.orders()[0]?.state).toBe('verifying');
    const second = await request(CT);
    expect(second).toMatchObject({ status: 201, body: { joined: false } });
    expect(second.body.id).not.toBe(id);
  });

  test("not for another hospital's device, and not for one that is not there", async () => {
    service = await aService();
    expect((await request(HILL_CT)).status).toBe(404);
    expect((await request(DeviceId.parse('dev_nowhere'))).status).toBe(404);
    expect((await request(CT, 'down', aViewer('dispatcher'))).status).toBe(403);
  });

  test('an alert waits while somebody goes there for a fault as urgent; not for a question', async () => {
    service = await aService();
    await request(CT, 'down');
    await service.gateway.raise('a1', CT, 0.9);
    await service.settle();
    expect(service.orders()).toHaveLength(1);
    expect(await held()).toMatchObject([{ reason: 'device-has-order' }]);
    await request(MR, 'question');
    await service.gateway.raise('a2', MR, 0.9);
    await service.settle();
    expect(service.orders().map(({ source }) => source)).toEqual(['portal', 'portal', 'prediction']);
  });

  test('is closed when the device was up for ten minutes after the work', async () => {
    service = await aService();
    await service.gateway.availability(CT, 'down');
    const { id } = (await request(CT)).body;
    await service.pass(MINUTE);
    await workOn(id);
    expect(service.orders()[0]?.state).toBe('verifying');
    await service.pass(20 * MINUTE);
    expect(service.orders()[0]?.state).toBe('verifying'); // still down
    await service.gateway.availability(CT, 'up');
    await service.pass(9 * MINUTE);
    expect(service.orders()[0]?.state).toBe('verifying');
    await service.pass(2 * MINUTE);
    expect(service.orders()[0]).toMatchObject({ state: 'closed', closedBecause: 'confirmed-by-telemetry' });
  });
});

describe('observed devices', () => {
  const YEAR_2014 = Date.UTC(2014, 5, 1);
  const closings = () =>
    service.orders().map((order) => (order.state === 'closed' ? order.closedBecause : order.state));

  test('orders live in event time, cost a budget of their own that does not limit them, and are never planned', async () => {
    service = await aService();
    await service.gateway.raise('d1', DISK, 0.4, {}, YEAR_2014);
    await service.pass(HOUR);
    expect(service.orders()).toMatchObject([{ openedAt: YEAR_2014, service: 'observe', state: 'received' }]);
    expect(service.state.budgets.observe.debt).toBeCloseTo(0.6);
    expect(service.state.budgets.full.debt).toBe(0);
    expect(service.state.plan).toBeNull();
    const portal = await service.call(cityHospital, 'GET', '/portal/orders');
    expect(portal.body).toEqual([]);
  });

  test('a whole life replayed in one go is opened and graded as if it had been followed', async () => {
    service = await aService();
    const at = (days: number) => YEAR_2014 + days * DAY;
    const first = await service.gateway.raise('d1', DISK, 0.4, {}, at(0));
    await service.gateway.fact(DISK, 'failed', at(2));
    await service.gateway.clear(first, 'device-failed', at(2));
    const second = await service.gateway.raise('d2', DISK, 0.4, {}, at(10));
    await service.gateway.clear(second, 'returned-to-normal', at(11));
    const third = await service.gateway.raise('d3', DISK, 0.4, {}, at(14)); // the horizon of d2 is 3 days
    await service.gateway.fact(DISK, 'replaced', at(15));
    await service.gateway.clear(third, 'component-replaced', at(15));
    await service.settle();
    expect(closings()).toEqual(['device-failed', 'horizon-passed', 'replaced']);
    expect(service.orders().map(({ openedAt }) => (openedAt - YEAR_2014) / DAY)).toEqual([0, 10, 14]);
  });

  test('history that came in while dispatch was down is judged afterwards, once', async () => {
    const before = await aService({ started: false });
    await before.gateway.raise('d1', DISK, 0.4, {}, YEAR_2014);
    await before.gateway.fact(DISK, 'failed', YEAR_2014 + DAY);
    service = await aService({ events: before.events });
    expect(closings()).toEqual(['device-failed']);
    const length = before.events.head();
    const again = await aService({ events: before.events });
    expect(before.events.head()).toBe(length);
    await again.stop();
  });

  test('when nothing more is heard of the device, the horizon passes by the clock', async () => {
    service = await aService();
    await service.gateway.raise('d1', DISK, 0.4, { horizonHours: 2 });
    await service.pass(5 * HOUR, HOUR);
    expect(service.orders().filter(isOpen)).toHaveLength(1);
    await service.pass(2 * HOUR, HOUR);
    expect(service.orders()).toMatchObject([{ closedBecause: 'horizon-passed', closedAt: MONDAY_9 + 2 * HOUR }]);
  });
});

test('the timeline of an order says who did what and when', async () => {
  service = await aService();
  await service.gateway.raise('a1', MR, 0.9);
  await service.pass(MINUTE);
  const { timeline } = (await service.call(remote, 'GET', '/work-orders/wo_a1')).body;
  expect(timeline).toMatchObject([
    { actor: 'dispatch', event: { type: 'work-order.opened' }, at: MONDAY_9 },
    { actor: 'dispatch', event: { type: 'work-order.scheduled' }, at: MONDAY_9 + 30_000 },
  ]);
  expect(await service.events.readStream(streams.workOrder('wo_a1'))).toHaveLength(2);
});
