import { afterEach, expect, test } from 'vitest';
import { cleanUp, connectBytes, FOREIGN, startBench, TOPIC, until, WILD, Wire } from './wire.ts';

/** The cases of Eclipse Paho's interoperability/client_test.py and the ones of client_test5.py that MQTT 3.1.1 has. */
afterEach(cleanUp);

test('[MQTT-7.0.0-2] [MQTT-7.1.1-1] paho basic: connect, disconnect, connect again, each QoS comes back', async () => {
  const bench = await startBench();
  await (await Wire.connected(bench, 'myclientid')).disconnect();
  const a = await Wire.connected(bench, 'myclientid');
  expect(await a.subscribe([TOPIC.a, 2])).toEqual([2]);
  await a.publish(TOPIC.a, 'qos 0', 0);
  await a.publish(TOPIC.a, 'qos 1', 1);
  await a.publish(TOPIC.a, 'qos 2', 2);
  const got = [await a.receive(), await a.receive(), await a.receive()];
  expect(got.map(({ payload, qos }) => [payload.toString(), qos])).toEqual([
    ['qos 0', 0],
    ['qos 1', 1],
    ['qos 2', 2],
  ]);
});

test('paho basic: a second CONNECT on the same connection ends it', async () => {
  const bench = await startBench();
  const a = await Wire.connected(bench, 'myclientid');
  a.bytes(...connectBytes('myclientid'));
  await a.closed();
});

test('[MQTT-3.1.2-1] paho basic: a wrong protocol name is not let in', async () => {
  const a = Wire.open(await startBench());
  a.bytes(0x10, 14, 0, 2, 0x68, 0x6a, 4, 2, 0, 60, 0, 2, 0x61, 0x62, 0, 0);
  await a.closed();
  expect(a.received.filter((packet) => packet.cmd === 'connack' && packet.returnCode === 0)).toEqual([]);
});

test('paho retained message: one a topic for a new subscriber, each with its QoS; an empty one clears it', async () => {
  const bench = await startBench();
  const a = await Wire.connected(bench, 'myclientid');
  await a.publish(TOPIC.aB, 'qos 0', 0, true);
  await a.publish(TOPIC.c, 'qos 1', 1, true);
  await a.publish(TOPIC.aC, 'qos 2', 2, true);
  await a.subscribe([WILD.all, 2]);
  const got = [await a.receive(), await a.receive(), await a.receive()];
  expect(got.map(({ payload }) => payload.toString()).sort()).toEqual(['qos 0', 'qos 1', 'qos 2']);
  expect(got.map(({ qos }) => qos).sort()).toEqual([0, 1, 2]);
  expect(got.every(({ retain }) => retain)).toBe(true);
  await a.disconnect();
  const b = await Wire.connected(bench, 'myclientid');
  await b.publish(TOPIC.aB, '', 0, true);
  await b.publish(TOPIC.c, '', 1, true);
  await b.publish(TOPIC.aC, '', 2, true);
  await b.subscribe([WILD.all, 2]);
  await b.settled();
  expect(b.waiting()).toEqual([]);
});

test('paho offline message queueing: QoS 1 and 2 wait for a client that is away', async () => {
  const bench = await startBench();
  const a = await Wire.connected(bench, 'myclientid', { clean: false });
  await a.subscribe([WILD.all, 2]);
  await a.disconnect();
  const b = await Wire.connected(bench, 'myclientid2');
  await b.publish(TOPIC.aB, 'qos 0', 0);
  await b.publish(TOPIC.c, 'qos 1', 1);
  await b.publish(TOPIC.aC, 'qos 2', 2);
  await b.disconnect();
  const again = await Wire.connected(bench, 'myclientid', { clean: false });
  expect(again.sessionPresent).toBe(true);
  const got = [await again.receive(), await again.receive()];
  expect(got.map(({ payload }) => payload.toString())).toEqual(['qos 1', 'qos 2']);
});

test('paho will message: comes when the connection breaks', async () => {
  const bench = await startBench();
  const will = { topic: TOPIC.c, payload: Buffer.from('client not disconnected'), qos: 1, retain: false } as const;
  const a = await Wire.connected(bench, 'myclientid', { will, keepalive: 2 });
  const b = await Wire.connected(bench, 'myclientid2', { clean: false });
  await b.subscribe([TOPIC.c, 2]);
  a.cut();
  expect((await b.receive()).payload.toString()).toBe('client not disconnected');
});

