import { afterEach, expect, test } from 'vitest';
import { cleanUp, SITE, startBench, TOPIC, until, WILD, Wire } from './wire.ts';

/** Statements of MQTT 3.1.1 about PUBLISH, its acknowledgements, retained messages, delivery and order. */
afterEach(cleanUp);

const topicBytes = (topic: string) => [topic.length >> 8, topic.length & 0xff, ...Buffer.from(topic)];
/** A PUBLISH by its first byte, its topic and what follows. */
const publishBytes = (first: number, topic: string, ...rest: number[]) => {
  const body = [...topicBytes(topic), ...rest];
  return [first, body.length, ...body];
};

test.each([
  ['[MQTT-3.3.1-4] QoS 3', publishBytes(0x36, TOPIC.a, 0, 1)],
  ['[MQTT-3.3.2-2] [MQTT-4.7.1-1] a wildcard in a topic name', publishBytes(0x30, WILD.aAll)],
  ['[MQTT-4.7.3-1] an empty topic name', [0x32, 4, 0, 0, 0, 1]],
  ['[MQTT-3.6.1-1] reserved bits of PUBREL', [0x60, 2, 0, 1]],
])('%s: the connection is closed and nothing is taken', async (_name, bytes) => {
  const bench = await startBench();
  const wire = await Wire.connected(bench, 'ab');
  wire.bytes(...bytes);
  await wire.closed();
  expect(bench.accepted).toEqual([]);
});

test.each([
  ['[MQTT-1.5.3-1] ill-formed UTF-8 in a topic name', publishBytes(0x32, TOPIC.a, 0, 1).with(4, 0xff)],
  ['[MQTT-1.5.3-2] [MQTT-4.7.3-2] U+0000 in a topic name', publishBytes(0x32, TOPIC.a, 0, 1).with(4, 0)],
  ['[MQTT-2.3.1-1] QoS 1 with packet id 0', publishBytes(0x32, TOPIC.a, 0, 0)],
  ['[MQTT-2.3.1-1] QoS 2 with packet id 0', publishBytes(0x34, TOPIC.a, 0, 0)],
])('%s: closed as malformed, whatever the client may publish', async (_name, bytes) => {
  const bench = await startBench();
  const wire = await Wire.connected(bench, 'ab');
  wire.bytes(...bytes);
  await wire.closed();
  expect(wire.received).toEqual([]);
  expect(bench.accepted).toEqual([]);
  expect(bench.refusals).toEqual(['malformed-packet']);
});

test.each([1, 2] as const)('[MQTT-3.3.1-3] DUP of the sender is not passed on, QoS %i', async (qos) => {
  const bench = await startBench();
  const hearer = await Wire.connected(bench, 'hearer');
  await hearer.subscribe([TOPIC.a, qos]);
  const wire = await Wire.connected(bench, 'ab');
  wire.send({ cmd: 'publish', topic: TOPIC.a, payload: 'again', qos, messageId: 1, retain: false, dup: true });
  expect(await hearer.receive()).toMatchObject({ qos, dup: false });
});

test('[MQTT-3.3.5-2] what may not be published closes the connection: MQTT 3.1.1 has no other answer', async () => {
  const bench = await startBench();
  const wire = await Wire.connected(bench, 'ab');
  wire.send({
    cmd: 'publish',
    topic: 'uptower/v1/site_b/dev_x/telemetry',
    payload: 'x',
    qos: 1,
    messageId: 1,
    retain: false,
    dup: false,
  });
  await wire.closed();
  expect(wire.received).toEqual([]);
});

test('[MQTT-2.3.1-6] [MQTT-3.3.4-1] [MQTT-4.3.2-2] every QoS 1 message is answered with its packet id, a repeated one too', async () => {
  const bench = await startBench();
  const wire = await Wire.connected(bench, 'ab');
  for (const dup of [false, true]) {
    wire.send({ cmd: 'publish', topic: TOPIC.a, payload: 'x', qos: 1, messageId: 0x1234, retain: false, dup });
    expect(await wire.take('puback')).toMatchObject({ messageId: 0x1234 });
  }
  expect(bench.accepted).toHaveLength(2);
});

