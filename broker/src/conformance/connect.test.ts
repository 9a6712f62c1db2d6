import { afterEach, expect, test } from 'vitest';
import { cleanUp, connectBytes, SITE, startBench, TOPIC, until, Wire } from './wire.ts';

/** Statements of MQTT 3.1.1 about connecting, strings, flags and sessions, as a server has to keep them. */
afterEach(cleanUp);

/** Where in a CONNECT with a short body: the protocol level, the connect flags, the client id, and what follows an id of two. */
const [LEVEL, FLAGS, CLIENT_ID, NEXT_TEXT] = [8, 9, 14, 18];
const will = { topic: TOPIC.aC, payload: Buffer.from('gone'), qos: 2, retain: false } as const;

test.each([
  ['[MQTT-2.2.2-2] reserved bits in the fixed header of CONNECT', connectBytes('ab').with(0, 0x11)],
  ['[MQTT-3.1.2-3] the reserved connect flag', connectBytes('ab').with(FLAGS, 0b1100_0011)],
  ['[MQTT-3.1.2-11] [MQTT-3.1.2-13] will QoS without a will', connectBytes('ab').with(FLAGS, 0b1100_1010)],
  ['[MQTT-3.1.2-11] [MQTT-3.1.2-15] will retain without a will', connectBytes('ab').with(FLAGS, 0b1110_0010)],
  ['[MQTT-3.1.2-22] a password without a user name', connectBytes('ab').with(FLAGS, 0b0100_0010)],
  [
    '[MQTT-3.1.3-1] [MQTT-3.1.4-1] a body that ends before its fields do',
    [0x10, 12, 0, 4, 77, 81, 84, 84, 4, 0xc2, 0, 60, 0, 9],
  ],
  ['[MQTT-3.1.3-3] no client id at all', [0x10, 10, 0, 4, 77, 81, 84, 84, 4, 2, 0, 60]],
  ['[MQTT-3.1.0-1] another packet before CONNECT', [0xc0, 0]],
  ['[MQTT-1.5.3-1] [MQTT-3.1.3-4] an ill-formed client id', connectBytes('ab').with(CLIENT_ID, 0xff)],
  ['[MQTT-1.5.3-2] U+0000 in a client id', connectBytes('ab').with(CLIENT_ID, 0)],
  ['[MQTT-1.5.3-1] [MQTT-3.1.3-10] an ill-formed will topic', connectBytes('ab', { will }).with(NEXT_TEXT, 0xff)],
  ['[MQTT-1.5.3-1] [MQTT-3.1.3-11] an ill-formed user name', connectBytes('ab').with(NEXT_TEXT, 0xff)],
  ['[MQTT-3.1.2-14] a will QoS of 3', connectBytes('ab', { will }).with(FLAGS, 0b1101_1110)],
  ['[MQTT-2.2.3] a remaining length of five bytes', [0x10, 0xff, 0xff, 0xff, 0xff, 0x01]],
])('%s: the connection is closed, without a CONNACK', async (_name, bytes) => {
  const bench = await startBench();
  const wire = Wire.open(bench);
  wire.bytes(...bytes);
  await wire.closed();
  expect(wire.received).toEqual([]);
  expect(bench.refusals).toEqual(['malformed-packet']);
});

test('[MQTT-1.5.3-3] a byte order mark is part of the string', async () => {
  const bench = await startBench();
  const [plain, marked] = [await Wire.connected(bench, 'ab'), await Wire.connected(bench, '\uFEFFab')];
  await plain.settled();
  await marked.settled();
});

test('[MQTT-3.1.0-2] a second CONNECT is a protocol violation', async () => {
  const wire = await Wire.connected(await startBench(), 'ab');
  wire.bytes(...connectBytes('ab'));
  await wire.closed();
});

test('[MQTT-3.1.2-2] MQTT 5 is answered with CONNACK 1, then closed', async () => {
  const wire = Wire.open(await startBench());
  const bytes = connectBytes('ab').with(LEVEL, 5);
  wire.bytes(0x10, (bytes[1] as number) + 1, ...bytes.slice(2, 12), 0, ...bytes.slice(12)); // no properties
  expect(await wire.take('connack')).toMatchObject({ returnCode: 1, sessionPresent: false });
  await wire.closed();
});

test('[MQTT-3.1.2-2] so is a protocol level that does not exist', async () => {
  const wire = Wire.open(await startBench());
  wire.bytes(...connectBytes('ab').with(LEVEL, 6));
  expect(await wire.take('connack')).toMatchObject({ returnCode: 1, sessionPresent: false });
  await wire.closed();
});

