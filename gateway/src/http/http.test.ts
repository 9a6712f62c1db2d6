import { AccountId, HOUR, HospitalId, MINUTE, type RegistryUpload, type Role, type Viewer } from '@uptower/domain';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { admin, type Bench, openBench } from '../testing/bench.ts';
import { MONDAY, mrModel, smallFleet } from '../testing/fixtures.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

const as = (role: Role, hospital: string | null = null): Viewer => ({
  ...admin,
  accountId: AccountId.parse(`acc_${role}`),
  role,
  hospitalId: hospital === null ? null : HospitalId.parse(hospital),
});
const hospitalB = as('hospital', 'hos_b');
const status = async (...call: Parameters<Bench['request']>) => (await bench.request(...call)).status;

/** An alert on `dev_a1`: pressure beyond 40 kPa for ten minutes. */
async function anAlert(): Promise<string> {
  bench.clock.set(MONDAY + HOUR);
  for (const minute of [0, 10])
    await bench.say('dev_a1', 'telemetry', {
      ts: MONDAY + minute * MINUTE,
      seq: minute,
      values: { helium_pressure: 42 },
    });
  await bench.gateway.settled();
  return (await bench.get('/alerts'))[0].id;
}

test('a registry is put once; a second upload writes nothing, a changed item only itself', async () => {
  const head = bench.events.head();
  expect(await bench.request('PUT', '/registry', smallFleet())).toEqual({ status: 200, body: { changed: 0 } });
  expect(bench.events.head()).toBe(head);
  const changed: RegistryUpload = structuredClone(smallFleet());
  (changed.devices[0] as { serial: string }).serial = 'other';
  expect((await bench.request('PUT', '/registry', changed)).body).toEqual({ changed: 1 });
  expect((await bench.get('/devices/dev_a1')).device.serial).toBe('other');
  expect(await bench.get('/registry')).toMatchObject({
    hospitals: [{ id: 'hos_a' }, { id: 'hos_b' }],
    models: [{ id: 'mdl_mr' }],
  });
});

test('an upload with dangling references names each, and writes nothing', async () => {
  const head = bench.events.head();
  const fleet = structuredClone(smallFleet());
  (fleet.devices[0] as { modelId: string }).modelId = 'mdl_none';
  const { status, body } = await bench.request('PUT', '/registry', fleet);
  expect(status).toBe(400);
  expect(body.errors).toEqual([{ path: 'devices[0].modelId', message: 'mdl_none is not known' }]);
  expect(bench.events.head()).toBe(head);
});

test('ten thousand devices at once', async () => {
  const [device] = smallFleet().devices;
  const devices = Array.from({ length: 10_000 }, (_, i) => ({ ...device, id: `dev_a${i}`, serial: String(i) }));
  expect(await bench.request('PUT', '/registry', { devices })).toEqual({ status: 200, body: { changed: 10_000 } });
  expect(await bench.get('/devices')).toHaveLength(10_001);
});

test('credentials: issued once, replaced, revoked', async () => {
  const issue = () => bench.post('/credentials', { devices: ['dev_a1'], sites: ['site_b'] });
  const secret = (issued: { password: string }[]) => Buffer.from(issued[0]?.password ?? '');
  const first = await issue();
  expect(first).toMatchObject([
    { username: 'dev_a1', siteId: 'site_a', deviceId: 'dev_a1' },
    { username: 'site_b', siteId: 'site_b', deviceId: null },
  ]);
  expect(await bench.gateway.authenticate('dev_a1', secret(first))).toEqual({
    kind: 'device',
    siteId: 'site_a',
    deviceId: 'dev_a1',
  });
  const second = await issue();
  expect(await bench.gateway.authenticate('dev_a1', secret(first))).toBeUndefined();
  expect(await bench.gateway.authenticate('dev_a1', secret(second))).toBeDefined();
  expect(await status('DELETE', '/credentials/dev_a1')).toBe(204);
  expect(await bench.gateway.authenticate('dev_a1', secret(second))).toBeUndefined();
  expect(await status('DELETE', '/credentials/dev_a1')).toBe(404);
  expect(await status('POST', '/credentials', { devices: ['dev_nobody'] })).toBe(400);
  expect(JSON.stringify(await bench.log())).not.toContain(second[0].password);
});

test('a hospital sees its own devices; another’s do not exist for it, by any route', async () => {
  await anAlert();
  expect(
    (await bench.request('GET', '/devices', undefined, hospitalB)).body.map((device: { id: string }) => device.id),
  ).toEqual(['dev_b1']);
  const uptime = (await bench.request('GET', '/uptime?hospitalId=hos_a', undefined, hospitalB)).body;
  expect(uptime).toEqual([]);
  expect((await bench.request('GET', '/uptime', undefined, hospitalB)).body).toMatchObject([{ deviceId: 'dev_b1' }]);
  const span = `from=${MONDAY}&to=${MONDAY + HOUR}`;
  for (const route of ['', `/readings?metric=helium_pressure&${span}`, `/recent?${span}`, `/uptime?${span}`]) {
    expect(await status('GET', `/devices/dev_a1${route}`, undefined, hospitalB)).toBe(404);
    expect(await status('GET', `/devices/dev_b1${route}`, undefined, hospitalB)).toBe(200);
    expect(await status('GET', `/devices/dev_none${route}`, undefined, hospitalB)).toBe(404);
  }
  expect((await bench.request('GET', '/devices/dev_b1', undefined, hospitalB)).body.alerts).toEqual([]);
});

