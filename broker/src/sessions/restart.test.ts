import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { HOUR } from '@uptower/domain';
import { manualClock } from '@uptower/platform';
import { expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../options.ts';
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
} from '../testing/harness.ts';

const COMMANDS = 'uptower/v1/site_a/dev_one/cmd/+';
const command = (n: number) => ({
  topic: `uptower/v1/site_a/dev_one/cmd/${n}`,
  payload: Buffer.from(`do ${n}`),
  qos: 1 as const,
  retain: false,
});
const lasting = { clientId: 'c', clean: false } as const;
const offline = {
  topic: topicOf('dev_one', 'state'),
  payload: Buffer.from('{"status":"offline"}'),
  qos: 1 as const,
  retain: true,
};

test('a lasting session: what was said while the client was away comes when it is back, after a restart too', async () => {
  const sessionDir = newDir();
  const { ports } = recorder();
  const first = await start(ports, { sessionDir });
  const client = await device(first, 'dev_one', lasting);
  await client.subscribeAsync(COMMANDS, { qos: 1 });
  await client.endAsync();
  for (const n of [1, 2]) await first.publish(command(n));
  await first.close();

  const second = await start(ports, { sessionDir });
  await second.publish(command(3));
  const back = listener(second, 'dev_one', lasting);
  const connack = await connected(back.client);
  expect(connack.sessionPresent).toBe(true);
  await until(() => back.heard.length === 3);
  expect(back.heard.map(({ text }) => text)).toEqual(['do 1', 'do 2', 'do 3']);
  // Acknowledged: they do not come again, and what comes now comes at once.
  await second.publish(command(4));
  await until(() => back.heard.length === 4);
  await back.client.endAsync();
  await second.close();
  const third = await start(ports, { sessionDir });
  const again = listener(third, 'dev_one', lasting);
  await connected(again.client);
  await third.publish(command(5));
  await until(() => again.heard.length > 0);
  expect(again.heard.map(({ text }) => text)).toEqual(['do 5']);
});

test('a client without a lasting session ends the one it had', async () => {
  const { ports } = recorder();
  const broker = await start(ports, { sessionDir: newDir() });
  const client = await device(broker, 'dev_one', lasting);
  await client.subscribeAsync(COMMANDS, { qos: 1 });
  await client.endAsync();
  await broker.publish(command(1));
  await (await device(broker, 'dev_one', { clientId: 'c', clean: true })).endAsync();
  const back = listener(broker, 'dev_one', lasting);
  const connack = await connected(back.client);
  expect(connack.sessionPresent).toBe(false);
});

test('retained messages are there after a restart; an empty one ends it', async () => {
  const sessionDir = newDir();
  const { ports } = recorder();
  const first = await start(ports, { sessionDir });
  const client = await device(first, 'dev_one');
  await client.publishAsync(topicOf('dev_one', 'state'), 'up', { qos: 1, retain: true });
  await client.publishAsync(topicOf('dev_one', 'events'), 'x', { qos: 1, retain: true });
  await client.publishAsync(topicOf('dev_one', 'events'), '', { qos: 1, retain: true });
  await first.close();
  const second = await start(ports, { sessionDir });
  const back = listener(second, 'site_a');
  await connected(back.client);
  await back.client.subscribeAsync('uptower/v1/site_a/#', { qos: 1 });
  await until(() => back.heard.length > 0);
  expect(back.heard).toMatchObject([{ text: 'up', retain: true, topic: topicOf('dev_one', 'state') }]);
});

test('the queue of a client that is away is bounded; what it does not hold is counted', async () => {
  const { ports, refusals } = recorder();
  const broker = await start(ports, { limits: { queuedMessages: 5 }, sessionDir: newDir() });
  const client = await device(broker, 'dev_one', lasting);
  await client.subscribeAsync(COMMANDS, { qos: 1 });
  await client.endAsync();
  for (let n = 1; n <= 8; n += 1) await broker.publish(command(n));
  expect(refusals).toMatchObject(
    [6, 7, 8].map((n) => ({ reason: 'queue-full', from: 'dev_one', topic: command(n).topic })),
  );
  const back = listener(broker, 'dev_one', lasting);
  await until(() => back.heard.length === 5);
  // With room again, the next ones are kept again.
  await broker.publish(command(9));
  await until(() => back.heard.length === 6);
  expect(back.heard.at(-1)?.text).toBe('do 9');
});