test('[MQTT-4.3.3-2] QoS 2: PUBREC, again PUBREC for a repetition, PUBCOMP; delivered once; then the id is free', async () => {
  const bench = await startBench();
  const hearer = await Wire.connected(bench, 'hearer');
  await hearer.subscribe([TOPIC.a, 2]);
  const wire = await Wire.connected(bench, 'ab');
  const publish = (payload: string, dup: boolean) =>
    wire.send({ cmd: 'publish', topic: TOPIC.a, payload, qos: 2, messageId: 7, retain: false, dup });
  publish('once', false);
  expect(await wire.take('pubrec')).toMatchObject({ messageId: 7 });
  publish('once', true);
  expect(await wire.take('pubrec')).toMatchObject({ messageId: 7 });
  wire.send({ cmd: 'pubrel', messageId: 7 });
  expect(await wire.take('pubcomp')).toMatchObject({ messageId: 7 });
  publish('another', false);
  await wire.take('pubrec');
  wire.send({ cmd: 'pubrel', messageId: 7 });
  await wire.take('pubcomp');
  expect([(await hearer.receive()).payload.toString(), (await hearer.receive()).payload.toString()]).toEqual([
    'once',
    'another',
  ]);
  await hearer.settled();
  expect(hearer.waiting()).toEqual([]);
});

test('[MQTT-4.3.3-2] a PUBREL nobody waits for is answered as well', async () => {
  const wire = await Wire.connected(await startBench(), 'ab');
  wire.send({ cmd: 'pubrel', messageId: 99 });
  expect(await wire.take('pubcomp')).toMatchObject({ messageId: 99 });
});

test('[MQTT-4.3.1-1] [MQTT-2.3.1-5] [MQTT-3.3.1-2] QoS 0 goes out once, without packet id and without DUP', async () => {
  const wire = await Wire.connected(await startBench(), 'ab');
  await wire.subscribe([TOPIC.a, 0]);
  await wire.publish(TOPIC.a, 'x', 0);
  const got = await wire.receive();
  expect(got).toMatchObject({ qos: 0, dup: false });
  expect(got.messageId).toBeUndefined();
});

test('[MQTT-4.3.2-1] [MQTT-4.3.3-1] [MQTT-2.3.1-4] what goes out has ids of its own that are not in use', async () => {
  const bench = await startBench();
  const hearer = await Wire.connected(bench, 'hearer');
  await hearer.subscribe([TOPIC.a, 2]);
  const wire = await Wire.connected(bench, 'ab');
  for (const qos of [1, 2, 1] as const) {
    wire.send({ cmd: 'publish', topic: TOPIC.a, payload: 'x', qos, messageId: 5, retain: false, dup: false });
    await wire.take(qos === 1 ? 'puback' : 'pubrec');
    if (qos === 2) {
      wire.send({ cmd: 'pubrel', messageId: 5 });
      await wire.take('pubcomp');
    }
  }
  await until(() => expect(hearer.waiting()).toHaveLength(3));
  const got = hearer.received.flatMap((packet) => (packet.cmd === 'publish' ? [packet] : []));
  expect(got.every(({ dup }) => !dup)).toBe(true);
  expect(new Set(got.map(({ messageId }) => messageId)).size).toBe(3);
  expect(got.every(({ messageId }) => (messageId ?? 0) > 0)).toBe(true);
});

test('[MQTT-3.3.1-5] [MQTT-3.3.1-6] [MQTT-3.3.1-8] the last retained message goes to who subscribes, marked as retained', async () => {
  const bench = await startBench();
  const wire = await Wire.connected(bench, 'ab');
  await wire.publish(TOPIC.a, 'old', 1, true);
  await wire.publish(TOPIC.a, 'new', 1, true);
  await wire.subscribe([TOPIC.a, 1]);
  expect(await wire.receive()).toMatchObject({ retain: true, qos: 1, payload: Buffer.from('new') });
  await wire.settled();
  expect(wire.waiting()).toEqual([]);
});

test('[MQTT-3.3.1-7] a retained message of QoS 0 replaces the one before', async () => {
  const wire = await Wire.connected(await startBench(), 'ab');
  await wire.publish(TOPIC.a, 'old', 1, true);
  await wire.publish(TOPIC.a, 'new', 0, true);
  await wire.subscribe([TOPIC.a, 1]);
  expect((await wire.receive()).payload.toString()).toBe('new');
});

test('[MQTT-3.3.1-9] who subscribed before gets it without the mark', async () => {
  const wire = await Wire.connected(await startBench(), 'ab');
  await wire.subscribe([TOPIC.a, 1]);
  await wire.publish(TOPIC.a, 'x', 1, true);
  expect((await wire.receive()).retain).toBe(false);
});

test('[MQTT-3.3.1-10] [MQTT-3.3.1-11] an empty retained message is delivered, clears the topic and is not kept', async () => {
  const bench = await startBench();
  const wire = await Wire.connected(bench, 'ab');
  await wire.subscribe([TOPIC.a, 1]);
  await wire.publish(TOPIC.a, 'x', 1, true);
  await wire.publish(TOPIC.a, '', 1, true);
  expect([(await wire.receive()).payload.toString(), (await wire.receive()).payload.toString()]).toEqual(['x', '']);
  const late = await Wire.connected(bench, 'late');
  await late.subscribe([TOPIC.a, 1]);
  await late.settled();
  expect(late.waiting()).toEqual([]);
});

