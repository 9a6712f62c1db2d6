import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { IntakeView, LatestValue } from '@uptower/domain';
import fc from 'fast-check';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { damaged, fuzzed } from '../support/fuzz.ts';
import { LINES, NATIVE, THINGSBOARD } from '../support/packets.ts';
import { type Connected, connectDevice } from '../support/publisher.ts';
import { newDataDir, type Running, startUptower, until } from '../support/uptower.ts';

let server: Running;
let device: Connected;
let basic: string;
beforeAll(async () => {
  server = await startUptower('serve', newDataDir());
  device = await connectDevice(server, 'fuzzed');
  basic = Buffer.from(`${device.username}:${device.password}`).toString('base64');
});
afterAll(() => server.stop());

/** Whatever was sent: the server is there, a good message is taken and worked on, and nothing broke inside. */
let turn = 0;
async function goesOn(): Promise<void> {
  turn += 1;
  const answer = await fetch(`${server.webUrl}/api/v1/telemetry`, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}`, 'content-type': 'application/json' },
    body: JSON.stringify({ values: { turn } }),
  });
  expect([answer.status, await answer.text()]).toEqual([204, '']);
  await until('the good message behind the bad ones', async () => {
    const { latest } = await server.call<{ latest: LatestValue[] }>('GET', `/devices/${device.deviceId}`);
    return latest.some(({ metric, value }) => metric === 'turn' && value === turn);
  });
  const { quarantined } = await server.call<IntakeView>('GET', '/intake');
  expect(quarantined.internal ?? 0).toBe(0);
  expect(server.output()).not.toMatch(/http\.failed|message-failed|uncaught|unhandled/i);
}

/** Sends bytes on a connection of their own and hangs up; resolves with what came back until then. */
const exchange = (port: number, bytes: Uint8Array) =>
  new Promise<string>((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const chunks: Buffer[] = [];
    // A request cut short gets no answer.
    const patience = setTimeout(() => socket.destroy(), 700);
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      // An answer is there; more of the same connection is not waited for.
      setTimeout(() => socket.destroy(), 20);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(patience);
      resolve(Buffer.concat(chunks).toString('latin1'));
    });
    socket.write(bytes);
  });

const webPort = () => Number(new URL(server.webUrl).port);

test('HTTP: damaged requests, headers and bodies alike, are answered without a 500', async () => {
  const request = (method: string, path: string, body: Buffer, headers: readonly string[]) =>
    Buffer.concat([
      Buffer.from(
        [
          `${method} ${path} HTTP/1.1`,
          'host: localhost',
          ...headers,
          `content-length: ${body.length}`,
          'connection: close',
          '',
          '',
        ].join('\r\n'),
      ),
      body,
    ]);
  const json = [`authorization: Basic ${basic}`, 'content-type: application/json'];
  const admin = [`authorization: Bearer ${server.runtime.token}`, 'content-type: application/json'];
  const real = [
    ...Object.entries(NATIVE).flatMap(([channel, bodies]) =>
      bodies.map((body) => request('POST', `/api/v1/${channel}`, body, json)),
    ),
    ...LINES.map((body) => request('POST', '/write?precision=ms', body, [`authorization: Basic ${basic}`])),
    ...LINES.map((body) =>
      request('POST', '/api/v2/write?precision=ms', body, [
        `authorization: Token ${device.username}:${device.password}`,
      ]),
    ),
    request('POST', '/query', Buffer.from('q=CREATE+DATABASE+x'), ['content-type: application/x-www-form-urlencoded']),
    request('POST', '/api/v1/session', Buffer.from('{"username":"a","password":"b"}'), [
      'content-type: application/json',
      'x-uptower: 1',
    ]),
    request('POST', '/api/v1/credentials', Buffer.from('{"devices":["dev_none"]}'), admin),
    request('PUT', '/api/v1/registry', Buffer.from('{"devices":[]}'), admin),
    request('GET', '/api/v1/devices/dev_fuzzed/readings?metric=turn&from=0&to=9&points=5', Buffer.alloc(0), admin),
  ];
  // The damage in the body alone gets further.
  const wellAddressed = fc.oneof(
    damaged(NATIVE.telemetry).map((body) => request('POST', '/api/v1/telemetry', body, json)),
    damaged(LINES).map((body) => request('POST', '/write?precision=ms', body, [`authorization: Basic ${basic}`])),
  );
  const seen = new Set<string | undefined>();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(damaged(real), wellAddressed), { minLength: 1, maxLength: 8 }),
      async (requests) => {
        for (const answer of await Promise.all(requests.map((bytes) => exchange(webPort(), bytes)))) {
          const status = /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1];
          seen.add(status);
          if (status)
            expect([answer.slice(0, 300), Number(status) < 500 || status === '503']).toEqual([
              answer.slice(0, 300),
              true,
            ]);
        }
        await goesOn();
      },
    ),
    { ...fuzzed(25), endOnFailure: true },
  );
  // Neither all of it refused, nor all of it taken.
  expect([...seen]).toEqual(expect.arrayContaining(['204', '400']));
});

test('MQTT: damaged packets of every kind do not stop the others', async () => {
  const text = (value: string | Uint8Array) => {
    const bytes = Buffer.from(value);
    return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
  };
  const packet = (first: number, ...parts: Uint8Array[]) => {
    const body = Buffer.concat(parts);
    const length = body.length < 128 ? [body.length] : [(body.length & 0x7f) | 0x80, body.length >> 7];
    return Buffer.concat([Buffer.from([first, ...length]), body]);
  };
  const opening = packet(
    0x10,
    text('MQTT'),
    Buffer.from([4, 0xc2, 0, 60]),
    text('fuzz'),
    text(device.username),
    text(device.password),
  );
  const publish = (topic: string, payload: Buffer) => packet(0x32, text(topic), Buffer.from([0, 1]), payload);
  const after = [
    ...NATIVE.telemetry.map((payload) => publish(device.topic, payload)),
    ...THINGSBOARD['v1/devices/me/telemetry'].map((payload) => publish('v1/devices/me/telemetry', payload)),
    packet(0x82, Buffer.from([0, 2]), text('uptower/v1/#'), Buffer.from([1])),
    packet(0xa2, Buffer.from([0, 3]), text('uptower/v1/#')),
    Buffer.from([0x62, 2, 0, 1]),
    Buffer.from([0xc0, 0]),
    Buffer.from([0xe0, 0]),
  ];
  const session = fc.oneof(
    damaged([Buffer.concat([opening, ...after])]),
    fc.array(damaged(after), { minLength: 1, maxLength: 4 }).map((packets) => Buffer.concat([opening, ...packets])),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(session, { minLength: 1, maxLength: 6 }), async (sessions) => {
      await Promise.all(sessions.map((bytes) => exchange(server.mqttPort, bytes)));
      await goesOn();
    }),
    { ...fuzzed(25), endOnFailure: true },
  );
});

test('live protocol: whatever is asked, the connection or its end is all that follows', async () => {
  // The first start says the administrator's password; a screen carries the cookie that comes for it.
  const password = /user name {2}admin\s+password +(\S+)/.exec(server.output())?.[1];
  const signedIn = await fetch(`${server.webUrl}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-uptower': '1' },
    body: JSON.stringify({ username: 'admin', password }),
  });
  expect(signedIn.status).toBe(200);
  const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] as string;
  const watched = { collections: ['clock', 'intake'], telemetry: [device.deviceId] };
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.tuple(fc.constantFrom('watch', 'snapshot', '__proto__', ''), fc.oneof(fc.jsonValue(), fc.constant(watched))),
        {
          maxLength: 8,
        },
      ),
      fc.oneof(fc.constant({ version: 1 }), fc.jsonValue()),
      async (messages, auth) => {
        const socket = io(server.webUrl, {
          path: '/live',
          transports: ['websocket'],
          reconnection: false,
          extraHeaders: { cookie },
          auth: auth as never,
        });
        await new Promise<void>((resolve) => {
          for (const event of ['connect', 'connect_error', 'disconnect']) socket.once(event, () => resolve());
        });
        for (const [event, body] of messages) socket.emit(event, body);
        socket.disconnect();
        await goesOn();
      },
    ),
    { ...fuzzed(15), endOnFailure: true },
  );
});

test('after all of it the server holds no more than it needs', () => {
  const pages = Number(readFileSync(`/proc/${server.runtime.pid}/statm`, 'utf8').split(' ')[1]);
  expect(pages * 4096).toBeGreaterThan(0);
  expect(pages * 4096).toBeLessThan(700_000_000);
});