test('[MQTT-3.2.2-4] [MQTT-3.2.2-5] a refusal: session present 0, then closed', async () => {
  const bench = await startBench();
  await (await Wire.connected(bench, 'ab', { clean: false })).disconnect();
  const wire = Wire.open(bench);
  expect(await wire.connect('ab', { clean: false, password: Buffer.from('wrong') })).toMatchObject({
    returnCode: 4,
    sessionPresent: false,
  });
  await wire.closed();
});

test('[MQTT-3.1.4-5] nothing a refused client sent after its CONNECT is processed', async () => {
  const bench = await startBench();
  const wire = Wire.open(bench);
  wire.bytes(...connectBytes('ab', { password: Buffer.from('wrong') }));
  wire.send({ cmd: 'publish', topic: TOPIC.a, payload: 'x', qos: 1, messageId: 1, retain: false, dup: false });
  await wire.closed();
  expect(wire.received.map((packet) => packet.cmd)).toEqual(['connack']);
  expect(bench.accepted).toEqual([]);
});

test('[MQTT-3.1.4-4] [MQTT-3.2.0-1] [MQTT-3.2.2-1] a good CONNECT is answered first, with 0 and no session present', async () => {
  const bench = await startBench();
  await (await Wire.connected(bench, 'ab', { clean: false })).disconnect();
  const wire = Wire.open(bench);
  wire.bytes(...connectBytes('ab'), 0xc0, 0); // with a PINGREQ right behind it
  await until(() => expect(wire.received.map((packet) => packet.cmd)).toEqual(['connack', 'pingresp']));
  expect(wire.received[0]).toMatchObject({ returnCode: 0, sessionPresent: false });
});

test('[MQTT-3.1.2-4] [MQTT-4.1.0-2] [MQTT-3.1.3-2] [MQTT-3.2.2-2] [MQTT-3.2.2-3] a lasting session is found again by its client id', async () => {
  const bench = await startBench();
  const first = await Wire.connected(bench, 'ab', { clean: false });
  expect(first.sessionPresent).toBe(false);
  await first.subscribe([TOPIC.a, 1]);
  await first.disconnect();
  expect((await Wire.connected(bench, 'other', { clean: false })).sessionPresent).toBe(false);
  const again = await Wire.connected(bench, 'ab', { clean: false });
  expect(again.sessionPresent).toBe(true);
  await again.publish(TOPIC.a, 'still subscribed', 1);
  expect((await again.receive()).payload.toString()).toBe('still subscribed');
});

test('[MQTT-3.1.2-6] [MQTT-3.1.4-3] a clean session forgets what was, and leaves nothing behind', async () => {
  const bench = await startBench();
  const lasting = await Wire.connected(bench, 'ab', { clean: false });
  await lasting.subscribe([TOPIC.a, 1]);
  await lasting.disconnect();
  const clean = await Wire.connected(bench, 'ab');
  await clean.publish(TOPIC.a, 'x', 1);
  await clean.settled();
  expect(clean.waiting()).toEqual([]);
  await clean.subscribe([TOPIC.a, 1]);
  await clean.disconnect();
  const after = await Wire.connected(bench, 'ab', { clean: false });
  expect(after.sessionPresent).toBe(false);
  await after.publish(TOPIC.a, 'x', 1);
  await after.settled();
  expect(after.waiting()).toEqual([]);
});

test('[MQTT-3.1.2-7] a retained message outlives the session of who left it', async () => {
  const bench = await startBench();
  const one = await Wire.connected(bench, 'ab');
  await one.publish(TOPIC.a, 'kept', 1, true);
  await one.disconnect();
  const two = await Wire.connected(bench, 'cd');
  await two.subscribe([TOPIC.a, 1]);
  expect(await two.receive()).toMatchObject({ retain: true });
});

test.each([
  ['[MQTT-3.1.2-16] not retained', false],
  ['[MQTT-3.1.2-17] retained', true],
])('[MQTT-3.1.2-8] [MQTT-3.1.2-9] a will is published when the connection breaks: %s', async (_name, retain) => {
  const bench = await startBench();
  const watcher = await Wire.connected(bench, 'watcher');
  await watcher.subscribe([TOPIC.aC, 2]);
  const mortal = await Wire.connected(bench, 'mortal', {
    will: { topic: TOPIC.aC, payload: Buffer.from('gone'), qos: 2, retain },
  });
  mortal.cut();
  expect(await watcher.receive()).toMatchObject({ topic: TOPIC.aC, qos: 2, retain: false });
  const late = await Wire.connected(bench, 'late');
  await late.subscribe([TOPIC.aC, 2]);
  if (retain) expect((await late.receive()).payload.toString()).toBe('gone');
  else await late.settled();
  expect(late.waiting()).toEqual([]);
});

