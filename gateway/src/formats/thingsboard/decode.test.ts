import { Device, eventsOfUpload } from '@uptower/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { World } from '../../pipeline/world.ts';
import { MONDAY, smallFleet } from '../../testing/fixtures.ts';
import type { Fleet } from '../fleet.ts';
import { decodeThingsBoard } from './decode.ts';

const world = new World();
for (const event of eventsOfUpload(smallFleet())) world.apply(event);
for (const [id, alias] of [
  ['dev_a1', 'Device A'],
  ['dev_a2', 'Device B'],
] as const)
  world.apply({ type: 'device.put', device: Device.parse({ ...world.device(id)?.device, aliases: [alias] }) });

const fleet: Fleet = {
  device: (id) => world.device(id),
  named: (names, from) => world.named(names, from),
  latest: () => undefined,
};

const hear = (topic: string, body: unknown, from = topic.startsWith('v1/gateway') ? 'site_a' : 'dev_a1') =>
  decodeThingsBoard(
    { receivedAt: MONDAY, from, topic, payload: Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body)) },
    fleet,
  );
const reasons = (...args: Parameters<typeof hear>) =>
  hear(...args).flatMap((part) => ('refusals' in part ? part.refusals.map(({ reason }) => reason) : []));

test('telemetry in its three forms', () => {
  const topic = 'v1/devices/me/telemetry';
  expect(hear(topic, { helium_pressure: 15, 'Door open': true })).toMatchObject([
    {
      device: { id: 'dev_a1' },
      readings: [{ ts: MONDAY, timed: false, values: { helium_pressure: 15, door_open: true } }],
    },
  ]);
  expect(hear(topic, { ts: MONDAY - 5, values: { helium_pressure: 15 } })).toMatchObject([
    { readings: [{ ts: MONDAY - 5, timed: true, values: { helium_pressure: 15 } }] },
  ]);
  expect(
    hear(topic, [
      { ts: MONDAY - 1, values: { helium_pressure: 16 } },
      { ts: MONDAY - 9, values: { helium_pressure: 15 } },
    ]),
  ).toMatchObject([{ readings: [{ ts: MONDAY - 9 }, { ts: MONDAY - 1 }] }]);
});

test('attributes are values under a name of their own; requests and answers pass', () => {
  expect(hear('v1/devices/me/attributes', { firmwareVersion: '1.2' })).toMatchObject([
    { readings: [{ timed: false, values: { attr_firmwareVersion: '1.2' } }] },
  ]);
  for (const topic of ['v1/devices/me/attributes/request/1', 'v1/devices/me/rpc/response/3', 'v1/gateway/rpc'])
    expect(hear(topic, Buffer.from('anything'))).toEqual([]);
});

test('a gateway speaks for the devices of its site, by name', () => {
  const body = {
    'Device A': [{ ts: MONDAY - 1, values: { helium_pressure: 15 } }],
    'Device B': [{ helium_pressure: 16 }],
    'Device C': [{ x: 1 }],
  };
  expect(hear('v1/gateway/telemetry', body)).toMatchObject([
    { device: { id: 'dev_a1' }, readings: [{ values: { helium_pressure: 15 } }] },
    { device: { id: 'dev_a2' }, readings: [{ values: { helium_pressure: 16 } }] },
    {
      kind: 'refused',
      refusals: [{ reason: 'unknown-device', detail: 'no device of site_a has the id or alias "Device C"' }],
    },
  ]);
  expect(hear('v1/gateway/attributes', { 'Device B': { serial: 'x' } })).toMatchObject([
    { device: { id: 'dev_a2' }, readings: [{ values: { attr_serial: 'x' } }] },
  ]);
  expect(reasons('v1/gateway/telemetry', { 'Device A': [{ helium_pressure: 15 }] }, 'site_b')).toEqual([
    'unknown-device',
  ]);
  expect(hear('v1/gateway/connect', { device: 'Device A', type: 'mr' })).toMatchObject([
    { kind: 'heard', device: { id: 'dev_a1' } },
  ]);
  expect(hear('v1/gateway/disconnect', { device: 'Device A' })).toMatchObject([
    {
      kind: 'state',
      device: { id: 'dev_a1' },
      state: { status: 'offline', cause: 'gateway-disconnected', ts: MONDAY },
    },
  ]);
});

test('each bad value is refused for itself, the rest is kept', () => {
  const [part] = hear('v1/devices/me/telemetry', {
    helium_pressure: 'high',
    chiller_trips: 3,
    nested: { a: 1 },
    none: null,
    patientName: 'x',
    'Full name': 'x',
  });
  expect(part).toMatchObject({
    readings: [{ values: { chiller_trips: 3 } }],
    refusals: [{ reason: 'unsupported-type' }, { reason: 'patient-data' }, { reason: 'wrong-type' }],
  });
});

test.each([
  ['malformed JSON', Buffer.from('{'), 'malformed-json'],
  ['a number', 5, 'schema'],
  ['a time that is none', { ts: 'now', values: { a: 1 } }, 'schema'],
  ['seconds for milliseconds', { ts: Math.round(MONDAY / 1000), values: { a: 1 } }, 'past'],
  ['the future', { ts: MONDAY * 2, values: { a: 1 } }, 'future'],
])('refused: %s', (_name, body, reason) => {
  expect(reasons('v1/devices/me/telemetry', body)).toEqual([reason]);
});

test('a site is no device: its gateway’s own figures need one that stands for it', () => {
  expect(reasons('v1/devices/me/telemetry', { a: 1 }, 'site_a')).toEqual(['unknown-device']);
});

test('any JSON and any bytes on any topic: never a throw, every refusal with a reason', () => {
  const topics = ['telemetry', 'attributes', 'connect', 'disconnect', 'rpc'].flatMap((what) => [
    `v1/gateway/${what}`,
    `v1/devices/me/${what}`,
  ]);
  const named = fc.dictionary(fc.constantFrom('Device A', 'device', '__proto__', 'x'), fc.jsonValue());
  fc.assert(
    fc.property(
      fc.oneof(
        fc.constantFrom(...topics),
        fc.string().map((rest) => `v1/${rest}`),
      ),
      fc.oneof(
        fc.uint8Array().map((bytes) => Buffer.from(bytes)),
        fc.jsonValue(),
        named,
      ),
      (topic, body) => {
        for (const part of hear(topic, body as unknown))
          if (part.kind === 'refused') expect(part.refusals.length).toBeGreaterThan(0);
      },
    ),
    { numRuns: 2000 },
  );
});
