import { EventEmitter } from 'node:events';
import type { Device, TelemetryItem } from '@uptower/domain';
import type { IClientOptions, MqttClient } from 'mqtt';
import { expect, test } from 'vitest';
import { MONDAY_MORNING as START } from '../testing/small-world.ts';
import { buildWorld } from '../world/build-world.ts';
import { DeviceLink, type Speaker } from './device-link.ts';

interface Published {
  /** Its last level, and all of it. */
  readonly topic: string;
  readonly whole: string;
  readonly payload: string;
  readonly retain: boolean;
  /** The broker's PUBACK. */
  readonly acknowledge: () => void;
}

/** mqtt.js as the link uses it; the test plays the broker. */
class FakeClient extends EventEmitter {
  readonly published: Published[] = [];
  readonly goodbyes: boolean[] = [];
  constructor(readonly options: IClientOptions) {
    super();
  }
  publish(topic: string, payload: string, { retain = false }: { retain?: boolean }, done: (error?: Error) => void) {
    this.published.push({
      topic: topic.split('/').at(-1) ?? '',
      whole: topic,
      payload,
      retain,
      acknowledge: () => done(),
    });
  }
  end(force: boolean, done?: () => void) {
    this.goodbyes.push(!force);
    this.emit('close');
    done?.();
  }
}

const [device, sister] = buildWorld(1).devices as [Device, Device];

async function aLink(passwords = ['first'], speaker: Speaker = { device }) {
  const clients: FakeClient[] = [];
  const acknowledged: number[] = [];
  const waiting: ((client: FakeClient) => void)[] = [];
  const link = new DeviceLink({
    mqttUrl: 'mqtt://broker',
    speaker,
    password: passwords.shift() ?? '',
    takeTurn: async () => () => {},
    onAcknowledged: (_device, minute) => acknowledged.push(minute),
    renewPassword: async () => passwords.shift() ?? '',
    onProblem: () => {},
    firstRetryMs: 0,
    connect: (_url, options) => {
      const client = new FakeClient(options);
      clients.push(client);
      waiting.shift()?.(client);
      return client as unknown as MqttClient;
    },
  });
  const nextClient = () => new Promise<FakeClient>((resolve) => waiting.push(resolve));
  const started = nextClient();
  link.start();
  return { link, clients, acknowledged, nextClient, client: await started };
}

const item = (minute: number): TelemetryItem => ({ ts: START + minute * 60_000, seq: minute, values: { x: minute } });
const seqs = (published: Published | undefined) =>
  [JSON.parse(published?.payload ?? '[]')].flat().map((one: TelemetryItem) => one.seq);

test('says its state first, then empties its buffer in batches, one message in flight', async () => {
  const { link, client, acknowledged } = await aLink();
  for (let minute = 0; minute < 100; minute++) link.reading(device, item(minute), minute);
  link.state(device, { ts: START, status: 'up', activity: 'idle' });
  client.emit('connect');
  expect(client.published.map(({ topic, retain }) => [topic, retain])).toEqual([['state', true]]);
  client.published[0]?.acknowledge();
  expect(seqs(client.published[1])).toHaveLength(72);
  expect(client.published).toHaveLength(2);
  client.published[1]?.acknowledge();
  expect(acknowledged).toHaveLength(72);
  expect(seqs(client.published[2])[0]).toBe(72);
});

test('what was not acknowledged goes again over the next connection with the same seq', async () => {
  const { link, client, acknowledged, nextClient } = await aLink();
  client.emit('connect');
  link.reading(device, item(1), 1);
  const again = nextClient();
  client.emit('close');
  client.published[0]?.acknowledge(); // too late: that connection is gone, nobody can trust it
  link.reading(device, item(2), 2);
  const second = await again;
  second.emit('connect');
  expect(seqs(second.published[0])).toEqual([1, 2]);
  expect(acknowledged).toEqual([]);
  second.published[0]?.acknowledge();
  expect(acknowledged).toEqual([1, 2]);
});

test('a refused password is issued anew', async () => {
  const { client, nextClient } = await aLink(['old', 'new']);
  const again = nextClient();
  client.emit('error', Object.assign(new Error('not authorized'), { code: 5 }));
  client.emit('close');
  expect((await again).options.password).toBe('new');
});

test('a lost network says no goodbye, so the will speaks; readings wait until it is back', async () => {
  const { link, client, nextClient } = await aLink();
  client.emit('connect');
  expect(JSON.parse(String(client.options.will?.payload))).toEqual({ status: 'offline' });
  expect(client.options.will?.retain).toBe(true);
  link.network(false);
  expect(client.goodbyes[0]).toBe(false);
  link.reading(device, item(5), 5);
  const again = nextClient();
  link.network(true);
  const second = await again;
  second.emit('connect');
  expect(seqs(second.published[0])).toEqual([5]);
});

test('a stopped device says goodbye and does not come back', async () => {
  const { link, client, clients } = await aLink();
  client.emit('connect');
  await link.stop();
  expect(client.goodbyes[0]).toBe(true);
  expect(clients).toHaveLength(1);
});

test('a gateway: one session for several devices, readings in ThingsBoard’s words, states in ours, no will', async () => {
  const { link, client, acknowledged } = await aLink(['first'], { gatewayOf: device.siteId });
  expect(client.options).toMatchObject({ username: device.siteId, clientId: device.siteId });
  expect(client.options.will).toBeUndefined();
  link.state(device, { status: 'up' });
  link.state(sister, { status: 'up' });
  link.reading(device, item(1), 1);
  link.reading(device, item(2), 2);
  link.reading(sister, item(1), 1);
  client.emit('connect');
  for (let n = 0; n < 4; n += 1) client.published[n]?.acknowledge();
  const state = (id: string) => `uptower/v1/${device.siteId}/${id}/state`;
  const said = (minute: number) => ({ ts: item(minute).ts, values: item(minute).values });
  expect(client.published.map(({ whole, payload }) => [whole, JSON.parse(payload)])).toEqual([
    [state(device.id), { status: 'up' }],
    [state(sister.id), { status: 'up' }],
    ['v1/gateway/telemetry', { [device.id]: [said(1), said(2)] }],
    ['v1/gateway/telemetry', { [sister.id]: [said(1)] }],
  ]);
  expect(acknowledged).toEqual([1, 2, 1]);
});