test('[MQTT-3.1.2-8] a will is published when the client breaks the protocol', async () => {
  const bench = await startBench();
  const watcher = await Wire.connected(bench, 'watcher');
  await watcher.subscribe([TOPIC.aC, 1]);
  const mortal = await Wire.connected(bench, 'mortal', {
    will: { topic: TOPIC.aC, payload: Buffer.from('gone'), qos: 1, retain: false },
  });
  mortal.bytes(0xf0, 0);
  await mortal.closed();
  expect((await watcher.receive()).payload.toString()).toBe('gone');
});

test('[MQTT-3.1.2-10] [MQTT-3.14.4-3] after DISCONNECT there is no will', async () => {
  const bench = await startBench();
  const watcher = await Wire.connected(bench, 'watcher');
  await watcher.subscribe([`${SITE}/#`, 1]);
  const polite = await Wire.connected(bench, 'polite', {
    will: { topic: TOPIC.aC, payload: Buffer.from('gone'), qos: 1, retain: false },
  });
  await polite.disconnect();
  await (await Wire.connected(bench, 'polite')).publish(TOPIC.a, 'later', 1);
  expect((await watcher.receive()).payload.toString()).toBe('later');
});

test('[MQTT-3.1.2-12] without a will nothing is published when the connection breaks', async () => {
  const bench = await startBench();
  const watcher = await Wire.connected(bench, 'watcher');
  await watcher.subscribe([`${SITE}/#`, 1]);
  (await Wire.connected(bench, 'mortal')).cut();
  await until(() => expect(bench.broker.connections()).toBe(1));
  await watcher.settled();
  expect(watcher.waiting()).toEqual([]);
});

test('[MQTT-3.1.2-24] one and a half times the keep alive without a packet: put out as if the network had failed', async () => {
  const wire = await Wire.connected(await startBench(), 'ab', { keepalive: 1 });
  await wire.closed();
});

test('[MQTT-3.1.3-5] client ids of 1 and of 23 letters and digits', async () => {
  const bench = await startBench();
  await Wire.connected(bench, 'a');
  await Wire.connected(bench, 'ABCDEFGHIJKLMNabcdefg09');
});

test('[MQTT-3.1.3-6] [MQTT-3.1.3-7] two clients without an id are two clients', async () => {
  const bench = await startBench();
  await Wire.connected(bench, '');
  await Wire.connected(bench, '');
  expect(bench.broker.connections()).toBe(2);
});

test('[MQTT-3.1.3-8] [MQTT-3.1.3-9] no id and a lasting session: CONNACK 2, then closed', async () => {
  const wire = Wire.open(await startBench());
  wire.bytes(...connectBytes('').with(FLAGS, 0b1100_0000));
  expect(await wire.take('connack')).toMatchObject({ returnCode: 2, sessionPresent: false });
  await wire.closed();
});

test('[MQTT-3.1.4-2] the same client id again: the one that was there is put out', async () => {
  const bench = await startBench();
  const first = await Wire.connected(bench, 'ab');
  const second = await Wire.connected(bench, 'ab');
  await first.closed();
  await second.settled();
});

test('[MQTT-3.12.4-1] PINGREQ is answered', async () => {
  await (await Wire.connected(await startBench(), 'ab')).settled();
});

test.each([
  ['[MQTT-3.14.1-1] reserved bits of DISCONNECT', [0xe1, 0]],
  ['[MQTT-2.2.2-1] [MQTT-2.2.2-2] reserved bits of PINGREQ', [0xc1, 0]],
  ['[MQTT-2.2.2-2] packet type 0', [0x00, 0]],
  ['[MQTT-2.2.2-2] packet type 15', [0xf0, 0]],
  ['[MQTT-4.8.0-1] CONNACK from a client', [0x20, 2, 0, 0]],
  ['[MQTT-4.8.0-1] SUBACK from a client', [0x90, 3, 0, 1, 0]],
  ['[MQTT-4.8.0-1] PINGRESP from a client', [0xd0, 0]],
])('%s: the connection is closed', async (_name, bytes) => {
  const wire = await Wire.connected(await startBench(), 'ab');
  wire.bytes(...bytes);
  await wire.closed();
});
