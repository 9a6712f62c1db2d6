import { type Principal, SECOND, SiteId } from '@uptower/domain';
import { afterEach, expect, test } from 'vitest';
import type { Outgoing } from '../incoming.ts';
import { type Bench, openBench } from '../testing/bench.ts';
import { MONDAY, principalOf, smallFleet } from '../testing/fixtures.ts';
import { encodePayload, type TestPayload } from './sparkplug/testing/encode.ts';

const open: Bench[] = [];
afterEach(async () => {
  for (const bench of open.splice(0)) await bench.close();
});

/** Site A, whose devices others call "Device A" and "Device B"; `sent`: what went out. */
async function site() {
  const fleet = smallFleet();
  const aliases: Record<string, string[]> = { dev_a1: ['Device A'], dev_a2: ['Device B'] };
  const devices = fleet.devices.map((device) => ({ ...device, aliases: aliases[device.id] ?? [] }));
  const bench = await openBench({ ...fleet, devices });
  open.push(bench);
  const sent: Outgoing[] = [];
  const listen = () => bench.gateway.sendThrough(async (message) => void sent.push(message));
  await listen();
  const principal: Principal = { kind: 'site', siteId: SiteId.parse('site_a') };
  const hear = async (topic: string, payload: Buffer | TestPayload | object, from: Principal = principal) => {
    const bytes = topic.startsWith('spBv1.0/')
      ? encodePayload(payload as TestPayload)
      : Buffer.from(JSON.stringify(payload));
    await bench.gateway.accept({ principal: from, topic, payload: bytes, retain: false, qos: 1 });
    await bench.gateway.settled();
  };
  const latest = async (id: string) => {
    const { body } = await bench.request('GET', `/devices/${id}`);
    return Object.fromEntries(
      body.latest.map(({ metric, value }: { metric: string; value: unknown }) => [metric, value]),
    );
  };
  const commands = () => sent.filter(({ topic }) => topic.includes('/NCMD/')).map(({ topic }) => topic);
  return { bench, sent, listen, hear, latest, commands };
}

const birth = (seq: number, alias: number): TestPayload => ({
  ts: MONDAY,
  seq,
  metrics: [{ name: 'Helium Pressure', alias, type: 'Double', value: 15, ts: MONDAY }],
});
const data = (seq: number, alias: number, value: number): TestPayload => ({
  seq,
  metrics: [{ alias, type: 'Double', value, ts: MONDAY + seq }],
});

test('the host says that it is there, and can say that it goes', async () => {
  const { bench, sent } = await site();
  expect(sent.map(({ topic }) => topic)).toEqual(['spBv1.0/STATE/uptower']);
  expect(JSON.parse(String(sent[0]?.payload))).toEqual({ online: true, timestamp: MONDAY });
  expect(JSON.parse(bench.gateway.hostState(false).payload.toString())).toEqual({ online: false, timestamp: MONDAY });
});

test.each(['crash', 'restart'] as const)(
  'after a %s what births said is still known, and nobody is asked for what was',
  async (how) => {
    const { bench, hear, latest, commands, listen } = await site();
    await hear('spBv1.0/G/NBIRTH/edge', { seq: 0, metrics: [{ name: 'bdSeq', type: 'UInt64', value: 1 }] });
    await hear('spBv1.0/G/DBIRTH/edge/Device A', birth(1, 7));
    await hear('spBv1.0/G/DBIRTH/edge/Device B', birth(2, 8));
    await bench[how]();
    await listen();
    await hear('spBv1.0/G/DDATA/edge/Device B', data(3, 8, 17));
    expect(await latest('dev_a2')).toEqual({ helium_pressure: 17 });
    expect(await latest('dev_a1')).toEqual({ helium_pressure: 15 });
    expect(commands()).toEqual([]);
  },
);

test('a node without birth is asked for it once; after a crash not for what is read again, but as long as it is missing', async () => {
  const { bench, hear, commands, listen } = await site();
  await hear('spBv1.0/G/NDATA/edge', data(1, 7, 15));
  await hear('spBv1.0/G/NDATA/edge', data(2, 7, 15));
  expect(commands()).toEqual(['spBv1.0/G/NCMD/edge']);
  bench.clock.set(MONDAY + SECOND);
  await bench.crash();
  await listen();
  await bench.gateway.settled();
  expect(commands()).toHaveLength(1);
  bench.clock.set(MONDAY + 30 * SECOND);
  await bench.settle();
  expect(commands().length).toBeGreaterThan(1);
  await hear('spBv1.0/G/NBIRTH/edge', birth(0, 7));
  const asked = commands().length;
  bench.clock.set(MONDAY + 3600 * SECOND);
  await bench.settle();
  expect(commands()).toHaveLength(asked);
});

test('a gap is asked about when the time for stragglers is over, also when nothing more comes', async () => {
  const { bench, hear, commands } = await site();
  await hear('spBv1.0/G/NBIRTH/edge', birth(0, 7));
  await hear('spBv1.0/G/NDATA/edge', data(2, 7, 15));
  expect(commands()).toEqual([]);
  bench.clock.set(MONDAY + 20 * SECOND);
  await bench.settle();
  expect(commands()).toEqual(['spBv1.0/G/NCMD/edge']);
});

