import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LatestValue, TelemetryFacts } from '@uptower/domain';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Connected, connectDevice } from '../support/publisher.ts';
import { newDataDir, type Running, root, startUptower, until } from '../support/uptower.ts';

let server: Running;
let lamp: Connected;
beforeAll(async () => {
  server = await startUptower('serve', newDataDir());
  lamp = await connectDevice(server, 'my-lamp');
});
afterAll(() => server.stop());

/** The lines of a document that a reader would run, with this server's address. */
const lines = (file: string) =>
  readFileSync(join(root, file), 'utf8')
    .split('\n')
    .filter((line) => /(^|\| )curl /.test(line))
    .map((line) => line.replaceAll('http://localhost:8080', server.webUrl));

const shell = (line: string) =>
  new Promise<string>((resolve, reject) =>
    execFile('bash', ['-c', line], { env: { ...process.env, PASSWORD: lamp.password } }, (error, stdout, stderr) =>
      error ? reject(new Error(`${line}\n${stderr}`)) : resolve(stdout),
    ),
  );
const device = () => server.call<{ latest: LatestValue[] } & TelemetryFacts>('GET', `/devices/${lamp.deviceId}`);
const has = (metric: string, value: unknown) =>
  until(`${metric} to be ${value}`, async () => {
    const { latest } = await device();
    return latest.some((each) => each.metric === metric && each.value === value);
  });

test.each(['README.md', 'docs/connect.md'])('the curl lines of %s deliver as printed', async (file) => {
  const found = lines(file);
  expect(found.length).toBeGreaterThanOrEqual(2);
  for (const line of found)
    expect([line, (await shell(line)).split('\r\n')[0]]).toEqual([line, 'HTTP/1.1 204 No Content']);
  if (file === 'README.md') {
    await has('temperature', 36.5);
    await has('cpu_usage.0', 12.5);
  } else {
    await has('temperature', 36.6);
    await has('room_temperature', 36.5);
  }
});

test('what a reader of the API sees of it: names the model does not know', async () => {
  await shell(lines('README.md')[0] as string);
  const rows = await server.call<{ metric: string; examples: string[] }[]>('GET', '/intake/unknown-metrics');
  expect(rows.find(({ metric }) => metric === 'temperature')?.examples).toEqual([lamp.deviceId]);
  expect((await device()).unknownMetrics.map(({ metric }) => metric)).toContain('temperature');
});

test('a kill between two writes loses nothing that was answered', async () => {
  const line = (value: number) =>
    `curl -s -o /dev/null -w '%{http_code}' -u "dev_my-lamp:$PASSWORD" --data-binary 'kept value=${value}i' ${server.webUrl}/write`;
  for (let value = 1; value <= 5; value += 1) expect(await shell(line(value))).toBe('204');
  await server.kill();
  server = await startUptower('serve', server.dataDir);
  await has('kept', 5);
});
