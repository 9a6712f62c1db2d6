import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createMetrics, silentLogger } from '@uptower/platform';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createBroker } from './broker.ts';
import {
  afterwards,
  connect,
  connected,
  device,
  listener,
  newDir,
  recorder,
  start,
  topicOf,
  until,
} from './testing/harness.ts';

test('MQTT over WebSocket: taken, acknowledged, heard; and only at its path', async () => {
  const { ports, accepted, sessions, refusals } = recorder();
  const broker = await start(ports, { wsPort: 0 });
  const { ws } = broker.ports;
  const client = await connect(`ws://127.0.0.1:${ws}/mqtt`, 'dev_one');
  await client.publishAsync(topicOf('dev_one'), Buffer.alloc(200_000, 0x20), { qos: 1 });
  expect(accepted).toMatchObject([{ topic: topicOf('dev_one'), principal: { deviceId: 'dev_one' } }]);
  await client.endAsync();
  await until(() => sessions.length === 2);
  expect(sessions).toEqual(['+dev_one', '-dev_one']);
  const wrong = new WebSocket(`ws://127.0.0.1:${ws}/elsewhere`, 'mqtt');
  const [error] = (await once(wrong, 'error')) as [Error];
  expect(error.message).toContain('404');
  const plain = request({ port: ws as number, host: '127.0.0.1' }).end();
  const [answer] = (await once(plain, 'response')) as [{ statusCode: number }];
  expect(answer.statusCode).toBe(426);
  expect(refusals).toEqual([]);
});

test('text frames and garbage over WebSocket end that connection only', async () => {
  const { ports, refusals } = recorder();
  const broker = await start(ports, { wsPort: 0 });
  const url = `ws://127.0.0.1:${broker.ports.ws}/mqtt`;
  const text = new WebSocket(url, 'mqtt');
  await once(text, 'open');
  text.send('hello');
  await once(text, 'close');
  const garbage = new WebSocket(url, 'mqtt');
  await once(garbage, 'open');
  garbage.send(Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0x01]));
  await once(garbage, 'close');
  expect(refusals.map(({ reason }) => reason)).toContain('malformed-packet');
  expect((await connect(url, 'dev_one')).connected).toBe(true);
});

test('another web server hands over its upgrades; the broker closes them before it', async () => {
  const { ports, accepted } = recorder();
  const broker = await start(ports);
  const server = createServer().on('upgrade', broker.handleUpgrade).listen(0, '127.0.0.1');
  await once(server, 'listening');
  afterwards(() => server.close());
  const { port } = server.address() as AddressInfo;
  const client = await connect(`ws://127.0.0.1:${port}/mqtt`, 'dev_one', {
    will: { topic: topicOf('dev_one', 'state'), payload: Buffer.from('offline'), qos: 1, retain: false },
  });
  await client.publishAsync(topicOf('dev_one'), '{}', { qos: 1 });
  broker.retire();
  await new Promise((resolve) => server.close(resolve));
  // The will waits for the next start: this server went, not the device.
  expect(accepted.map(({ topic }) => topic)).toEqual([topicOf('dev_one')]);
});

test('figures: for Prometheus by transport and reason, and below $SYS for a site', async () => {
  const { ports } = recorder();
  const metrics = createMetrics();
  const broker = await start(ports, { wsPort: 0, metrics, sessionDir: newDir() });
  const client = await device(broker, 'dev_one', { clientId: 'c', clean: false });
  await connect(`ws://127.0.0.1:${broker.ports.ws}/mqtt`, 'dev_two');
  await client.publishAsync(topicOf('dev_one', 'state'), 'four', { qos: 1, retain: true });
  await expect(client.subscribeAsync('$SYS/#')).rejects.toThrow();
  await expect(client.subscribeAsync('$SYS/broker/#')).rejects.toThrow();
  const text = await metrics.metrics();
  for (const line of [
    'uptower_broker_connections{transport="tcp"} 1',
    'uptower_broker_connections{transport="ws"} 1',
    'uptower_broker_connections{transport="tls"} 0',
    'uptower_broker_messages_received_total 1',
    'uptower_broker_bytes_received_total 4',
    'uptower_broker_retained_messages 1',
    'uptower_broker_sessions 1',
    'uptower_broker_refused_total{reason="foreign-topic"} 2',
  ])
    expect(text).toContain(line);
  const site = listener(broker, 'site_a');
  await connected(site.client);
  await site.client.subscribeAsync('$SYS/broker/#');
  await until(() => site.heard.some(({ topic }) => topic === '$SYS/broker/clients/connected'));
  await expect(site.client.subscribeAsync('$SYS/#')).rejects.toThrow();
});

test('a port that cannot be opened: nothing is left open', async () => {
  const { ports } = recorder();
  const options = { host: '203.0.113.1', port: 0, log: silentLogger(), sessionDir: newDir() };
  await expect(createBroker(ports, options)).rejects.toThrow('EADDRNOTAVAIL');
  await start(ports, { sessionDir: options.sessionDir });
});
