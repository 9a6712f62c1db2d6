import {
  DAY,
  type DeviceFact,
  HOUR,
  type RecordAnswer,
  type Retirements,
  type Scorecard,
  streams,
} from '@uptower/domain';
import { afterEach, describe, expect, test } from 'vitest';
import { aService, type Service } from '../testing/service.ts';
import { ANA, aViewer, CT, DISK, MONDAY_9, MR, SEAL_KIT } from '../testing/world.ts';

let service: Service;
afterEach(() => service.stop());

const manager = aViewer('manager');
const ana = aViewer('field-engineer', { engineerId: ANA });
const get = async <T>(path: string, of = service): Promise<T> => {
  const { status, body } = await of.call(manager, 'GET', `/predictions/${path}`);
  expect(status).toBe(200);
  return body;
};
const rows = async (query = '') => (await get<RecordAnswer>(`record${query}`)).rows;
const total = async (query = '') => (await get<Scorecard>(`scorecard${query}`)).total;
/** The device was heard first two days ago: long enough that its failures could be foreseen. */
const heardSince = (device = MR) => service.gateway.availability(device, 'up', MONDAY_9 - 2 * DAY);

/** Ana drives to the cold head; what she does there is the test's. */
async function arrive(name: string) {
  const act = async (what: string, body?: unknown) => {
    const answer = await service.call(ana, 'POST', `/work-orders/wo_${name}/${what}`, body);
    expect([what, answer.status]).toEqual([what, 200]);
  };
  await act('depart');
  await service.pass(20 * 60_000);
  await act('arrive');
  return act;
}

describe('devices somebody is sent to', () => {
  test('nothing wrong found: the order was false, the alert stays with the remote engineer', async () => {
    service = await aService();
    await heardSince();
    await service.gateway.raise('a1', MR, 0.9);
    await service.pass(60_000);
    expect(await rows()).toMatchObject([{ grade: 'open', number: 'WO-1001', probability: 0.9, ruleId: 'rule' }]);
    const act = await arrive('a1');
    await act('finish', { outcome: 'no-fault-found', note: 'pressure, leaks, compressor: all well' });
    await service.settle();
    expect(await rows()).toMatchObject([{ grade: 'false', reason: 'no-fault-found', orderId: 'wo_a1' }]);
    expect(service.orders()).toMatchObject([{ state: 'closed', closedBecause: 'no-fault-found' }]);
    const held = await service.call(aViewer('remote-engineer'), 'GET', '/work-orders/held');
    expect(held.body).toMatchObject([{ reason: 'order-ended' }]);
    // It fails all the same within the horizon: the order had been right.
    await service.pass(2 * HOUR, HOUR);
    await service.gateway.fact(MR, 'failed');
    await service.settle();
    expect(await rows()).toMatchObject([{ grade: 'late', reason: 'failed' }]);
    expect(await rows('?lead=1')).toMatchObject([{ grade: 'true', leadHours: expect.closeTo(2.35, 1) }]);
    expect(await total('?lead=1')).toMatchObject({
      orders: { true: 1, false: 0 },
      failures: { total: 1, foreseen: 1 },
      precision: { value: 1 },
      recall: { value: 1, low: expect.closeTo(0.207, 3), high: 1 },
    });
  });

  test('repaired and confirmed: avoided, in no figure of precision, but between its bounds', async () => {
    service = await aService();
    await service.gateway.availability(MR, 'up');
    const alert = await service.gateway.raise('a1', MR, 0.9);
    await service.pass(60_000);
    const act = await arrive('a1');
    for (const step of ['swap', 'test']) await act('steps', { step });
    await act('parts', { partId: SEAL_KIT, quantity: 1 });
    await act('finish', { outcome: 'fixed' });
    await service.gateway.clear(alert);
    await service.pass(HOUR);
    expect(await rows()).toMatchObject([{ grade: 'avoided', reason: 'repaired' }]);
    const figures = await total();
    expect(figures).toMatchObject({ orders: { avoided: 1 }, precision: null, precisionBounds: { low: 0, high: 1 } });
    expect(figures.calibration.orders).toBe(0);
  });

  test('a risk that goes away by itself was false; a failure nobody saw coming is missed', async () => {
    service = await aService();
    await heardSince();
    const alert = await service.gateway.raise('a1', MR, 0.9, { horizonHours: 2 });
    await service.settle();
    await service.gateway.clear(alert);
    await service.pass(HOUR);
    expect(await rows()).toMatchObject([{ grade: 'false', reason: 'withdrawn' }]);
    await service.pass(2 * HOUR, HOUR);
    await service.gateway.fact(MR, 'failed');
    await service.settle();
    expect(await rows()).toMatchObject([
      { grade: 'missed', orderId: null, component: 'coldHead', componentName: { en: 'Cold head' } },
      { grade: 'false' },
    ]);
    const figures = await total();
    expect(figures).toMatchObject({ devices: 1, failures: { total: 1, missed: 1 }, recall: { value: 0 } });
    // Two days and three hours, with one false order.
    expect(figures.deviceMonths).toBeCloseTo(51 / 730.5, 6);
    expect(figures.falsePerDeviceMonth?.value).toBeCloseTo(1 / figures.deviceMonths, 6);
  });

  test('a hospital says that a device is down: a failure no order foresaw, of a component nobody named', async () => {
    service = await aService();
    await heardSince();
    const hospital = aViewer('hospital', { hospitalId: service.state.registry.devices.get(MR)?.hospitalId ?? null });
    await service.call(hospital, 'POST', '/requests', { deviceId: MR, impact: 'down', text: 'does not start' });
    await service.pass(60_000);
    const [order] = service.orders();
    if (!order || !('visit' in order) || !order.visit) throw new Error('nobody is sent');
    const engineer = aViewer('field-engineer', { engineerId: order.visit.engineerId });
    const act = (what: string, body?: unknown) =>
      service.call(engineer, 'POST', `/work-orders/${order.id}/${what}`, body);
    await act('depart');
    await service.pass(20 * 60_000);
    await act('arrive');
    for (const { key } of order.steps) await act('steps', { step: key });
    expect(await rows()).toEqual([]);
    await act('finish', { outcome: 'fixed' });
    await service.pass(HOUR);
    expect(await rows()).toMatchObject([{ grade: 'missed', component: 'unknown', at: order.openedAt }]);
  });
});

