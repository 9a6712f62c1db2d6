import type { Alert, DeviceView, PortalOrder, UptimeFigures, Viewer, WorkOrder } from '@uptower/domain';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newDataDir, type Running, signIn, startUptower, until } from '../support/uptower.ts';

/** Four minutes of the region pass each second: the whole story fits into a minute. */
const SPEED = '240';

let server: Running;
beforeAll(async () => {
  server = await startUptower('demo', newDataDir(), ['--speed', SPEED]);
});
afterAll(() => server.stop());

const stageTimes = (order: WorkOrder) =>
  (['received', 'scheduled', 'travelling', 'on-site', 'verifying', 'closed'] as const).map(
    (stage) => order.entered[stage],
  );

test('a failure is foreseen, an order opened, an engineer sent, the repair confirmed by telemetry, and the uptime kept', async () => {
  const [remote, dispatcher, field, hospital] = await Promise.all(
    ['remote', 'dispatch', 'field', 'hospital'].map((name) => signIn(server.webUrl, name)),
  );
  if (!remote || !dispatcher || !field || !hospital) throw new Error('somebody could not sign in');

  // Of the hospital that can be asked; elsewhere in the region other things go wrong meanwhile.
  const { hospitalId } = (await hospital<{ viewer: Viewer }>('GET', '/session')).viewer;
  const foreseen = (orders: WorkOrder[]) =>
    orders.find((order) => order.source === 'prediction' && order.hospitalId === hospitalId);
  const first = await until('an order from a prediction', async () =>
    foreseen(await dispatcher<WorkOrder[]>('GET', '/work-orders?state=all')),
  );

  // The remote engineer sees why: a finding with evidence and a rising probability, before the failure.
  const { alertId } = first;
  if (!alertId) throw new Error('the order has no alert');
  const alert = await remote<Alert>('GET', `/alerts/${alertId}`);
  expect(alert.worst.probability).toBeGreaterThan(0.3);
  expect(alert.worst.evidence.text.zh).not.toBe('');
  expect(alert.deviceId).toBe(first.deviceId);
  const acknowledged = await remote<Alert>('POST', `/alerts/${alertId}/acknowledge`);
  expect(acknowledged.state).toBe('acknowledged');

  // The dispatcher sees who goes, and that the plan says why.
  const assigned = await until('an engineer assigned', async () => {
    const order = (await dispatcher<{ order: WorkOrder }>('GET', `/work-orders/${first.id}`)).order;
    return 'visit' in order && order.visit ? order.visit : undefined;
  });
  expect(assigned.why.en).not.toBe('');
  expect(assigned.arriveAt).toBeLessThanOrEqual(assigned.startAt);

  // The hospital watches the same order in its own words, without scores.
  const mine = await hospital<PortalOrder[]>('GET', '/portal/orders');
  expect(mine.map((order) => order.id)).toContain(first.id);
  expect(JSON.stringify(mine)).not.toMatch(/probability|curve/);

  const closed = await until('the order to be closed', async () => {
    const { order } = await dispatcher<{ order: WorkOrder }>('GET', `/work-orders/${first.id}`);
    return order.state === 'closed' ? order : undefined;
  });
  expect(closed.closedBecause).toBe('confirmed-by-telemetry');
  const times = stageTimes(closed);
  expect(times.every((at) => at !== undefined)).toBe(true);
  expect([...times].sort((a, b) => (a ?? 0) - (b ?? 0))).toEqual(times);
  expect((await remote<Alert>('GET', `/alerts/${alertId}`)).state).toBe('cleared');

  // Never down: the work was planned time, and the uptime of the device is whole.
  const device = await hospital<{ device: DeviceView }>('GET', `/devices/${first.deviceId}`);
  expect(device.device.availability.state).toBe('up');
  const uptime = await hospital<{ figures: UptimeFigures }>(
    'GET',
    `/devices/${first.deviceId}/uptime?from=0&to=${closed.closedAt}`,
  );
  expect(uptime.figures.ms.down).toBe(0);
  expect(uptime.figures.ms.planned).toBeGreaterThan(0);
  expect(uptime.figures.uptime).toBe(1);
});

test('who is not heard, and why: each fact once in the first hours, with evidence, and over again; nobody is sent', async () => {
  const remote = await signIn(server.webUrl, 'remote');
  const told = [
    ['silent', 'dev_zigong-us-1', 'Nothing heard since'],
    ['clock-jumped', 'dev_leshan-dr-1', 'its clock is 4 minutes ahead'],
    ['sensor-stuck', 'dev_dazhou-vent-1', 'Flow sensor self-test offset has repeated exactly'],
    ['gateway-lost', 'dev_yaan-ct-1', '5 devices behind it cannot be heard'],
  ] as const;
  for (const [fact, deviceId, evidence] of told) {
    const alert = await until(`${fact} of ${deviceId}, and its end`, async () =>
      (await remote<Alert[]>('GET', '/alerts?state=all')).find(
        ({ deviceId: of, worst, state }) => of === deviceId && worst.presence?.fact === fact && state === 'cleared',
      ),
    );
    expect(alert.worst.evidence.text.en).toContain(evidence);
    expect(alert.worst.evidence.text.zh).not.toBe('');
    const orders = await remote<WorkOrder[]>('GET', '/work-orders?state=all');
    expect(orders.filter(({ alertId }) => alertId === alert.id)).toEqual([]);
  }
  const { device } = await remote<{ device: DeviceView }>('GET', '/devices/dev_yaan-ct-1');
  expect(device).toMatchObject({ stale: null, availability: { state: 'up' } });
});