test('a session ends when its client stays away for too long, and only then', async () => {
  const clock = manualClock(1_790_000_000_000);
  const { ports } = recorder();
  const broker = await start(ports, {
    clock,
    sessionDir: newDir(),
    limits: { sessionExpiryMs: 2 * HOUR },
  });
  for (const [name, qos] of [
    ['dev_one', 1],
    ['dev_two', 1],
  ] as const) {
    const client = await device(broker, name, lasting);
    await client.subscribeAsync(`uptower/v1/site_a/${name}/cmd/+`, { qos });
    if (name === 'dev_one') await client.endAsync();
  }
  await until(() => broker.connections() === 1);
  clock.advance(3 * HOUR);
  const back = listener(broker, 'dev_one', lasting);
  const connack = await connected(back.client);
  expect(connack.sessionPresent).toBe(false);
  const other = listener(broker, 'dev_two', lasting);
  const present = await connected(other.client);
  expect(present.sessionPresent).toBe(true);
});

test('a credential keeps so many sessions; the one gone the longest ends', async () => {
  const clock = manualClock(1_790_000_000_000);
  const { ports } = recorder();
  const limits = { device: { ...DEFAULT_LIMITS.device, sessions: 2 } };
  const broker = await start(ports, { clock, limits });
  const visit = async (clientId: string) => {
    const { client } = listener(broker, 'dev_one', { clientId, clean: false });
    const { sessionPresent } = await connected(client);
    await client.subscribeAsync(COMMANDS, { qos: 1 });
    await client.endAsync();
    await until(() => broker.connections() === 0);
    clock.advance(1000);
    return sessionPresent;
  };
  for (const id of ['a', 'b', 'c']) expect(await visit(id)).toBe(false);
  expect(await visit('b')).toBe(true);
  expect(await visit('a')).toBe(false);
});

test('revoked: the session, what waits in it, and the will are gone', async () => {
  const { ports, accepted } = recorder();
  const broker = await start(ports, { sessionDir: newDir() });
  const client = await device(broker, 'dev_one', { ...lasting, will: offline });
  await client.subscribeAsync(COMMANDS, { qos: 1 });
  broker.forget('dev_one');
  await until(() => broker.connections() === 0);
  await broker.publish(command(1));
  const back = listener(broker, 'dev_one', lasting);
  const connack = await connected(back.client);
  expect(connack.sessionPresent).toBe(false);
  expect(accepted).toEqual([]);
});

test('a lasting session needs a client id', async () => {
  const { ports, refusals } = recorder();
  const broker = await start(ports);
  // mqtt.js would not send such a CONNECT: user name and password, no clean session, an id of no length.
  const body = Buffer.from('\x00\x04MQTT\x04\xc0\x00\x3c\x00\x00\x00\x07dev_one\x00\x06secret', 'latin1');
  const socket = connectTcp(broker.port, '127.0.0.1');
  socket.write(Buffer.concat([Buffer.from([0x10, body.length]), body]));
  const [answer] = (await once(socket, 'data')) as [Buffer];
  // Return code 2: identifier rejected.
  expect([...answer]).toEqual([0x20, 2, 0, 2]);
  expect(refusals).toMatchObject([{ reason: 'client-id', from: 'dev_one' }]);
});

test('QoS 2 both ways in a lasting session, over a restart in the middle', async () => {
  const sessionDir = newDir();
  const { ports, accepted } = recorder();
  const first = await start(ports, { sessionDir });
  const away = await device(first, 'site_a', lasting);
  await away.subscribeAsync('uptower/v1/site_a/dev_one/telemetry', { qos: 2 });
  await away.endAsync();
  const sender = await device(first, 'dev_one');
  await sender.publishAsync(topicOf('dev_one'), 'once', { qos: 2 });
  await until(() => accepted.length === 1);
  await first.close();
  const second = await start(ports, { sessionDir });
  const back = listener(second, 'site_a', lasting);
  await until(() => back.heard.length === 1);
  await second.publish({
    topic: 'uptower/v1/site_a/dev_one/telemetry',
    payload: Buffer.from('2'),
    qos: 1,
    retain: false,
  });
  await until(() => back.heard.length === 2);
  expect(back.heard.map(({ text }) => text)).toEqual(['once', '2']);
});

