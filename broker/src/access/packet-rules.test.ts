import fc from 'fast-check';
import mqttPacket from 'mqtt-packet';
import { expect, test } from 'vitest';
import { packetSplitter } from '../intake/packet-splitter.ts';
import { connackUnacceptable, UNKNOWN_LEVEL, violation } from './packet-rules.ts';

/** What is wrong with each packet of a stream. */
function judged(stream: Buffer): (string | null)[] {
  const found: (string | null)[] = [];
  packetSplitter()(stream, {
    packet: (bytes, start, body, end) => void found.push(violation(bytes, start, body, end)),
  });
  return found;
}
const packet = (first: number, ...body: number[]) => Buffer.from([first, body.length, ...body]);
const field = (...bytes: number[]) => [bytes.length >> 8, bytes.length & 0xff, ...bytes];
const text = (value: string) => field(...Buffer.from(value));
const connect = (flags: number, ...fields: number[]) => packet(0x10, ...text('MQTT'), 4, flags, 0, 60, ...fields);
const [NUL, LONE_SURROGATE, OVERLONG] = [field(0x61, 0), field(0xed, 0xa0, 0x80), field(0xc0, 0xaf)];

test.each([
  ['a client id with U+0000', connect(2, ...NUL), 'client id is not UTF-8'],
  ['a client id with half a surrogate pair', connect(2, ...LONE_SURROGATE), 'client id is not UTF-8'],
  ['a will topic in overlong form', connect(6, ...text('a'), ...OVERLONG, ...field()), 'will topic is not UTF-8'],
  ['a user name with a stray byte', connect(0x82, ...text('a'), ...field(0xff)), 'user name is not UTF-8'],
  ['a topic name with U+0000', packet(0x30, ...NUL), 'topic name is not UTF-8'],
  ['a filter of SUBSCRIBE', packet(0x82, 0, 1, ...text('a'), 0, ...OVERLONG, 0), 'topic filter is not UTF-8'],
  ['a filter of UNSUBSCRIBE', packet(0xa2, 0, 1, ...NUL), 'topic filter is not UTF-8'],
  ['will QoS 3', connect(0x1e, ...text('a'), ...text('t'), ...field()), 'will QoS 3'],
  ['will retain without a will', connect(0x22, ...text('a')), 'will flags without a will'],
  ['the reserved connect flag', connect(3, ...text('a')), 'reserved connect flag'],
  ['a password without a user name', connect(0x42, ...text('a'), ...field(1)), 'password without a user name'],
  ['a user name without its flag', connect(2, ...text('a'), ...text('name')), 'bytes after the end'],
  ['a user name that is not there', connect(0x82, ...text('a')), 'user name cut off'],
  ['a password that is cut', connect(0xc2, ...text('a'), ...text('n'), 0, 9, 1), 'password cut off'],
  ['CONNECT of three bytes', packet(0x10, 0, 4, 77), 'header of CONNECT cut off'],
  ['another protocol', packet(0x10, ...text('MQTs'), 4, 2, 0, 60, ...text('a')), 'unknown protocol name'],
  ['packet id 0 in PUBLISH', packet(0x32, ...text('t'), 0, 0), 'packet id 0'],
  ['packet id 0 in SUBSCRIBE', packet(0x82, 0, 0, ...text('t'), 0), 'packet id 0'],
  ['packet id 0 in UNSUBSCRIBE', packet(0xa2, 0, 0, ...text('t')), 'packet id 0'],
  ['PUBACK for packet id 0', packet(0x40, 0, 0), 'packet id 0'],
  ['PUBACK of one byte', packet(0x40, 1), 'packet id cut off'],
  ['PUBLISH with QoS 1 and no id', packet(0x32, ...text('t')), 'packet id cut off'],
  ['PUBLISH with QoS 3', packet(0x36, ...text('t'), 0, 1), 'QoS 3'],
  ['a topic beyond the packet', packet(0x30, 0, 9, 0x61), 'topic name cut off'],
  ['SUBSCRIBE without a filter', packet(0x82, 0, 1), 'no topic filter'],
  ['UNSUBSCRIBE without a filter', packet(0xa2, 0, 1), 'no topic filter'],
  ['SUBSCRIBE without a QoS', packet(0x82, 0, 1, ...text('t')), 'requested QoS cut off'],
  ['SUBSCRIBE with QoS 3', packet(0x82, 0, 1, ...text('t'), 3), 'requested QoS not'],
  ['reserved flags of SUBSCRIBE', packet(0x80, 0, 1, ...text('t'), 1), 'reserved flags'],
  ['reserved flags of PINGREQ', packet(0xc1), 'reserved flags'],
  ['PINGREQ with a body', packet(0xc0, 0), 'bytes after the end'],
  ['a SUBACK', packet(0x90, 0, 1, 0), 'a packet no client sends'],
])('refuses %s', (_name, bytes, reason) => {
  expect(judged(bytes)).toEqual([expect.stringContaining(reason)]);
});

