import { afterEach, expect, test } from 'vitest';
import { cleanUp, FOREIGN, SITE, startBench, TOPIC, WILD, Wire } from './wire.ts';

/** Statements of MQTT 3.1.1 about SUBSCRIBE, UNSUBSCRIBE and topic filters. */
afterEach(cleanUp);

const text = (value: string) => [value.length >> 8, value.length & 0xff, ...Buffer.from(value)];
const packet = (first: number, ...body: number[]) => [first, body.length, ...body];

test.each([
  ['[MQTT-3.8.1-1] reserved bits of SUBSCRIBE', packet(0x80, 0, 1, ...text(TOPIC.a), 1)],
  ['[MQTT-3.8.3-3] SUBSCRIBE without a filter', packet(0x82, 0, 1)],
  ['[MQTT-3-8.3-4] a requested QoS of 3', packet(0x82, 0, 1, ...text(TOPIC.a), 3)],
  ['[MQTT-3-8.3-4] reserved bits of the requested QoS', packet(0x82, 0, 1, ...text(TOPIC.a), 0x41)],
  ['[MQTT-4.7.3-1] an empty filter', packet(0x82, 0, 1, 0, 0, 1)],
  ['[MQTT-3.10.1-1] reserved bits of UNSUBSCRIBE', packet(0xa0, 0, 1, ...text(TOPIC.a))],
  ['[MQTT-2.3.1-1] SUBSCRIBE with packet id 0', packet(0x82, 0, 0, ...text(TOPIC.a), 1)],
  ['[MQTT-2.3.1-1] UNSUBSCRIBE with packet id 0', packet(0xa2, 0, 0, ...text(TOPIC.a))],
  ['[MQTT-1.5.3-1] [MQTT-3.8.3-1] an ill-formed filter', packet(0x82, 0, 1, 0, 1, 0xff, 1)],
  ['[MQTT-1.5.3-2] [MQTT-4.7.3-2] U+0000 in a filter', packet(0x82, 0, 1, 0, 1, 0, 1)],
  ['[MQTT-1.5.3-1] [MQTT-3.10.3-1] an ill-formed filter of UNSUBSCRIBE', packet(0xa2, 0, 1, 0, 1, 0xff)],
  ['[MQTT-3.10.3-2] UNSUBSCRIBE without a filter', packet(0xa2, 0, 1)],
])('%s: the connection is closed', async (_name, bytes) => {
  const wire = await Wire.connected(await startBench(), 'ab');
  wire.bytes(...bytes);
  await wire.closed();
  expect(wire.received).toEqual([]);
});

test.each([
  ['[MQTT-4.7.1-2] # not at the end', `${SITE}/#/telemetry`],
  ['[MQTT-4.7.1-2] # beside other characters', `${SITE}/dev_a#`],
  ['[MQTT-4.7.1-3] + beside other characters', `${SITE}/dev_+/telemetry`],
])('%s: not granted', async (_name, filter) => {
  const wire = await Wire.connected(await startBench(), 'ab');
  wire.bytes(...packet(0x82, 0, 1, ...text(filter), 1));
  // Malformed: either the filter fails or the connection ends; it is never granted.
  await Promise.race([
    wire.closed(),
    wire.take('suback').then((answer) => expect(answer).toMatchObject({ granted: [0x80] })),
  ]);
});

test('[MQTT-2.3.1-7] [MQTT-3.8.4-1] [MQTT-3.8.4-2] [MQTT-3.8.4-4] [MQTT-3.8.4-5] [MQTT-3.9.3-1] [MQTT-3.9.3-2] one SUBACK with the id and a code for each filter, in order', async () => {
  const wire = await Wire.connected(await startBench(), 'ab');
  wire.send({
    cmd: 'subscribe',
    messageId: 0x4321,
    subscriptions: [
      { topic: TOPIC.a, qos: 2 },
      { topic: FOREIGN, qos: 1 },
      { topic: TOPIC.aB, qos: 0 },
      { topic: WILD.all, qos: 1 },
    ],
  });
  expect(await wire.take('suback')).toMatchObject({ messageId: 0x4321, granted: [2, 0x80, 0, 1] });
});

