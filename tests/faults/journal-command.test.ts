import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Connected, connectDevice, mqttClient } from '../support/publisher.ts';
import { newDataDir, type Running, startUptower, uptower } from '../support/uptower.ts';

let server: Running;
let device: Connected;
const MESSAGES = 30;
beforeAll(async () => {
  server = await startUptower('serve', newDataDir());
  device = await connectDevice(server, 'journalled');
  const client = await mqttClient(server, device);
  for (let n = 1; n <= MESSAGES; n += 1)
    await client.publishAsync(device.topic, JSON.stringify({ seq: n, values: { n } }), { qos: 1 });
  await client.endAsync();
});
afterAll(() => server.stop());

const journal = (...args: string[]) => uptower(['journal', ...args, '--data-dir', server.dataDir]);

test('inspect, verify, tail and export read the journal of a running server', async () => {
  const inspected = JSON.parse((await journal('inspect', '--json')).stdout);
  expect(inspected.messagesByDevice[device.deviceId]).toBe(MESSAGES);
  expect(inspected.messagesByTopic[device.topic]).toBe(MESSAGES);
  expect(inspected.consumers).toHaveProperty('pipeline');
  expect((await journal('inspect')).stdout).toContain(device.topic);
  expect(await journal('verify')).toMatchObject({ code: 0, stdout: expect.stringContaining('are whole') });
  const tail = (await journal('tail', '-n', '3')).stdout.trim().split('\n');
  expect(tail).toHaveLength(3);
  const { stdout } = await journal('export', '--sender', device.deviceId);
  const payloads = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(JSON.parse(line).payload).values.n);
  expect(payloads).toEqual(Array.from({ length: MESSAGES }, (_, i) => i + 1));
});

test('each has its own help; wrong use is exit 2, no journal is exit 1 in words', async () => {
  for (const verb of ['inspect', 'verify', 'tail', 'export']) {
    const { code, stdout } = await uptower(['journal', verb, '--help']);
    expect([code, stdout]).toEqual([0, expect.stringContaining(`Usage: uptower journal ${verb}`)]);
  }
  expect((await journal('tail', '-n', 'many')).code).toBe(2);
  expect(await uptower(['journal', 'verfy'])).toMatchObject({ code: 2, stderr: expect.stringContaining('verify') });
  expect(await uptower(['journal', 'inspect', '--data-dir', newDataDir()])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('there is no journal'),
  });
});

test('a damaged record: verify names file and offset, the server starts, says so, and loses that record alone', async () => {
  await server.stop();
  const directory = join(server.dataDir, 'journal');
  const file = join(directory, readdirSync(directory).find((name) => name.endsWith('.journal')) as string);
  const bytes = readFileSync(file);
  const at = bytes.indexOf('"seq":15,');
  bytes[at + 2] = 0;
  writeFileSync(file, bytes);
  const verified = await journal('verify');
  expect([verified.code, verified.stderr]).toEqual([
    1,
    expect.stringMatching(/\.journal at byte \d+: records \d+ to \d+ cannot be read/),
  ]);
  server = await startUptower('serve', server.dataDir);
  const { stdout } = await journal('export', '--sender', device.deviceId);
  expect(stdout.trim().split('\n')).toHaveLength(MESSAGES - 1);
  const intake = await server.call<{ journal: { damaged: number }; alarms: { code: string }[] }>('GET', '/intake');
  expect(intake.journal.damaged).toBe(1);
  expect(intake.alarms.map(({ code }) => code)).toContain('journal-damaged');
  const quarantine = await server.call<{ reason: string; detail: string }[]>('GET', '/quarantine');
  expect(quarantine.find(({ reason }) => reason === 'journal-damaged')?.detail).toContain(file);
});