/** A drive: order at 9 o'clock with a horizon of 72 h, failure 30 h later. */
async function aDrive(failedAfterHours = 30) {
  await service.gateway.availability(DISK, 'up', MONDAY_9 - 10 * DAY);
  await service.gateway.raise('d1', DISK, 0.8, {}, MONDAY_9);
  await service.settle();
  await service.gateway.fact(DISK, 'failed', MONDAY_9 + failedAfterHours * HOUR);
  await service.settle();
}

describe('observed devices', () => {
  test('what the history shows decides; late data change the grade, and the failure', async () => {
    service = await aService();
    await aDrive();
    expect(await rows()).toMatchObject([{ grade: 'true', leadHours: 30, decidedAt: MONDAY_9 + 30 * HOUR }]);
    const amended: DeviceFact = {
      ...{ type: 'device.fact', deviceId: DISK, component: 'disk', fact: 'failed', journalPosition: 99 },
      ...{ at: MONDAY_9 + 12 * HOUR, insteadOf: MONDAY_9 + 30 * HOUR },
    };
    const at = service.clock.now();
    await service.events.append([{ stream: streams.facts(DISK), events: [amended] }], { at, actor: 'gateway' });
    expect(await rows()).toMatchObject([{ grade: 'late', leadHours: 12 }]);
    expect((await total()).failures).toMatchObject({ total: 1, late: 1 });
  });

  test('the same after a restart, and for who asks for a part of it', async () => {
    service = await aService();
    await aDrive();
    const before = [await get('scorecard'), await get('record'), await get('retirements')];
    const again = await aService({ events: service.events, at: service.clock.now() });
    try {
      expect([await get('scorecard', again), await get('record', again), await get('retirements', again)]).toEqual(
        before,
      );
    } finally {
      await again.stop();
    }
    expect((await get<Scorecard>('scorecard?service=full')).total.orders.true).toBe(0);
    expect((await get<Scorecard>(`scorecard?from=${MONDAY_9 + 1}`)).total).toMatchObject({
      orders: { true: 0 },
      failures: { foreseen: 1 },
    });
    expect((await get<Scorecard>('scorecard?lead=48')).total.orders).toMatchObject({ true: 0, late: 1 });
    const names = async (by: string) => (await get<Scorecard>(`scorecard?by=${by}`)).groups.map(({ key }) => key);
    expect([await names('rule'), await names('model'), await names('component'), await names('device-kind')]).toEqual([
      ['mdl_disk/rule'],
      ['mdl_disk'],
      ['mdl_disk/disk'],
      ['pacs-storage'],
    ]);
  });
});