test('who may do what', async () => {
  const id = await anAlert();
  const refused = [
    ['PUT', '/registry', {}, 'dispatcher'],
    ['POST', '/credentials', { devices: ['dev_a1'] }, 'manager'],
    ['DELETE', '/credentials/dev_a1', undefined, 'remote-engineer'],
    ['GET', '/registry', undefined, 'hospital'],
    ['GET', '/alerts', undefined, 'hospital'],
    ['GET', `/alerts/${id}`, undefined, 'hospital'],
    ['POST', `/alerts/${id}/acknowledge`, {}, 'field-engineer'],
    ['GET', '/quarantine', undefined, 'field-engineer'],
    ['GET', '/intake', undefined, 'hospital'],
  ] as const;
  for (const [method, path, body, role] of refused)
    expect([path, await status(method, path, body, as(role, role === 'hospital' ? 'hos_a' : null))]).toEqual([
      path,
      403,
    ]);
  expect(await status('GET', '/devices', undefined, null as never)).toBe(401);
});

test('a device’s page: view, latest values by event time, history', async () => {
  await anAlert();
  await bench.say('dev_a1', 'telemetry', {
    ts: MONDAY + 5 * MINUTE,
    seq: 5,
    values: { helium_pressure: 41, chiller_trips: 7 },
  });
  await bench.gateway.settled();
  const page = await bench.get('/devices/dev_a1');
  expect(page).toMatchObject({
    device: {
      id: 'dev_a1',
      hospitalName: { zh: '医院 a' },
      lastSeen: bench.clock.now(),
      openAlert: { severity: 'P1' },
    },
    latest: [
      { metric: 'chiller_trips', value: 7, ts: MONDAY + 5 * MINUTE },
      { metric: 'helium_pressure', value: 42, ts: MONDAY + 10 * MINUTE },
    ],
    model: { id: 'mdl_mr' },
    alerts: [{ state: 'raised' }],
  });
  const span = `from=${MONDAY}&to=${MONDAY + HOUR}`;
  expect(await bench.get(`/devices/dev_a1/readings?metric=helium_pressure&${span}&points=2`)).toEqual([
    { ts: MONDAY, min: 41, max: 42, avg: (42 + 41 + 42) / 3 },
  ]);
  expect(await bench.get(`/devices/dev_a1/recent?${span}&limit=1`)).toEqual([
    { ts: MONDAY + 10 * MINUTE, values: { helium_pressure: 42 } },
  ]);
  expect(await status('GET', `/devices/dev_a1/readings?metric=helium_pressure&from=5&to=5`)).toBe(400);
  expect(await status('GET', '/devices/dev_a1/readings?metric=helium_pressure')).toBe(400);
});

test('uptime figures follow the contract', async () => {
  const model = { ...mrModel, reportingIntervalSeconds: null }; // silence is not the matter here
  await bench.request('PUT', '/registry', { models: [model] });
  await bench.say('dev_a1', 'state', { ts: MONDAY, status: 'up' });
  bench.clock.set(MONDAY + 3 * HOUR);
  await bench.say('dev_a1', 'state', { ts: MONDAY + 3 * HOUR, status: 'partial' });
  await bench.gateway.settled();
  bench.clock.set(MONDAY + 4 * HOUR);
  const { figures, target, intervals } = await bench.get(
    `/devices/dev_a1/uptime?from=${MONDAY}&to=${MONDAY + 24 * HOUR}`,
  );
  // Three hours up and one partial at half weight: (4 − 0.5) / 4. The future is not counted.
  expect([figures.uptime, target, intervals.length]).toEqual([0.875, 0.98, 2]);
});

test('an alert is acknowledged, shelved, taken back; what does not fit is refused by name', async () => {
  const id = await anAlert();
  const code = async (path: string, body: unknown = {}) =>
    (await bench.request('POST', `/alerts/${id}/${path}`, body)).body.code;
  expect(await bench.post(`/alerts/${id}/acknowledge`, {})).toMatchObject({
    state: 'acknowledged',
    acknowledgedBy: 'acc_admin',
  });
  expect(await code('acknowledge')).toBe('alert-already-acknowledged');
  expect(await code('unshelve')).toBe('alert-not-shelved');
  expect(await code('shelve', { reason: 'known', until: 5 })).toBe('shelve-until-past');
  expect(await code('shelve', { reason: '', until: bench.clock.now() + HOUR })).toBe('bad-request');
  expect(await bench.post(`/alerts/${id}/shelve`, { reason: 'known', until: bench.clock.now() + HOUR })).toMatchObject({
    state: 'shelved',
  });
  expect(await bench.post(`/alerts/${id}/unshelve`, {})).toMatchObject({ state: 'raised' });
  expect(await bench.get(`/alerts/${id}`)).toMatchObject({ id, state: 'raised' });
  await bench.say('dev_a1', 'events', { ts: bench.clock.now(), code: 'replaced', component: 'cold-head' });
  await bench.gateway.settled();
  expect(await code('acknowledge')).toBe('alert-already-cleared');
  expect(await bench.get('/alerts?state=open')).toEqual([]);
  expect(await bench.get('/alerts?state=all')).toMatchObject([{ id, state: 'cleared' }]);
  expect(await status('GET', '/alerts?state=some')).toBe(400);
});
