import { MINUTE, type Role } from '@uptower/domain';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aService, type Service } from '../testing/service.ts';
import { ANA, aViewer, BO, CITY, CT, HILL, HILL_CT, MR } from '../testing/world.ts';

let service: Service;
beforeAll(async () => {
  service = await aService();
  await service.gateway.raise('city', MR, 0.9);
  await service.gateway.raise('hill', HILL_CT, 0.9);
  await service.pass(MINUTE);
});
afterAll(() => service.stop());

const hill = aViewer('hospital', { hospitalId: HILL });
const body = { workOrderId: 'wo_city', engineerId: ANA, startAt: 0 };
const engineerRoutes = [
  ['GET', 'calendar'],
  ['GET', 'free-time'],
  ['POST', 'absences', { kind: 'leave', when: { from: 0, to: 1 } }],
  ['DELETE', 'absences/abs_a'],
  ['PUT', 'patterns', { startsOn: '2025-01-01', weeks: [[]] }],
  ['DELETE', 'patterns/2025-01-01'],
  ['PUT', 'calendar-settings', { holidayRegion: null, overtime: null }],
  ['PUT', 'calendar-import', { text: 'x' }],
  ['POST', 'calendar-import/refresh'],
  ['DELETE', 'calendar-import'],
  ['POST', 'calendar-feed', {}],
  ['DELETE', 'calendar-feed'],
] as const;
const everyRoute: readonly (readonly ['GET' | 'POST' | 'PUT' | 'DELETE', string, unknown?])[] = [
  ...engineerRoutes.map(([method, path, input]) => [method, `/engineers/${ANA}/${path}`, input] as const),
  ['GET', '/calendars/holidays'],
  ['PUT', '/calendars/holidays/CN', { days: [] }],
  ['GET', '/calendars/on-call'],
  ['PUT', '/calendars/on-call/south', {}],
  ['DELETE', '/calendars/on-call/south'],
  ['GET', '/work-orders'],
  ['GET', '/work-orders?state=all'],
  ['GET', `/work-orders?deviceId=${MR}`],
  ['GET', `/work-orders?hospitalId=${CITY}`],
  ['GET', '/work-orders/held'],
  ['GET', '/predictions/budget'],
  ['PUT', '/predictions/budget', { falseOrdersPerDeviceMonth: 1, minProbability: 0 }],
  ['GET', '/predictions/scorecard'],
  ['GET', '/predictions/record'],
  ['GET', '/predictions/retirements'],
  ['PUT', '/predictions/costs', { currency: 'CNY', visit: 0, downtimeHour: 0, hoursSaved: 0 }],
  ['GET', '/work-orders/wo_city'],
  ['POST', '/work-orders', { alertId: 'alr_city' }],
  ['POST', '/work-orders/wo_city/cancel', { reason: 'because' }],
  ['GET', '/plan'],
  ['GET', '/plan/changes'],
  ['POST', '/plan/optimise'],
  ['POST', '/plan/move', body],
  ['POST', '/plan/what-if', { moves: [body] }],
  ['POST', '/plan/unpin', { workOrderId: 'wo_city' }],
  ['GET', '/plan/places/wo_city'],
  ['GET', '/plan/repaired/wo_city'],
  ['POST', '/plan/repaired/wo_city'],
  ['POST', '/plan/slots', { workOrderId: 'wo_city' }],
  ['POST', '/plan/slots/accept', { workOrderId: 'wo_city', from: 0, to: 1 }],
  ['POST', '/plan/slots/withdraw', { workOrderId: 'wo_city', reason: 'because' }],
  ['PUT', '/work-orders/wo_city/parts/prt_seal-kit', { arrivesAt: null }],
  ['GET', '/engineers'],
  ['GET', '/field/day'],
  ['POST', '/engineers/position', { place: { lat: 0, lon: 0 }, at: 0 }],
  ...(['depart', 'arrive', 'steps', 'parts', 'finish'] as const).map(
    (what) => ['POST', `/work-orders/wo_city/${what}`, {}] as const,
  ),
  ['POST', '/requests', { deviceId: CT, impact: 'down', text: 'let me see' }],
  ['GET', '/portal/orders'],
  ['GET', `/portal/orders?hospitalId=${CITY}`],
];