describe('what a rule costs', () => {
  test('costs are set by who answers for them, kept, and change what is reckoned', async () => {
    service = await aService();
    const before = await get<Retirements>('retirements');
    expect(before).toMatchObject({ costs: { visit: 150_000, downtimeHour: null, setBy: null }, rules: [] });
    const costs = { currency: 'CNY', visit: 90_000, downtimeHour: 50_000, hoursSaved: 3 };
    const put = (viewer = manager, body: unknown = costs) => service.call(viewer, 'PUT', '/predictions/costs', body);
    expect((await put(aViewer('dispatcher'))).status).toBe(403);
    expect(await put(manager, { ...costs, visit: -1 })).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'visit' }] },
    });
    expect((await put()).body.costs).toMatchObject({ ...costs, setBy: manager.accountId });
    const again = await aService({ events: service.events, at: service.clock.now() });
    try {
      expect((await get<Retirements>('retirements', again)).costs).toMatchObject(costs);
    } finally {
      await again.stop();
    }
  });

  test('staff see the record; field engineers and hospitals do not', async () => {
    service = await aService();
    for (const path of ['scorecard', 'record', 'retirements']) {
      expect((await service.call(aViewer('remote-engineer'), 'GET', `/predictions/${path}`)).status).toBe(200);
      expect((await service.call(ana, 'GET', `/predictions/${path}`)).status).toBe(403);
    }
    expect((await service.call(manager, 'GET', '/predictions/scorecard?by=moon')).status).toBe(400);
  });
});

test('a rule whose record is poor is believed less: its next alert stays with the remote engineer, in words', async () => {
  service = await aService();
  await heardSince(DISK);
  const horizon = { horizonHours: 2 };
  for (let n = 0; n < 20; n += 1) {
    const at = MONDAY_9 - 46 * HOUR + n * 2.25 * HOUR;
    const alert = await service.gateway.raise(`d${n}`, DISK, 0.9, horizon, at);
    await service.gateway.clear(alert, 'returned-to-normal', at + HOUR);
  }
  await service.pass(DAY, HOUR);
  expect(await total('?service=observe')).toMatchObject({ orders: { true: 0, false: 20 } });
  await service.gateway.raise('a1', MR, 0.9, { ruleId: 'other' });
  await service.settle();
  expect(service.orders().at(-1)).toMatchObject({ id: 'wo_a1', probability: 0.9 });
  const alertId = await service.gateway.raise('b1', CT, 0.9);
  await service.settle();
  expect(service.orders().map(({ id }) => id)).not.toContain('wo_b1');
  const held = await service.call(aViewer('remote-engineer'), 'GET', '/work-orders/held');
  // (0 + 10 × 0.9) / (20 + 10)
  expect(held.body).toMatchObject([{ alertId, reason: 'probability-too-low', probability: 0.3 }]);
  // A person opens it: the order says what is believed, and keeps what was claimed.
  const opened = await service.call(aViewer('remote-engineer'), 'POST', '/work-orders', { alertId });
  expect(opened.body).toMatchObject({ probability: 0.3, claim: { probability: 0.9 } });
});
