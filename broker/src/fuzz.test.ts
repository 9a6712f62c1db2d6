import { connect as connectTcp } from 'node:net';
import fc from 'fast-check';
import mqttPacket from 'mqtt-packet';
import { expect, test } from 'vitest';
import type { Broker } from './broker.ts';
import { REFUSALS } from './ports.ts';
import { device, listener, newDir, recorder, start, topicOf, until } from './testing/harness.ts';

const topic = fc.constantFrom(
  topicOf('dev_one'),
  topicOf('dev_two'),
  'v1/devices/me/telemetry',
  'spBv1.0/g/NBIRTH/dev_one',
  '$SYS/broker/x',
  `${'a/'.repeat(150)}b`,
  'uptower/v1/site_a/dev_one/cmd/+',
  '#',
  'constructor',
);
const qos = fc.constantFrom(0, 1, 2);
const messageId = fc.integer({ min: 1, max: 65_535 });
const payload = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));

const packet = fc.oneof(
  fc.record({
    cmd: fc.constant('publish'),
    topic,
    payload,
    qos,
    messageId,
    retain: fc.boolean(),
    dup: fc.constant(false),
  }),
  fc.record({
    cmd: fc.constant('subscribe'),
    messageId,
    subscriptions: fc.array(fc.record({ topic, qos }), { minLength: 1, maxLength: 4 }),
  }),
  fc.record({
    cmd: fc.constant('unsubscribe'),
    messageId,
    unsubscriptions: fc.array(topic, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ cmd: fc.constantFrom('puback', 'pubrec', 'pubrel', 'pubcomp'), messageId }),
  fc.record({ cmd: fc.constantFrom('pingreq', 'disconnect') }),
);
const connect = fc.record({
  cmd: fc.constant('connect'),
  protocolId: fc.constant('MQTT'),
  protocolVersion: fc.constantFrom(4, 4, 4, 5),
  clientId: fc.constantFrom('fuzz', 'constructor', '__proto__', 'ü/#+'),
  clean: fc.boolean(),
  keepalive: fc.constantFrom(0, 60),
  username: fc.constantFrom('dev_one', 'dev_one', 'dev_one', '__proto__'),
  password: fc.constant(Buffer.from('secret')),
  will: fc.option(fc.record({ topic, payload, qos, retain: fc.boolean() }), { nil: undefined }),
});

function bytesOf(packets: readonly object[]): Buffer {
  return Buffer.concat(
    packets.flatMap((each) => {
      try {
        return [mqttPacket.generate(each as mqttPacket.Packet)];
      } catch {
        return []; // what the library refuses to write
      }
    }),
  );
}

/** Sends bytes in pieces, waits until the broker has answered or closed, and hangs up. */
async function send(broker: Broker, stream: Buffer, cut: number): Promise<void> {
  const socket = connectTcp(broker.port, '127.0.0.1').on('error', () => undefined);
  socket.on('data', () => undefined);
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  socket.write(stream.subarray(0, cut));
  await new Promise((resolve) => setImmediate(resolve));
  socket.end(stream.subarray(cut));
  await ended;
}

test('random and damaged packets: no crash, others unaffected, every refusal explained, no connection left', async () => {
  const { ports, accepted, refusals } = recorder();
  const broker = await start(ports, { sessionDir: newDir(), limits: { connectTimeoutMs: 1_000 } });
  const witness = await device(broker, 'dev_two');
  const heard = listener(broker, 'dev_two', { clientId: 'ear' });
  await new Promise((resolve) => heard.client.once('connect', resolve));
  await heard.client.subscribeAsync('uptower/v1/site_a/dev_two/#', { qos: 1 });
  const flips = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 6 });
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.option(connect, { nil: undefined, freq: 8 }),
      fc.array(packet, { maxLength: 12 }),
      flips,
      fc.nat(),
      async (first, rest, changed, cut) => {
        const stream = bytesOf([...(first ? [first] : []), ...rest]);
        for (const [at, value] of changed) if (stream.length > 0) stream[at % stream.length] = value;
        await send(broker, stream, stream.length > 0 ? cut % stream.length : 0);
        runs += 1;
        await witness.publishAsync(topicOf('dev_two'), String(runs), { qos: 1 });
      },
    ),
    { numRuns: 300 },
  );
  await until(() => heard.heard.filter(({ text }) => /^\d+$/.test(text)).length === runs);
  const mine = accepted.filter(({ principal }) => principal.kind === 'device' && principal.deviceId === 'dev_two');
  expect(mine.map(({ payload: body }) => body.toString())).toEqual(
    Array.from({ length: runs }, (_, i) => String(i + 1)),
  );
  for (const { reason, detail } of refusals) {
    expect(Object.keys(REFUSALS)).toContain(reason);
    expect(detail).not.toBe('');
  }
  // Nobody spoke as somebody else, and nobody who hung up is counted as here.
  for (const { topic: where, principal } of accepted)
    if (principal.kind === 'device' && where.startsWith('uptower/')) expect(where).toContain(`/${principal.deviceId}/`);
  await until(() => broker.connections() === 2);
});