test('[MQTT-3.8.4-3] the same filter again replaces the subscription: one copy, the new QoS, the retained message again', async () => {
  const wire = await Wire.connected(await startBench(), 'ab');
  await wire.publish(TOPIC.a, 'retained', 1, true);
  await wire.subscribe([TOPIC.a, 1]);
  expect((await wire.receive()).payload.toString()).toBe('retained');
  await wire.subscribe([TOPIC.a, 0]);
  expect((await wire.receive()).payload.toString()).toBe('retained');
  await wire.publish(TOPIC.a, 'once', 1);
  expect(await wire.receive()).toMatchObject({ qos: 0, payload: Buffer.from('once') });
  await wire.settled();
  expect(wire.waiting()).toEqual([]);
});

test.each([
  [0, 2, 0],
  [1, 0, 0],
  [1, 2, 1],
  [2, 1, 1],
  [2, 2, 2],
] as const)(
  '[MQTT-3.8.4-6] published with QoS %i, granted %i: delivered with %i',
  async (published, granted, delivered) => {
    const wire = await Wire.connected(await startBench(), 'ab');
    await wire.subscribe([TOPIC.a, granted]);
    await wire.publish(TOPIC.a, 'x', published);
    expect((await wire.receive()).qos).toBe(delivered);
  },
);

test.each([
  [2, [0, 1, 2], 2],
  [2, [2, 1, 0], 2],
  [2, [1, 0, 1], 1],
  [1, [0, 0, 2], 1],
  [1, [1, 0, 0], 1],
  [0, [2, 1, 0], 0],
] as const)(
  '[MQTT-3.3.5-1] [MQTT-3.8.4-6] published with QoS %i, three filters match with %j: one copy, with %i',
  async (published, [exact, plus, all], delivered) => {
    const bench = await startBench();
    const wire = await Wire.connected(bench, 'ab');
    const lasting = await Wire.connected(bench, 'ef', { clean: false });
    const filters = [[WILD.aPlus, plus] as const, [WILD.aAll, all] as const, [TOPIC.a, exact] as const];
    for (const one of [wire, lasting]) expect(await one.subscribe(...filters)).toEqual([plus, all, exact]);
    await (await Wire.connected(bench, 'cd')).publish(TOPIC.a, 'x', published);
    for (const one of [wire, lasting]) {
      expect((await one.receive()).qos).toBe(delivered);
      await one.settled();
      expect(one.waiting()).toEqual([]);
    }
    // Answered, it does not come again.
    await lasting.disconnect();
    const back = await Wire.connected(bench, 'ef', { clean: false });
    await back.settled();
    expect(back.waiting()).toEqual([]);
  },
);

test('[MQTT-3.3.5-1] [MQTT-3.8.4-6] the same for what is kept while the client is away, and for retained messages', async () => {
  const bench = await startBench();
  const wire = await Wire.connected(bench, 'ab', { clean: false });
  await wire.subscribe([WILD.aAll, 0], [WILD.aPlus, 1], [TOPIC.aB, 2], [TOPIC.aC, 0]);
  await wire.disconnect();
  const other = await Wire.connected(bench, 'cd');
  for (const [topic, qos] of [
    [TOPIC.a, 2],
    [TOPIC.aB, 2],
    [TOPIC.aB, 1],
  ] as const)
    await other.publish(topic, `${topic} ${qos}`, qos);
  const back = await Wire.connected(bench, 'ab', { clean: false });
  expect((await back.receive()).qos).toBe(1);
  expect((await back.receive()).qos).toBe(2);
  expect((await back.receive()).qos).toBe(1);

  await other.publish(TOPIC.c, 'retained', 2, true);
  await back.subscribe([`${SITE}/dev_c/+`, 1]);
  expect(await back.receive()).toMatchObject({ qos: 1, retain: true });
});

