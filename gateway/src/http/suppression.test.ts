import { AccountId, type Alert, HOUR, MINUTE, type Role, suppressionOf, type Viewer } from '@uptower/domain';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { admin, type Bench, openBench } from '../testing/bench.ts';
import { MONDAY } from '../testing/fixtures.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
  bench.clock.set(MONDAY + HOUR);
});
afterEach(() => bench.close());

const as = (role: Role): Viewer => ({ ...admin, accountId: AccountId.parse(`acc_${role}`), role });
const at = (minute: number) => MONDAY + HOUR + minute * MINUTE;
const measure = (minute: number, helium_pressure: number) =>
  bench.say('dev_a1', 'telemetry', { ts: at(minute), seq: 100 + minute, values: { helium_pressure } });
const body = (over: object = {}) => ({
  ...{ kind: 'out-of-service', scope: { deviceId: 'dev_a1' }, reason: 'being moved', until: at(120) },
  ...over,
});
const suppress = async (over: object = {}, viewer = as('dispatcher')) =>
  bench.request('POST', '/alarms/suppressions', body(over), viewer);
const suppressed = async () => {
  await bench.gateway.settled();
  const alerts: Alert[] = await bench.get('/alerts');
  return alerts.filter(({ component }) => component === 'cold-head').map((alert) => suppressionOf(alert) ?? null);
};

test('set by a person, seen on the alarm; it ends by the clock and what stands calls then, though nothing is measured', async () => {
  const { status, body: set } = await suppress();
  expect(status).toBe(201);
  expect(set).toMatchObject({
    setBy: 'acc_dispatcher',
    owner: admin.name.en,
    from: at(0),
    until: at(120),
    begun: true,
  });
  bench.clock.set(at(20));
  await measure(0, 42);
  await measure(10, 42);
  expect(await suppressed()).toEqual([{ kind: 'out-of-service', id: set.id }]);
  bench.clock.set(at(121));
  await bench.gateway.settled();
  expect(await suppressed()).toEqual([null]);
  expect(await bench.get('/alarms/suppressions')).toEqual([]);
  expect(await bench.get('/alarms/suppressions?state=all')).toMatchObject([{ endedAt: at(120), endedBy: 'gateway' }]);
});

test('ended early by a person; an announced one begins by itself and survives a restart', async () => {
  const { body: set } = await suppress({ kind: 'maintenance', from: at(30) });
  expect(set).toMatchObject({ begun: false });
  bench.clock.set(at(20));
  await measure(0, 42);
  await measure(10, 42);
  expect(await suppressed()).toEqual([null]);
  bench.clock.set(at(31));
  expect(await suppressed()).toEqual([{ kind: 'maintenance', id: set.id }]);
  await bench.restart();
  expect(await suppressed()).toEqual([{ kind: 'maintenance', id: set.id }]);
  const end = () => bench.request('POST', `/alarms/suppressions/${set.id}/end`, {}, as('remote-engineer'));
  expect(await end()).toMatchObject({ status: 200, body: { endedAt: at(31), endedBy: 'acc_remote-engineer' } });
  expect(await suppressed()).toEqual([null]);
  expect(await end()).toMatchObject({ status: 409, body: { code: 'suppression-ended' } });
});

test('what makes no sense is refused by name; only who handles alerts may', async () => {
  expect(await suppress({ until: at(-1) })).toMatchObject({ status: 400, body: { code: 'suppression-period' } });
  expect(await suppress({ until: at(400 * 24 * 60) })).toMatchObject({ body: { code: 'suppression-period' } });
  expect(await suppress({ scope: {} })).toMatchObject({ status: 400, body: { code: 'bad-request' } });
  expect(await suppress({ scope: { deviceId: 'dev_nobody' } })).toMatchObject({
    body: { errors: [{ path: 'scope.deviceId' }] },
  });
  expect(await suppress({ scope: { modelId: 'mdl_mr', ruleId: 'nothing' } })).toMatchObject({
    body: { errors: [{ path: 'scope.ruleId' }] },
  });
  expect(await suppress({ reason: '' })).toMatchObject({ body: { errors: [{ path: 'reason' }] } });
  expect(await suppress({}, as('manager'))).toMatchObject({ status: 403 });
  expect(await suppress({}, as('field-engineer'))).toMatchObject({ status: 403 });
  const hospital: Viewer = { ...as('hospital'), hospitalId: 'hos_a' as Viewer['hospitalId'] };
  expect((await bench.request('GET', '/alarms/suppressions', undefined, hospital)).status).toBe(403);
  expect(await bench.get('/alarms/suppressions?state=all')).toEqual([]);
});

test('the alarm system’s own figures: a suppressed alarm is no load; only staff with a view of operations', async () => {
  const figures = async () => (await bench.request('GET', '/alarms/performance', undefined, as('manager'))).body;
  await suppress({ scope: { deviceId: 'dev_a1', ruleId: 'helium-high' } });
  bench.clock.set(at(20));
  await measure(0, 42);
  await measure(10, 42);
  await bench.gateway.settled();
  expect(await figures()).toMatchObject({ alarms: 0, suppressed: { inPeriod: 1, atEnd: 1 } });
  bench.clock.set(at(121));
  expect(await suppressed()).toEqual([null]);
  expect(await figures()).toMatchObject({
    ...{ operators: 1, suppressed: { inPeriod: 1, atEnd: 0 } },
    worstActors: expect.arrayContaining([expect.objectContaining({ ruleId: 'helium-high', count: 1 })]),
  });
  for (const query of ['from=2&to=1', 'operators=0', 'service=none'])
    expect((await bench.request('GET', `/alarms/performance?${query}`)).status).toBe(400);
  expect((await bench.request('GET', '/alarms/performance', undefined, as('field-engineer'))).status).toBe(403);
});

test('alerts of one cause are one group, acknowledged and shelved together; what cannot be done is named', async () => {
  bench.clock.set(at(20));
  for (const device of ['dev_a1', 'dev_a2'])
    for (const minute of [0, 10])
      await bench.say(device, 'telemetry', { ts: at(minute), seq: minute, values: { helium_pressure: 42 } });
  await bench.gateway.settled();
  const [group] = await bench.get('/alerts/groups');
  expect(group).toMatchObject({ because: ['same-rule-at-site'], alerts: [group.firstOut, expect.any(String)] });
  const many = async (what: string, more: object = {}) =>
    (await bench.request('POST', `/alerts/${what}`, { ids: group.alerts, ...more }, as('dispatcher'))).body;
  await bench.post(`/alerts/${group.firstOut}/acknowledge`, {});
  expect(await many('acknowledge')).toEqual({
    done: [group.alerts[1]],
    refused: [{ alertId: group.firstOut, code: 'alert-already-acknowledged' }],
  });
  expect(await many('shelve', { reason: 'one cause', until: at(60) })).toEqual({ done: group.alerts, refused: [] });
  const stateOf = async (id: string) => (await bench.get(`/alerts/${id}`)).state;
  expect([await stateOf(group.alerts[0]), await stateOf(group.alerts[1])]).toEqual(['shelved', 'shelved']);
  expect((await bench.request('POST', '/alerts/acknowledge', { ids: group.alerts }, as('manager'))).status).toBe(403);
});