test('[MQTT-3.3.1-12] a message that is not retained leaves the retained one alone', async () => {
  const bench = await startBench();
  const wire = await Wire.connected(bench, 'ab');
  await wire.publish(TOPIC.a, 'kept', 1, true);
  await wire.publish(TOPIC.a, 'passing', 1, false);
  await wire.subscribe([TOPIC.a, 1]);
  expect((await wire.receive()).payload.toString()).toBe('kept');
});

test('[MQTT-3.3.2-1] [MQTT-3.3.2-3] the topic comes first and arrives as it was sent', async () => {
  const wire = await Wire.connected(await startBench(), 'ab');
  await wire.subscribe([WILD.aAll, 0]);
  await wire.publish(TOPIC.aB, 'x');
  expect((await wire.receive()).topic).toBe(TOPIC.aB);
});

test('[MQTT-4.5.0-1] [MQTT-3.1.2-5] [MQTT-4.1.0-1] what comes while a lasting session is away is kept for it, once', async () => {
  const bench = await startBench();
  const away = await Wire.connected(bench, 'away', { clean: false });
  await away.subscribe([TOPIC.a, 2]);
  away.cut();
  await until(() => expect(bench.broker.connections()).toBe(0));
  const wire = await Wire.connected(bench, 'ab');
  await wire.publish(TOPIC.a, 'one', 1);
  await wire.publish(TOPIC.a, 'two', 2);
  const back = await Wire.connected(bench, 'away', { clean: false });
  expect([(await back.receive()).payload.toString(), (await back.receive()).payload.toString()]).toEqual([
    'one',
    'two',
  ]);
  await back.disconnect();
  const again = await Wire.connected(bench, 'away', { clean: false });
  await again.settled();
  expect(again.waiting()).toEqual([]);
});

test('[MQTT-4.4.0-1] a PUBREL that was not answered comes again after a reconnect', async () => {
  const bench = await startBench();
  const first = await Wire.connected(bench, 'ab', { clean: false });
  await first.subscribe([TOPIC.a, 2]);
  const other = await Wire.connected(bench, 'other');
  await other.publish(TOPIC.a, 'x', 2);
  const { messageId } = await first.take('publish');
  first.send({ cmd: 'pubrec', messageId });
  await first.take('pubrel');
  first.cut();
  await until(() => expect(bench.broker.connections()).toBe(1));
  const again = await Wire.connected(bench, 'ab', { clean: false });
  expect(await again.take('pubrel')).toMatchObject({ messageId });
  again.send({ cmd: 'pubcomp', messageId: messageId as number });
  await again.settled();
  expect(again.waiting()).toEqual([]);
});

test('[MQTT-4.8.0-2] what cannot be stored is not acknowledged; the connection ends', async () => {
  const bench = await startBench({
    accept: async () => {
      throw new Error('disk full');
    },
  });
  const wire = await Wire.connected(bench, 'ab');
  wire.send({ cmd: 'publish', topic: TOPIC.a, payload: 'x', qos: 1, messageId: 1, retain: false, dup: false });
  await wire.closed();
  expect(wire.received).toEqual([]);
});

test('[MQTT-4.6.0-1] [MQTT-4.6.0-5] [MQTT-4.6.0-6] messages of one client on one topic arrive in order, after a reconnect too', async () => {
  const bench = await startBench();
  const hearer = await Wire.connected(bench, 'hearer', { clean: false });
  await hearer.subscribe([`${SITE}/#`, 1]);
  const wire = await Wire.connected(bench, 'ab');
  const texts = Array.from({ length: 100 }, (_, i) => String(i));
  texts.forEach((payload, i) => {
    wire.send({ cmd: 'publish', topic: TOPIC.a, payload, qos: 1, messageId: i + 1, retain: false, dup: false });
  });
  await until(() => expect(hearer.waiting()).toEqual(texts));
  hearer.cut();
  await until(() => expect(bench.broker.connections()).toBe(1));
  const again = await Wire.connected(bench, 'hearer', { clean: false });
  await until(() => expect(again.waiting()).toEqual(texts));
});

test('[MQTT-3.3.1-1] [MQTT-4.4.0-1] a PUBLISH that was not answered comes again after a reconnect: same packet id, DUP', async () => {
  const bench = await startBench();
  const first = await Wire.connected(bench, 'ab', { clean: false });
  await first.subscribe([TOPIC.a, 1]);
  await first.publish(TOPIC.a, 'x', 1);
  const { messageId } = await first.take('publish');
  first.cut();
  await until(() => expect(bench.broker.connections()).toBe(0));
  const again = await Wire.connected(bench, 'ab', { clean: false });
  expect(await again.take('publish')).toMatchObject({ messageId, dup: true });
});
