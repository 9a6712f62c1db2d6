import { connect as connectTcp, type Socket } from 'node:net';
import mqttPacket from 'mqtt-packet';
import { expect, test } from 'vitest';
import type { Broker } from './broker.ts';
import { afterwards, device, listener, recorder, start, topicOf, until } from './testing/harness.ts';

/** A client of raw bytes, so that it can stop reading whenever it likes. */
async function rawClient(broker: Broker, username: string, clientId: string): Promise<Socket> {
  const socket = connectTcp(broker.port, '127.0.0.1').on('error', () => undefined);
  afterwards(() => socket.destroy());
  const connect = { cmd: 'connect', clientId, username, password: Buffer.from('secret'), clean: true, keepalive: 0 };
  socket.write(
    mqttPacket.generate({ ...connect, protocolId: 'MQTT', protocolVersion: 4 } as mqttPacket.IConnectPacket),
  );
  await new Promise((resolve) => socket.once('data', resolve));
  return socket;
}

test('a subscriber that stops reading: publishers go on, healthy ones hear everything, memory is bounded, it is put out', async () => {
  const { ports, accepted, refusals } = recorder();
  const broker = await start(ports, { limits: { unreadBytes: 1_000_000 } });
  const stuck = await rawClient(broker, 'site_a', 'stuck');
  const filter = { topic: 'uptower/v1/site_a/+/telemetry', qos: 0 as const };
  stuck.write(
    mqttPacket.generate({ cmd: 'subscribe', messageId: 1, subscriptions: [filter] } as mqttPacket.ISubscribePacket),
  );
  await new Promise((resolve) => stuck.once('data', resolve));
  stuck.pause();
  const healthy = listener(broker, 'site_a', { clientId: 'healthy' });
  await new Promise((resolve) => healthy.client.once('connect', resolve));
  await healthy.client.subscribeAsync(filter.topic, { qos: 1 });
  const publisher = await device(broker, 'dev_one');
  const payload = Buffer.alloc(20_000, 0x20);
  const heapAndBuffers = () => process.memoryUsage().arrayBuffers;
  const before = heapAndBuffers();
  // One stream without waits: 30 MB for somebody who takes none of it.
  const sent = Array.from({ length: 1_500 }, () => publisher.publishAsync(topicOf('dev_one'), payload, { qos: 1 }));
  await Promise.all(sent);
  await until(() => healthy.heard.length === 1_500);
  expect(accepted).toHaveLength(1_500);
  await until(() => refusals.length > 0);
  expect(refusals).toMatchObject([{ reason: 'slow-reader', from: 'site_a' }]);
  expect(broker.connections()).toBe(2);
  // Publisher, healthy reader and what was accepted (30 MB) share this process.
  expect(heapAndBuffers() - before).toBeLessThan(200_000_000);
});

test('many small messages count too, not their bytes alone', async () => {
  const { ports, refusals } = recorder();
  const broker = await start(ports, { limits: { unreadMessages: 500, unreadBytes: 1_000_000_000 } });
  const stuck = await rawClient(broker, 'site_a', 'stuck');
  const filter = { topic: '$SYS/broker/#', qos: 0 as const };
  stuck.write(
    mqttPacket.generate({ cmd: 'subscribe', messageId: 1, subscriptions: [filter] } as mqttPacket.ISubscribePacket),
  );
  await new Promise((resolve) => stuck.once('data', resolve));
  stuck.pause();
  const payload = Buffer.alloc(10_000, 0x20);
  for (let i = 0; refusals.length === 0 && i < 20_000; i += 1)
    await broker.publish({ topic: '$SYS/broker/test', payload, qos: 0, retain: false });
  await until(() => refusals.length > 0);
  expect(refusals).toMatchObject([{ reason: 'slow-reader', from: 'site_a' }]);
});
