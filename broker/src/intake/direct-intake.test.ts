import type { Duplex } from 'node:stream';
import { DeviceId, SiteId } from '@uptower/domain';
import { generate, type Packet } from 'mqtt-packet';
import { expect, test } from 'vitest';
import type { Incoming } from '../ports.ts';
import { DirectIntake, type Speaker } from './direct-intake.ts';

const siteId = SiteId.parse('site_a');
const OWN = 'uptower/v1/site_a/dev_one/telemetry';

const publish = (messageId: number, more: Partial<Extract<Packet, { cmd: 'publish' }>> = {}): Buffer =>
  generate({
    cmd: 'publish',
    topic: OWN,
    payload: `${messageId}`,
    qos: 1,
    messageId,
    dup: false,
    retain: false,
    ...more,
  });

/** A connection whose messages become durable when told to. */
function opened(more: { heard?: boolean; ready?: boolean } = {}) {
  const speaker: Speaker = { principal: { kind: 'device', siteId, deviceId: DeviceId.parse('dev_one') }, slow: 0 };
  const written: Buffer[] = [];
  const conn = {
    destroyed: false,
    write: (bytes: Buffer) => written.push(bytes),
    destroy() {
      conn.destroyed = true;
    },
  };
  const batches: { messages: readonly Incoming[]; durable(): void; fail(): void }[] = [];
  const broken: string[] = [];
  let room = 0;
  let flushes = 0;
  const intake = new DirectIntake(conn as unknown as Duplex, {
    speaker: () => (more.ready === false ? undefined : speaker),
    isHeard: () => more.heard ?? false,
    gathering: {
      add: (messages, settled) =>
        void batches.push({ messages, durable: () => settled(true), fail: () => settled(false) }),
      flush: () => {
        flushes += 1;
      },
    },
    heard: () => undefined,
    maxPayloadBytes: 1000,
    malformed: (why) => broken.push(why),
    roomAgain: () => {
      room += 1;
    },
  });
  const acknowledged = () => Buffer.concat(written);
  return { intake, speaker, conn, batches, broken, acknowledged, rooms: () => room, flushes: () => flushes };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));
const puback = (...ids: number[]) => Buffer.concat(ids.map((id) => Buffer.from([0x40, 2, id >> 8, id & 255])));

test('what came together is taken together, and acknowledged in order once it is durable', async () => {
  const { intake, batches, acknowledged } = opened();
  expect(intake.take(Buffer.concat([publish(7), publish(300), publish(8)]))).toBeNull();
  expect(batches.map(({ messages }) => messages.map(({ payload }) => payload.toString()))).toEqual([['7', '300', '8']]);
  await settle();
  expect(acknowledged()).toEqual(Buffer.alloc(0));
  batches[0]?.durable();
  await settle();
  expect(acknowledged()).toEqual(puback(7, 300, 8));
});

test.each([
  ['retained', publish(1, { retain: true })],
  ['of QoS 2', publish(1, { qos: 2 })],
  ['not telemetry', publish(1, { topic: 'uptower/v1/site_a/dev_one/state' })],
  ["another device's", publish(1, { topic: 'uptower/v1/site_a/dev_two/telemetry' })],
  ['too large', publish(1, { payload: Buffer.alloc(1001) })],
  ['another packet', generate({ cmd: 'pingreq' })],
])('goes the long way: %s', (_name, packet) => {
  const { intake, batches } = opened();
  expect(intake.take(packet)).toEqual(packet);
  expect(batches).toEqual([]);
});

test('while somebody listens, and before the handshake is done, everything goes the long way', () => {
  for (const more of [{ heard: true }, { ready: false }])
    expect(opened(more).intake.take(publish(1))).toEqual(publish(1));
});

test('behind a message on the long way everything takes it, until that is answered', () => {
  const { intake, speaker, batches, flushes } = opened();
  const slow = publish(2, { topic: 'uptower/v1/site_a/dev_one/state' });
  expect(intake.take(Buffer.concat([publish(1), slow, publish(3)]))).toEqual(Buffer.concat([slow, publish(3)]));
  expect([batches[0]?.messages.length, speaker.slow]).toEqual([1, 2]);
  expect(flushes()).toBe(1); // what went the short way goes on before what follows on the long one
  speaker.slow = 0; // both were answered
  expect(intake.take(publish(4))).toBeNull();
});

test('what could not be stored is not acknowledged: the connection ends', async () => {
  const { intake, batches, conn, acknowledged } = opened();
  intake.take(publish(1));
  batches[0]?.fail();
  await settle();
  expect([conn.destroyed, acknowledged().length]).toEqual([true, 0]);
});

test('too much that waits for the disk stops the reading, and room is told of once', async () => {
  const { intake, batches, rooms } = opened();
  for (let i = 1; i <= 10_000; i += 1) intake.take(publish(i));
  expect(intake.hasRoom()).toBe(false);
  for (const { durable } of batches) durable();
  await settle();
  expect([intake.hasRoom(), rooms()]).toEqual([true, 1]);
});

test('what is not MQTT ends it, and nothing after that counts', () => {
  const { intake, batches, broken } = opened();
  const idZero = publish(1);
  idZero.writeUInt16BE(0, idZero.length - 3);
  expect(intake.take(Buffer.concat([idZero, publish(2)]))).toBeNull();
  expect([broken.length, batches.length]).toEqual([1, 0]);
});
