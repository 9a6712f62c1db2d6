import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type LatestValue, LIVE_VERSION, type LiveReadings } from '@uptower/domain';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectDevice, mqttClient } from '../support/publisher.ts';
import { newDataDir, type Running, startUptower, until, uptower } from '../support/uptower.ts';

let server: Running;
beforeAll(async () => {
  server = await startUptower('serve', newDataDir());
});
afterAll(() => server.stop());

const latest = async (deviceId: string) =>
  (await server.call<{ latest: LatestValue[] }>('GET', `/devices/${deviceId}`)).latest.map(({ metric, value }) => [
    metric,
    value,
  ]);

test('the printed mosquitto_pub line works as printed, and the reading is on the device', async () => {
  const device = await connectDevice(server, 'bedside-1');
  await promisify(execFile)('bash', ['-c', device.line]);
  const values = await until('the reading', async () => {
    const found = await latest(device.deviceId);
    return found.length > 0 ? found : undefined;
  });
  expect(values).toEqual([['temperature', 36.5]]);
});

test('so does the printed curl line', async () => {
  const device = await connectDevice(server, 'bedside-4');
  const { stdout } = await promisify(execFile)('bash', ['-c', device.httpLine]);
  expect(stdout.split('\r\n')[0]).toBe('HTTP/1.1 204 No Content');
  expect(await until('the reading', async () => (await latest(device.deviceId)).at(0))).toEqual(['temperature', 36.5]);

  const { stdout: said } = await uptower(['connect', 'bedside-5', '--data-dir', server.dataDir]);
  const printed = said.split('\n').find((line) => line.includes('curl ')) as string;
  const again = await promisify(execFile)('bash', ['-c', printed]);
  expect(again.stdout.split('\r\n')[0]).toBe('HTTP/1.1 204 No Content');
});

test('connecting again replaces the credential: the old one no longer works', async () => {
  const old = await connectDevice(server, 'bedside-2');
  await expect(connectDevice(server, 'bedside-2')).rejects.toThrow('--renew');
  const fresh = await connectDevice(server, 'bedside-2', ['--renew']);
  await expect(mqttClient(server, old)).rejects.toThrow(/[Nn]ot authorized|Bad user/);
  const client = await mqttClient(server, fresh);
  await client.publishAsync(fresh.topic, JSON.stringify({ values: { a: 1 } }), { qos: 1 });
  await client.endAsync();
});

test('an administrator watches the reading arrive over the live connection', async () => {
  const device = await connectDevice(server, 'bedside-3');
  const password = /password +(\S+)/.exec(server.output())?.[1];
  const response = await fetch(`${server.webUrl}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-uptower': '1' },
    body: JSON.stringify({ username: 'admin', password }),
  });
  const cookie = (response.headers.get('set-cookie') ?? '').split(';')[0] as string;
  const socket = io(server.webUrl, {
    path: '/live',
    auth: { version: LIVE_VERSION },
    extraHeaders: { cookie },
    transports: ['websocket'],
  });
  const snapshot = new Promise((resolve) => socket.once('snapshot', resolve));
  socket.emit('watch', { collections: ['devices'], telemetry: [device.deviceId] });
  await snapshot;
  const arrived = new Promise<LiveReadings>((resolve) => socket.once('readings', resolve));
  const client = await mqttClient(server, device);
  await client.publishAsync(device.topic, JSON.stringify({ values: { pressure: 101.3 } }), { qos: 1 });
  expect(await arrived).toMatchObject({ deviceId: device.deviceId, readings: [{ values: { pressure: 101.3 } }] });
  await client.endAsync();
  socket.close();
});
