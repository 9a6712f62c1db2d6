import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { createMetrics } from '@uptower/platform';
import { expect, test } from 'vitest';
import { DEFAULT_LIMITS } from './options.ts';
import { closed, device, recorder, start, topicOf, until, withDevice } from './testing/harness.ts';

test('a sender faster than it may is slowed: every message is taken, none lost, the connection stays', async () => {
  const { ports, accepted, refusals } = recorder();
  const messages = { perSecond: 400, burst: 50 };
  const metrics = createMetrics();
  const broker = await start(ports, { limits: withDevice({ messages }), metrics });
  const client = await device(broker, 'dev_one', { keepalive: 2 });
  const paused = async () => (await metrics.metrics()).includes('uptower_broker_paused_connections 1');
  const all = Array.from({ length: 600 }, (_, i) => client.publishAsync(topicOf('dev_one'), String(i), { qos: 1 }));
  let wasPaused = false;
  let done = false;
  const sent = Promise.all(all).then(() => {
    done = true;
  });
  while (!wasPaused && !done) {
    wasPaused = await paused();
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(wasPaused).toBe(true);
  // Others are not.
  const other = await device(broker, 'dev_two');
  await other.publishAsync(topicOf('dev_two'), 'x', { qos: 1 });
  await sent;
  const mine = accepted.filter(({ topic }) => topic === topicOf('dev_one'));
  expect(mine.map(({ payload }) => payload.toString())).toEqual(Array.from({ length: 600 }, (_, i) => String(i)));
  expect(client.connected).toBe(true);
  expect(refusals).toEqual([]);
});

test('bytes are limited as messages are, over all connections of a device', async () => {
  const { ports, accepted } = recorder();
  const metrics = createMetrics();
  const limits = withDevice({ bytes: { perSecond: 600_000, burst: 200_000 } });
  const broker = await start(ports, { limits, metrics });
  const clients = [await device(broker, 'dev_one'), await device(broker, 'dev_one', { clientId: 'b' })];
  const chunk = Buffer.alloc(100_000, 0x20);
  const sent = clients.flatMap((client) =>
    [1, 2, 3, 4].map(() => client.publishAsync(topicOf('dev_one'), chunk, { qos: 1 })),
  );
  let paused = false;
  while (!paused && accepted.length < 8) {
    paused = (await metrics.metrics()).includes('uptower_broker_paused_connections 2');
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(paused).toBe(true);
  await Promise.all(sent);
  expect(accepted).toHaveLength(8);
});

test('connections of one credential: as many as it may have, and not too often', async () => {
  const { ports, refusals } = recorder();
  let now = 0;
  const limits = withDevice({ connections: 2, connects: { perSecond: 1, burst: 3 } });
  const broker = await start(ports, { limits, monotonicMs: () => now });
  const first = await device(broker, 'dev_one');
  await device(broker, 'dev_one', { clientId: 'b' });
  await expect(device(broker, 'dev_one', { clientId: 'c' })).rejects.toThrow(/[Ss]erver unavailable/);
  await first.endAsync();
  await until(() => broker.connections() === 1);
  await device(broker, 'dev_one', { clientId: 'd' });
  (await device(broker, 'dev_two')).end();
  broker.disconnect('dev_one');
  await until(() => broker.connections() === 0);
  await expect(device(broker, 'dev_one')).rejects.toThrow(/[Ss]erver unavailable/);
  now = 1_000;
  expect((await device(broker, 'dev_one')).connected).toBe(true);
  expect(refusals.map(({ reason, from }) => [reason, from])).toEqual([
    ['too-many-connections', 'dev_one'],
    ['connection-rate', 'dev_one'],
  ]);
});

test('connections in all', async () => {
  const { ports, refusals } = recorder();
  const broker = await start(ports, { limits: { connections: 2 } });
  await device(broker, 'dev_one');
  const second = await device(broker, 'dev_two');
  const third = connectTcp(broker.port, '127.0.0.1').on('error', () => undefined);
  await once(third, 'close');
  expect(refusals).toMatchObject([{ reason: 'too-many-connections', from: '127.0.0.1' }]);
  await second.endAsync();
  await until(() => broker.connections() === 1);
  expect((await device(broker, 'dev_three')).connected).toBe(true);
});

test('subscriptions of one client', async () => {
  const { ports, refusals } = recorder();
  const broker = await start(ports, { limits: { subscriptionsPerClient: 2 } });
  const client = await device(broker, 'dev_one');
  const filter = (n: number) => `uptower/v1/site_a/dev_one/cmd/${n}`;
  await client.subscribeAsync([filter(1), filter(2)]);
  await client.subscribeAsync(filter(1));
  await expect(client.subscribeAsync(filter(3))).rejects.toThrow();
  expect(refusals).toMatchObject([{ reason: 'too-many-subscriptions', from: 'dev_one', topic: filter(3) }]);
  await client.unsubscribeAsync(filter(1));
  await client.subscribeAsync(filter(3));
});

test('a connection that never says who it is ends', async () => {
  const { ports, refusals } = recorder();
  const broker = await start(ports, { limits: { connectTimeoutMs: 50 } });
  const socket = connectTcp(broker.port, '127.0.0.1').on('error', () => undefined);
  await once(socket, 'close');
  await until(() => refusals.length === 1);
  expect(refusals).toMatchObject([{ reason: 'no-connect', from: '127.0.0.1' }]);
});

test('a site may do more than a device', () => {
  const { device: one, site } = DEFAULT_LIMITS;
  expect(site.messages.perSecond).toBeGreaterThan(10 * one.messages.perSecond);
  expect(site.connections).toBeGreaterThan(10 * one.connections);
});

test('trouble with the checking of passwords lets nobody in, and does not end the broker', async () => {
  const { ports } = recorder();
  const { authenticate } = ports;
  ports.authenticate = async () => {
    throw new Error('no database');
  };
  const broker = await start(ports);
  await expect(device(broker, 'dev_one')).rejects.toThrow(/[Ss]erver unavailable/);
  ports.authenticate = authenticate;
  const client = await device(broker, 'dev_one');
  const gone = closed(client);
  broker.disconnect('dev_one');
  await gone;
});