test('paho overlapping subscriptions: once with the highest QoS, or once for each', async () => {
  const a = await Wire.connected(await startBench(), 'myclientid');
  expect(await a.subscribe([WILD.aAll, 2], [WILD.aPlus, 1])).toEqual([2, 1]);
  await a.publish(TOPIC.aC, 'overlapping topic filters', 2);
  const got = [await a.receive()];
  await a.settled();
  if (a.waiting().length > 0) got.push(await a.receive());
  expect(got.map(({ qos }) => qos).sort()).toEqual(got.length === 1 ? [2] : [1, 2]);
});

test('paho keepalive: who says nothing for one and a half times as long is put out, with its will', async () => {
  const bench = await startBench();
  const will = { topic: TOPIC.aB, payload: Buffer.from('keepalive expiry'), qos: 1, retain: false } as const;
  const a = await Wire.connected(bench, 'myclientid', { keepalive: 1, will });
  const b = await Wire.connected(bench, 'myclientid2', { keepalive: 0 });
  await b.subscribe([TOPIC.aB, 2]);
  await a.closed();
  expect((await b.receive()).payload.toString()).toBe('keepalive expiry');
});

test('paho redelivery on reconnect: what was not acknowledged comes again', async () => {
  const bench = await startBench();
  const b = await Wire.connected(bench, 'myclientid2', { clean: false });
  await b.subscribe([WILD.aAll, 2]);
  await b.publish(TOPIC.aB, 'one', 1);
  await b.publish(TOPIC.aC, 'two', 2);
  await until(() => expect(b.waiting()).toEqual(['one', 'two'])); // seen, not answered
  await b.disconnect();
  const again = await Wire.connected(bench, 'myclientid2', { clean: false });
  expect([(await again.receive()).payload.toString(), (await again.receive()).payload.toString()]).toEqual([
    'one',
    'two',
  ]);
});

test('paho zero length client id: refused with a lasting session, given a name of its own with a clean one', async () => {
  const bench = await startBench();
  const lasting = Wire.open(bench);
  lasting.bytes(...connectBytes('', { clean: true }).with(9, 0b1100_0000)); // user name, password, not clean
  expect(((await lasting.take('connack')) as { returnCode?: number }).returnCode).toBe(2);
  await lasting.closed();
  const [one, two] = [await Wire.connected(bench, ''), await Wire.connected(bench, '')];
  await one.settled();
  await two.settled();
});

test('paho subscribe failure: 0x80 for a filter that is not allowed, the others are granted', async () => {
  const a = await Wire.connected(await startBench(), 'myclientid');
  expect(await a.subscribe([TOPIC.a, 1], [FOREIGN, 2], [TOPIC.aB, 0])).toEqual([1, 0x80, 0]);
});

test('[MQTT-4.7.2-1] paho $ topics: nobody publishes there, and no wildcard of a client reaches them', async () => {
  const bench = await startBench();
  const b = await Wire.connected(bench, 'myclientid2');
  expect(await b.subscribe(['#', 2], ['+/v1/site_a/+/+', 2])).toEqual([0x80, 0x80]);
  await b.subscribe([WILD.all, 2]);
  const a = await Wire.connected(bench, 'myclientid');
  a.send({ cmd: 'publish', topic: `$${TOPIC.aB}`, payload: 'x', qos: 1, retain: false, dup: false, messageId: 1 });
  await a.closed();
  await b.settled();
  expect(b.waiting()).toEqual([]);
});

test('paho unsubscribe: of three topics two go on', async () => {
  const bench = await startBench();
  const b = await Wire.connected(bench, 'myclientid2');
  await b.subscribe([TOPIC.a, 2]);
  await b.subscribe([TOPIC.aB, 2]);
  await b.subscribe([TOPIC.c, 2]);
  await b.unsubscribe(TOPIC.a);
  const a = await Wire.connected(bench, 'myclientid');
  await a.publish(TOPIC.a, 'unsubscribed', 1);
  await a.publish(TOPIC.aB, 'one', 1);
  await a.publish(TOPIC.c, 'two', 1);
  expect([(await b.receive()).payload.toString(), (await b.receive()).payload.toString()]).toEqual(['one', 'two']);
  await b.settled();
  expect(b.waiting()).toEqual([]);
});