test('one order a device and component, never one an alert', async () => {
  const orders = await server.call<WorkOrder[]>('GET', '/work-orders?state=open');
  const keys = orders.map((order) => `${order.deviceId} ${order.component}`);
  expect(new Set(keys).size).toBe(keys.length);
});

test('each sees what is theirs: a hospital no other hospital, a field engineer no registry, nobody without signing in', async () => {
  const hospital = await signIn(server.webUrl, 'hospital');
  const devices = await hospital<DeviceView[]>('GET', '/devices');
  const own = devices[0]?.hospitalId;
  expect(devices.length).toBeGreaterThan(0);
  expect(devices.every((device) => device.hospitalId === own)).toBe(true);
  const all = await server.call<DeviceView[]>('GET', '/devices');
  expect(all).toHaveLength(220);
  const foreign = all.find((device) => device.hospitalId !== own);
  for (const path of [
    `/devices/${foreign?.id}`,
    `/devices/${foreign?.id}/uptime?from=0&to=1`,
    `/devices/${foreign?.id}/recent?from=0&to=1`,
    `/devices/${foreign?.id}/readings?metric=a&from=0&to=1`,
  ])
    await expect(hospital('GET', path), path).rejects.toMatchObject({ status: 404 });
  for (const path of ['/alerts', '/work-orders', '/plan', '/engineers', '/quarantine', '/registry'])
    await expect(hospital('GET', path), path).rejects.toMatchObject({ status: 403 });
  await expect(hospital('PUT', '/registry', {})).rejects.toMatchObject({ status: 403 });
  const field = await signIn(server.webUrl, 'field');
  await expect(field('PUT', '/registry', {})).rejects.toMatchObject({ status: 403 });
  await expect(field('POST', '/plan/optimise')).rejects.toMatchObject({ status: 403 });
  expect((await fetch(`${server.webUrl}/api/v1/devices`)).status).toBe(401);
});

test('a change that another web page could have sent is refused', async () => {
  const response = await fetch(`${server.webUrl}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'remote', password: 'uptower-demo' }),
  });
  expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([403, 'cross-site']);
});

test('signing out ends the session, also for who kept the cookie', async () => {
  const manager = await signIn(server.webUrl, 'manager');
  await manager('GET', '/devices');
  await manager('DELETE', '/session');
  await expect(manager('GET', '/devices')).rejects.toMatchObject({ status: 401 });
});

test('nobody can keep the server busy with a large body; what is not there is not found', async () => {
  const nested = '['.repeat(200_000) + ']'.repeat(200_000);
  const post = (path: string) =>
    fetch(`${server.webUrl}/api/v1${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-uptower': '1' },
      body: nested,
    });
  expect((await post('/session')).status).toBe(413);
  expect((await post('/credentials')).status).toBe(401);
  const asset = await fetch(`${server.webUrl}/assets/none.js`);
  expect([asset.status, await asset.text()]).toEqual([404, expect.not.stringContaining('/')]);
});

test('a hospital asks for service and follows it', async () => {
  const hospital = await signIn(server.webUrl, 'hospital');
  const orders = await hospital<PortalOrder[]>('GET', '/portal/orders');
  const busy = new Set(orders.map((order) => order.deviceId));
  const device = (await hospital<DeviceView[]>('GET', '/devices')).find((item) => !busy.has(item.id));
  const request = { deviceId: device?.id, impact: 'limited', text: 'The table squeaks when it moves in.' };
  await hospital('POST', '/requests', request);
  const order = await until('the request among the orders', async () =>
    (await hospital<PortalOrder[]>('GET', '/portal/orders')).find(
      (item) => item.deviceId === device?.id && item.source === 'portal',
    ),
  );
  expect(order.number).toMatch(/^WO-\d+$/);
  const foreign = (await server.call<DeviceView[]>('GET', '/devices')).find(
    (item) => item.hospitalId !== device?.hospitalId,
  );
  await expect(hospital('POST', '/requests', { ...request, deviceId: foreign?.id })).rejects.toMatchObject({
    status: 404,
  });
});

test('bad requests name the field', async () => {
  await expect(server.call('POST', '/credentials', { devices: ['DEV 1'] })).rejects.toMatchObject({
    status: 400,
    body: { code: 'bad-request', errors: [{ path: 'devices.0' }] },
  });
});