test('an unknown protocol level is told from other faults; MQTT 3.1, bridges and MQTT 5 are not unknown', () => {
  const level = (value: number) => judged(packet(0x10, ...text('MQTT'), value, 2, 0, 60, ...text('a')))[0];
  expect([0, 2, 6, 127, 0x82].map(level)).toEqual(Array(5).fill(UNKNOWN_LEVEL));
  expect([3, 4, 0x83, 0x84, 5].map(level)).toEqual(Array(5).fill(null));
  expect(judged(packet(0x10, ...text('MQIsdp'), 3, 2, 0, 60, ...text('a')))).toEqual([null]);
  expect(
    mqttPacket
      .parser()
      .on('packet', (told) => expect(told).toMatchObject({ cmd: 'connack', returnCode: 1 }))
      .parse(connackUnacceptable()),
  ).toBe(0);
});

const word = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).map((value) => value.replaceAll('\0', '/'));
const filter = fc.oneof(word, fc.constantFrom('#', '+/ü/#', 'uptower/v1/site_a/dev_a/telemetry', '\uFEFFa'));
const payload = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
const qos = fc.constantFrom(0, 1, 2);
const flag = fc.boolean();
const messageId = fc.integer({ min: 1, max: 65_535 });
const protocol = fc.constantFrom(
  { protocolId: 'MQTT', protocolVersion: 4 },
  { protocolId: 'MQIsdp', protocolVersion: 3 },
  { protocolId: 'MQTT', protocolVersion: 4, bridgeMode: true },
);
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const valid = fc.oneof(
  fc
    .record({
      cmd: fc.constant('connect'),
      clientId: word,
      clean: flag,
      keepalive: fc.integer({ min: 0, max: 65_535 }),
      will: optional(fc.record({ topic: word, payload, qos, retain: flag })),
      login: fc.oneof(fc.constant({}), fc.record({ username: word }), fc.record({ username: word, password: payload })),
    })
    .chain(({ login, ...rest }) => protocol.map((its) => ({ ...rest, ...login, ...its }))),
  fc.record({ cmd: fc.constant('publish'), topic: word, payload, qos, messageId, retain: flag, dup: flag }),
  fc.record({
    cmd: fc.constant('subscribe'),
    messageId,
    subscriptions: fc.array(fc.record({ topic: filter, qos }), { minLength: 1, maxLength: 5 }),
  }),
  fc.record({
    cmd: fc.constant('unsubscribe'),
    messageId,
    unsubscriptions: fc.array(filter, { minLength: 1, maxLength: 5 }),
  }),
  fc.record({ cmd: fc.constantFrom('puback', 'pubrec', 'pubrel', 'pubcomp'), messageId }),
  fc.record({ cmd: fc.constantFrom('pingreq', 'disconnect') }),
);
const written = (packets: readonly object[]) =>
  packets.map((each) => mqttPacket.generate(each as unknown as mqttPacket.Packet));

test('accepts whatever a library writes from valid input', () =>
  fc.assert(
    fc.property(fc.array(valid, { minLength: 1, maxLength: 8 }), (packets) => {
      expect(judged(Buffer.concat(written(packets)))).toEqual(packets.map(() => null));
    }),
    { numRuns: 1000 },
  ));

test('takes a topic name for text exactly when a strict decoder does, and it has no U+0000', () => {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const isText = (bytes: Uint8Array) => {
    try {
      return !decoder.decode(bytes).includes('\0');
    } catch {
      return false;
    }
  };
  const almost = fc
    .tuple(word, fc.nat(), fc.integer({ min: 0, max: 255 }))
    .map(([value, at, byte]) => Buffer.from(value).fill(byte, at % value.length, (at % value.length) + 1));
  fc.assert(
    fc.property(fc.oneof(almost, fc.uint8Array({ maxLength: 40 })), (bytes) => {
      expect(judged(packet(0x30, ...field(...bytes)))[0] === null).toBe(isText(bytes));
    }),
    { numRuns: 2000 },
  );
});

test('never throws on any bytes, and judges by the packet alone', () => {
  const damaged = fc.tuple(valid, fc.nat(), fc.integer({ min: 0, max: 255 })).map(([each, at, byte]) => {
    const [bytes] = written([each]) as [Buffer];
    bytes[at % bytes.length] = byte;
    return bytes;
  });
  fc.assert(
    fc.property(fc.oneof(damaged, fc.uint8Array({ minLength: 2, maxLength: 60 })), fc.nat(4), (given, before) => {
      const bytes = Buffer.from(given);
      const body = 2;
      const alone = violation(bytes, 0, body, bytes.length);
      const amidst = Buffer.concat([Buffer.alloc(before, 1), bytes, Buffer.alloc(8, 1)]);
      expect(violation(amidst, before, before + body, before + bytes.length)).toBe(alone);
    }),
    { numRuns: 3000 },
  );
});