test('after a stop, wills wait: whoever comes back withdraws its own, the others are published and taken in', async () => {
  const sessionDir = newDir();
  const clock = manualClock(1_790_000_000_000);
  const { ports, accepted } = recorder();
  const first = await start(ports, { sessionDir, clock });
  for (const name of ['dev_one', 'dev_two'])
    await device(first, name, { will: { ...offline, topic: topicOf(name, 'state') }, clientId: name });
  await first.close();
  expect(accepted).toEqual([]);
  const second = await start(ports, { sessionDir, clock, returnGraceMs: 30_000 });
  await device(second, 'dev_two', { clientId: 'dev_two' });
  const watcher = listener(second, 'site_a');
  await connected(watcher.client);
  await watcher.client.subscribeAsync('uptower/v1/site_a/#', { qos: 1 });
  clock.advance(30_000);
  await until(() => watcher.heard.length === 1);
  expect(watcher.heard).toMatchObject([{ topic: topicOf('dev_one', 'state'), text: '{"status":"offline"}' }]);
  expect(accepted).toMatchObject([{ topic: topicOf('dev_one', 'state'), principal: { deviceId: 'dev_one' } }]);
  // Once is enough.
  await second.close();
  const third = await start(ports, { sessionDir, clock, returnGraceMs: 0 });
  await device(third, 'dev_two', { clientId: 'dev_two' });
  clock.advance(60_000);
  await third.close();
  expect(accepted).toHaveLength(1);
});

test('kill -9: sessions, waiting messages, retained messages and wills are there', async () => {
  const sessionDir = newDir();
  const child = fileURLToPath(new URL('../testing/broker-process.ts', import.meta.url));
  const process_ = spawn(process.execPath, ['--import', 'tsx', child, sessionDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  afterwards(() => process_.kill('SIGKILL'));
  const lines = createInterface({ input: process_.stdout });
  const [line] = (await once(lines, 'line')) as [string];
  const url = `mqtt://127.0.0.1:${line.slice('port '.length)}`;
  const away = await connect(url, 'site_a', lasting);
  await away.subscribeAsync('uptower/v1/site_a/+/telemetry', { qos: 1 });
  await away.endAsync();
  const client = await connect(url, 'dev_one', { ...lasting, will: offline });
  await client.publishAsync(topicOf('dev_one', 'state'), 'up', { qos: 1, retain: true });
  for (let n = 1; n <= 50; n += 1) await client.publishAsync(topicOf('dev_one'), String(n), { qos: 1 });
  // What is passed on is written a moment after the acknowledgement (the journal has it before). The id of a QoS 2
  // message in a lasting session is written before its own, and all that came earlier with it.
  await client.publishAsync(topicOf('dev_one', 'events'), '{}', { qos: 2 });
  process_.kill('SIGKILL');
  await once(process_, 'exit');

  const { ports, accepted } = recorder();
  const broker = await start(ports, { sessionDir, returnGraceMs: 0 });
  await until(() => accepted.length === 1);
  expect(accepted[0]).toMatchObject({ topic: offline.topic, principal: { kind: 'device', deviceId: 'dev_one' } });
  expect(accepted[0]?.payload.toString()).toBe('{"status":"offline"}');
  const back = listener(broker, 'site_a', lasting);
  await until(() => back.heard.length >= 50);
  expect(back.heard.map(({ text }) => text)).toEqual(Array.from({ length: 50 }, (_, i) => String(i + 1)));
  const watcher = listener(broker, 'site_a', { clientId: 'watcher' });
  await connected(watcher.client);
  await watcher.client.subscribeAsync('uptower/v1/site_a/+/state');
  await until(() => watcher.heard.length > 0);
  // The will was retained too, and came after.
  expect(watcher.heard).toMatchObject([{ text: '{"status":"offline"}', retain: true }]);
});