test('one message of a gateway speaks for many: each device is judged for itself', async () => {
  const { bench, hear, latest } = await site();
  const high = [0, 400].map((second) => ({ ts: MONDAY + second * SECOND, values: { helium_pressure: 44 } }));
  bench.clock.set(MONDAY + 500 * SECOND);
  await hear('v1/gateway/telemetry', { 'Device A': high, 'Device B': high, 'Device X': high });
  expect(await latest('dev_a1')).toEqual({ helium_pressure: 44 });
  expect((await bench.alerts()).map(({ deviceId, component }) => [deviceId, component])).toEqual(
    expect.arrayContaining([
      ['dev_a1', 'cold-head'],
      ['dev_a2', 'cold-head'],
    ]),
  );
  expect(await bench.get('/quarantine')).toMatchObject([
    { reason: 'unknown-device', detail: 'no device of site_a has the id or alias "Device X"', from: 'site_a' },
  ]);
});

test('a node’s death makes its devices unknown, a birth brings them back', async () => {
  const { bench, hear } = await site();
  const state = async (id: string) => (await bench.get(`/devices/${id}`)).device.availability.state;
  const bdSeq = { name: 'bdSeq', type: 'UInt64' as const, value: 1 };
  bench.gateway.connected({ kind: 'site', siteId: SiteId.parse('site_a') });
  await hear('spBv1.0/G/NBIRTH/edge', { seq: 0, metrics: [bdSeq] });
  await hear('spBv1.0/G/DBIRTH/edge/Device A', birth(1, 7));
  expect(await state('dev_a1')).toBe('up');
  bench.clock.set(MONDAY + 10 * SECOND);
  await hear('spBv1.0/G/NDEATH/edge', { metrics: [bdSeq] });
  bench.clock.set(MONDAY + 120 * SECOND);
  await bench.settle();
  expect(await state('dev_a1')).toBe('unknown');
  await hear('spBv1.0/G/NBIRTH/edge', { seq: 0, metrics: [{ ...bdSeq, value: 2 }] });
  await hear('spBv1.0/G/DBIRTH/edge/Device A', {
    seq: 1,
    metrics: [{ name: 'Helium Pressure', type: 'Double', value: 16, ts: MONDAY + 120 * SECOND }],
  });
  bench.clock.set(MONDAY + 140 * SECOND);
  await bench.settle();
  expect(await state('dev_a1')).toBe('up');
});

test('a death marks the values of what died stale at once, the next birth or reading ends it [tck-id-operational-behavior-edge-node-termination-host-action-ndeath-node-tags-stale, -ndeath-devices-tags-stale, -ddeath-devices-tags-stale]', async () => {
  const { bench, hear } = await site();
  const stale = async (id: string) => {
    const { device, latest } = await bench.get(`/devices/${id}`);
    expect(latest.length).toBeGreaterThan(0);
    expect(latest.every((value: { stale: boolean }) => value.stale === (device.stale !== null))).toBe(true);
    return device.stale;
  };
  const all = async () => [await stale('dev_a1'), await stale('dev_a2')];
  const bdSeq = (value: number) => ({ name: 'bdSeq', type: 'UInt64' as const, value });
  const metric = { name: 'Helium Pressure', type: 'Double' as const, value: 15, ts: MONDAY };
  bench.gateway.connected({ kind: 'site', siteId: SiteId.parse('site_a') });
  // The node measures something itself: it is known as Device B.
  await hear('spBv1.0/G/NBIRTH/Device B', { seq: 0, metrics: [bdSeq(1), metric] });
  await hear('spBv1.0/G/DBIRTH/Device B/Device A', birth(1, 7));
  expect(await all()).toEqual([null, null]);

  await hear('spBv1.0/G/DDEATH/Device B/Device A', { seq: 2, ts: MONDAY, metrics: [] });
  expect(await all()).toEqual([{ since: MONDAY, cause: 'session-lost' }, null]);
  await hear('spBv1.0/G/DBIRTH/Device B/Device A', birth(3, 7));
  expect(await all()).toEqual([null, null]);

  bench.clock.set(MONDAY + 10 * SECOND);
  const gone = { since: MONDAY + 10 * SECOND, cause: 'gateway-lost' };
  await hear('spBv1.0/G/NDEATH/Device B', { metrics: [bdSeq(1)] });
  expect(await all()).toEqual([gone, gone]);
  await bench.crash();
  await bench.settle();
  expect(await all()).toEqual([gone, gone]);
  bench.gateway.connected({ kind: 'site', siteId: SiteId.parse('site_a') });
  await hear('spBv1.0/G/NBIRTH/Device B', { seq: 0, metrics: [bdSeq(2), { ...metric, ts: MONDAY + SECOND }] });
  expect((await all()).map((each) => each === null)).toEqual([false, true]);
  await hear('spBv1.0/G/DDATA/Device B/Device A', { seq: 1, metrics: [{ ...metric, ts: MONDAY + 2 * SECOND }] });
  expect(await all()).toEqual([null, null]);
});

test('a device of its own account speaks ThingsBoard without being named', async () => {
  const { hear, latest } = await site();
  await hear('v1/devices/me/telemetry', { helium_pressure: 18 }, principalOf('dev_a1'));
  expect(await latest('dev_a1')).toEqual({ helium_pressure: 18 });
});