describe("a hospital never sees another one's rows", () => {
  test.each(everyRoute.map(([method, path, input]) => ({ method, path, input })))(
    '$method $path',
    async ({ method, path, input }) => {
      const { status, body: answer } = await service.call(hill, method, path, input);
      expect(JSON.stringify(answer) ?? '').not.toMatch(/wo_city|dev_city|hos_city|WO-1001/);
      if (path !== '/portal/orders' && !path.startsWith('/portal/orders?')) expect([403, 404]).toContain(status);
    },
  );
  test('and sees its own', async () => {
    const { body: own } = await service.call(hill, 'GET', '/portal/orders');
    expect(own).toMatchObject([{ id: 'wo_hill', hospitalId: HILL, state: 'scheduled', engineerName: { en: 'chen' } }]);
    expect(JSON.stringify(own)).not.toMatch(/probability|curve/);
  });
});

test('nobody gets anything without signing in', async () => {
  for (const [method, path, input] of everyRoute) {
    const { status } = await service.call(undefined as never, method, path, input);
    expect([path, status]).toEqual([path, 401]);
  }
});

test.each<[Role, string, 'GET' | 'POST', number]>([
  ['field-engineer', '/plan/optimise', 'POST', 403],
  ['field-engineer', '/work-orders', 'GET', 200],
  ['remote-engineer', '/plan/move', 'POST', 403],
  ['remote-engineer', '/plan/what-if', 'POST', 403],
  ['manager', '/work-orders', 'POST', 403],
  ['manager', '/plan', 'GET', 200],
  ['dispatcher', '/field/day', 'GET', 403],
  ['admin', '/field/day', 'GET', 403],
])('a %s at %s', async (role, path, method, status) => {
  const more = role === 'field-engineer' ? { engineerId: BO } : {};
  expect((await service.call(aViewer(role, more), method, path, method === 'POST' ? {} : undefined)).status).toBe(
    status,
  );
});

describe('acting for an engineer', () => {
  const depart = (viewer: Parameters<Service['call']>[0], headers = {}) =>
    service.call(viewer, 'POST', '/work-orders/wo_city/depart', {}, headers);
  test('is for integrations, which must say for whom', async () => {
    expect((await depart(aViewer('integration'))).status).toBe(403);
    expect((await depart(aViewer('integration'), { 'x-uptower-engineer': 'eng_nobody' })).status).toBe(404);
    expect((await depart(aViewer('integration'), { 'x-uptower-engineer': BO })).body.code).toBe('order-not-yours');
    expect((await depart(aViewer('field-engineer', { engineerId: BO }), { 'x-uptower-engineer': ANA })).status).toBe(
      403,
    );
    expect((await depart(aViewer('field-engineer', { engineerId: BO }))).body.code).toBe('order-not-yours');
  });
  test('shows where the engineer is, the latest measurement only', async () => {
    const header = { 'x-uptower-engineer': ANA };
    const report = (lat: number, at: number) =>
      service.call(aViewer('integration'), 'POST', '/engineers/position', { place: { lat, lon: 106 }, at }, header);
    const now = service.clock.now();
    expect((await report(29.1, now)).status).toBe(204);
    await report(29.2, now - 1_000);
    await report(29.3, now + 3_600_000);
    const find = async () =>
      (await service.call(aViewer('manager'), 'GET', '/engineers')).body.find(({ id }: { id: string }) => id === ANA);
    expect(await find()).toMatchObject({ position: { lat: 29.1, lon: 106 }, positionAt: now, status: 'available' });
    await service.pass(20 * MINUTE);
    expect(await find()).toMatchObject({ position: { lat: 29.56 }, positionAt: null });
  });
});