test('[MQTT-3.3.5-1] a filter that is granted anew or ended no longer counts', async () => {
  const wire = await Wire.connected(await startBench(), 'ab');
  await wire.subscribe([WILD.aAll, 0], [WILD.aPlus, 1], [TOPIC.a, 2]);
  await wire.subscribe([TOPIC.a, 0]);
  await wire.publish(TOPIC.a, 'x', 2);
  expect((await wire.receive()).qos).toBe(1);
  await wire.unsubscribe(WILD.aPlus);
  await wire.publish(TOPIC.a, 'x', 2);
  expect((await wire.receive()).qos).toBe(0);
});

test('[MQTT-3.10.4-2] [MQTT-3.10.4-4] after UNSUBSCRIBE nothing more comes; UNSUBACK has its id', async () => {
  const wire = await Wire.connected(await startBench(), 'ab');
  await wire.subscribe([TOPIC.a, 1]);
  await wire.unsubscribe(TOPIC.a);
  await wire.publish(TOPIC.a, 'x', 1);
  await wire.settled();
  expect(wire.waiting()).toEqual([]);
});

test('[MQTT-3.10.4-1] only the filter that is the same, character for character, ends', async () => {
  const wire = await Wire.connected(await startBench(), 'ab');
  await wire.subscribe([WILD.aPlus, 1]);
  await wire.unsubscribe(TOPIC.a);
  await wire.unsubscribe(WILD.aAll);
  await wire.publish(TOPIC.a, 'x', 1);
  expect((await wire.receive()).payload.toString()).toBe('x');
});

test('[MQTT-3.10.4-3] a QoS 2 delivery that began is completed after UNSUBSCRIBE', async () => {
  const bench = await startBench();
  const wire = await Wire.connected(bench, 'ab');
  await wire.subscribe([TOPIC.a, 2]);
  await (await Wire.connected(bench, 'cd')).publish(TOPIC.a, 'x', 2);
  const { messageId } = await wire.take('publish');
  await wire.unsubscribe(TOPIC.a);
  wire.send({ cmd: 'pubrec', messageId });
  expect(await wire.take('pubrel')).toMatchObject({ messageId });
});

test('[MQTT-3.10.4-5] UNSUBACK even when there was nothing to end', async () => {
  await (await Wire.connected(await startBench(), 'ab')).unsubscribe(TOPIC.a);
});

test('[MQTT-3.10.4-6] several filters, one UNSUBACK', async () => {
  const wire = await Wire.connected(await startBench(), 'ab');
  await wire.subscribe([TOPIC.a, 1], [TOPIC.aB, 1]);
  await wire.unsubscribe(TOPIC.a, TOPIC.aB);
  await wire.publish(TOPIC.a, 'x', 1);
  await wire.publish(TOPIC.aB, 'x', 1);
  await wire.settled();
  expect(wire.received).toEqual([]);
});

test.each([
  ['# includes the level above and every one below', `${SITE}/dev_a/#`, TOPIC.a, true],
  ['# of the site reaches the last level', `${SITE}/#`, TOPIC.a, true],
  ['+ is one level', `${SITE}/+/telemetry`, TOPIC.a, true],
  ['+ is not two levels', `${SITE}/+`, TOPIC.a, false],
  ['+ may be the last level', WILD.aPlus, TOPIC.a, true],
  ['+ and # together', `${SITE}/+/#`, TOPIC.a, true],
  ['a filter that is longer does not match', `${TOPIC.a}/more`, TOPIC.a, false],
])('[MQTT-4.7.1-2] [MQTT-4.7.1-3] %s: %s', async (_name, filter, topic, matches) => {
  const wire = await Wire.connected(await startBench(), 'ab');
  expect((await wire.subscribe([filter, 0]))[0]).toBe(0);
  await wire.publish(topic, 'x');
  expect(wire.waiting()).toEqual(matches ? ['x'] : []);
});

test('[MQTT-4.7.3-4] no normalisation: case and a trailing slash make another topic', async () => {
  const wire = await Wire.connected(await startBench(), 'ab');
  await wire.subscribe([`${SITE}/dev_A/telemetry`, 0], [`${TOPIC.a}/`, 0]);
  await wire.publish(TOPIC.a, 'x');
  expect(wire.waiting()).toEqual([]);
});
