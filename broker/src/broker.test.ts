import { connect as connectTcp, createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { afterwards, closed, device, recorder, start, topicOf, until } from './testing/harness.ts';

test('a publish is acknowledged only after it was accepted', async () => {
  const { ports, accepted } = recorder();
  let store: () => void = () => undefined;
  ports.accept = async (message) => {
    accepted.push(message);
    if (message.qos === 0) return;
    await new Promise<void>((resolve) => {
      store = resolve;
    });
  };
  const broker = await start(ports);
  const client = await device(broker, 'dev_one');
  let acknowledged = false;
  const publishing = client.publishAsync(topicOf('dev_one'), '{}', { qos: 1 }).then(() => {
    acknowledged = true;
  });
  await until(() => accepted.length === 1);
  // A QoS 0 publish that overtakes: when it is here, an early PUBACK would have been here too.
  client.publish(topicOf('dev_one'), '1', { qos: 0 });
  await until(() => accepted.length === 2);
  expect(acknowledged).toBe(false);
  store();
  await publishing;
  expect(accepted[0]).toMatchObject({ topic: topicOf('dev_one'), qos: 1, principal: { deviceId: 'dev_one' } });
});

test('storage trouble: no acknowledgement, the connection is closed', async () => {
  const { ports, refusals } = recorder();
  ports.accept = async () => {
    throw new Error('disk full');
  };
  const client = await device(await start(ports), 'dev_one');
  let acknowledged = false;
  client.publish(topicOf('dev_one'), '{}', { qos: 1 }, (error) => {
    acknowledged = !error;
  });
  await closed(client);
  expect(acknowledged).toBe(false);
  expect(refusals).toMatchObject([{ reason: 'storage', from: 'dev_one', topic: topicOf('dev_one') }]);
});

test('a foreign topic is refused and counted, and the connection closed', async () => {
  const { ports, accepted, refusals } = recorder();
  const client = await device(await start(ports), 'dev_one');
  client.publish(topicOf('dev_two'), '{}', { qos: 1 });
  await closed(client);
  expect(refusals).toMatchObject([{ reason: 'foreign-topic', from: 'dev_one', topic: topicOf('dev_two') }]);
  expect(accepted).toEqual([]);
});

test('a wrong password is refused', async () => {
  const { ports, refusals, sessions } = recorder();
  const broker = await start(ports);
  await expect(device(broker, 'dev_one', { password: 'wrong' })).rejects.toThrow();
  expect(refusals).toMatchObject([{ reason: 'bad-credentials', from: 'dev_one' }]);
  expect(sessions).toEqual([]);
});

test('10 MB are refused before they are collected, and nobody else notices', async () => {
  const { ports, accepted, refusals } = recorder();
  const broker = await start(ports);
  const [big, other] = [await device(broker, 'dev_big'), await device(broker, 'dev_other')];
  big.publish(topicOf('dev_big'), Buffer.alloc(10_000_000), { qos: 1 });
  await closed(big);
  await other.publishAsync(topicOf('dev_other'), '{}', { qos: 1 });
  expect(refusals.map((refusal) => refusal.reason)).toEqual(['too-large']);
  expect(accepted.map((message) => message.topic)).toEqual([topicOf('dev_other')]);
});

test('a payload just over the limit is refused, one at the limit is taken', async () => {
  const { ports, accepted, refusals } = recorder();
  const broker = await start(ports);
  const client = await device(broker, 'dev_one');
  await client.publishAsync(topicOf('dev_one'), Buffer.alloc(256 * 1024), { qos: 1 });
  client.publish(topicOf('dev_one'), Buffer.alloc(256 * 1024 + 1), { qos: 1 });
  await closed(client);
  expect(accepted).toHaveLength(1);
  expect(refusals.map((refusal) => refusal.reason)).toEqual(['too-large']);
});

test('garbage instead of MQTT is counted and closed', async () => {
  const { ports, refusals } = recorder();
  const broker = await start(ports);
  const socket: Socket = connectTcp(broker.port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(Buffer.from('GET / HTTP/1.1\r\nhost: x\r\n\r\n'));
  await new Promise<void>((resolve) => socket.once('close', () => resolve()));
  expect(refusals.map((refusal) => refusal.reason)).toEqual(['malformed-packet']);
});

test('a last will is a message like any other; after a clean goodbye there is none', async () => {
  const { ports, accepted, sessions } = recorder();
  const broker = await start(ports);
  const will = {
    topic: 'uptower/v1/site_a/dev_one/state',
    payload: Buffer.from('{"status":"offline"}'),
    qos: 1 as const,
  };
  const polite = await device(broker, 'dev_one', { will });
  await polite.endAsync();
  await until(() => sessions.length === 2);
  expect(accepted).toEqual([]);
  const cut = await device(broker, 'dev_one', { will });
  cut.stream.destroy();
  await until(() => accepted.length === 1);
  expect(accepted[0]).toMatchObject({ topic: will.topic, principal: { deviceId: 'dev_one' } });
  expect(sessions).toEqual(['+dev_one', '-dev_one', '+dev_one', '-dev_one']);
});

test('a will for somebody else is refused', async () => {
  const { ports, accepted, refusals } = recorder();
  const broker = await start(ports);
  const will = {
    topic: 'uptower/v1/site_a/dev_two/state',
    payload: Buffer.from('{"status":"offline"}'),
    qos: 1 as const,
  };
  const cut = await device(broker, 'dev_one', { will });
  cut.stream.destroy();
  await until(() => refusals.length === 1);
  expect(refusals[0]).toMatchObject({ reason: 'foreign-topic', from: 'dev_one' });
  expect(accepted).toEqual([]);
});

test('wills that fire because the broker stops are not taken', async () => {
  const { ports, accepted, sessions } = recorder();
  const broker = await start(ports);
  const will = {
    topic: 'uptower/v1/site_a/dev_one/state',
    payload: Buffer.from('{"status":"offline"}'),
    qos: 1 as const,
  };
  await device(broker, 'dev_one', { will });
  await until(() => sessions.length === 1);
  await broker.close();
  expect(accepted).toEqual([]);
  expect(sessions).toEqual(['+dev_one']);
});

test('a subscriber that stops reading does not hold up anybody', async () => {
  const { ports, accepted } = recorder();
  const broker = await start(ports);
  const stuck = await device(broker, 'dev_stuck');
  await stuck.subscribeAsync('uptower/v1/site_a/dev_stuck/#');
  stuck.stream.pause();
  (stuck.stream as Socket).removeAllListeners('readable');
  const twin = await device(broker, 'dev_stuck', { clientId: 'twin' });
  const busy = await device(broker, 'dev_busy');
  const heard: number[] = [];
  const listener = await device(broker, 'dev_busy', { clientId: 'listener' });
  await listener.subscribeAsync('uptower/v1/site_a/dev_busy/#');
  listener.on('message', () => heard.push(1));
  const chunk = Buffer.alloc(200 * 1024, 0x20);
  for (let i = 0; i < 60; i += 1) {
    await twin.publishAsync(topicOf('dev_stuck'), chunk, { qos: 1 }); // 12 MB pile up for the stuck one
    await busy.publishAsync(topicOf('dev_busy'), '{}', { qos: 1 });
  }
  await until(() => heard.length === 60);
  expect(accepted).toHaveLength(120);
});

test('nobody takes over a session by using its client id', async () => {
  const { ports } = recorder();
  const broker = await start(ports);
  const one = await device(broker, 'dev_one', { clientId: 'same' });
  await device(broker, 'dev_two', { clientId: 'same' });
  await one.publishAsync(topicOf('dev_one'), '{}', { qos: 1 });
  expect(broker.connections()).toBe(2);
});

test('a revoked credential can be disconnected', async () => {
  const { ports } = recorder();
  const broker = await start(ports);
  const client = await device(broker, 'dev_one');
  const gone = closed(client);
  broker.disconnect('dev_one');
  await gone;
  await until(() => broker.connections() === 0);
});

test('a taken port: the next free one is used and reported', async () => {
  const taken = createServer();
  const wanted = await new Promise<number>((resolve) =>
    taken.listen(0, '127.0.0.1', () => resolve((taken.address() as { port: number }).port)),
  );
  afterwards(() => new Promise((resolve) => taken.close(resolve)));
  const broker = await start(recorder().ports, { port: wanted });
  expect(broker.port).toBeGreaterThan(wanted);
  expect(broker.port).toBeLessThanOrEqual(wanted + 20);
  expect((await device(broker, 'dev_one')).connected).toBe(true);
});

test('a device may listen to its own commands and to nothing else', async () => {
  const { ports, refusals } = recorder();
  const client = await device(await start(ports), 'dev_one');
  const granted = await client.subscribeAsync('uptower/v1/site_a/dev_one/cmd/+');
  expect(granted[0]?.qos).toBe(0);
  await expect(client.subscribeAsync('#')).rejects.toThrow();
  expect(refusals.map((refusal) => refusal.topic)).toEqual(['#']);
});
