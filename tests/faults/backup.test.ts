import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newDataDir, until, uptower } from '../support/uptower.ts';
import { storeHasEverything } from './campaign/campaign.ts';
import { checkStored } from './campaign/check.ts';
import { registerFleet, SITE } from './campaign/fleet.ts';
import { type Generator, startGenerator } from './campaign/generator.ts';
import { freePort, type ServerPlace, type ServerUnderTest, startServer } from './campaign/server.ts';

let place: ServerPlace;
let server: ServerUnderTest;
let generator: Generator;
beforeAll(async () => {
  place = { dataDir: newDataDir(), mqttPort: await freePort(), webPort: await freePort() };
  server = await startServer(place);
  const fleet = await registerFleet(server, 5);
  generator = startGenerator({
    host: '127.0.0.1',
    port: place.mqttPort,
    siteId: SITE,
    ...fleet,
    firstTs: Date.now() - 10 * 86_400_000,
    window: 20,
    perSecond: 2_000,
  });
  await generator.acknowledgedAfter(0);
});
afterAll(async () => {
  generator.kill();
  await server.kill();
});

const backUp = (target: string) => uptower(['backup', target, '--data-dir', place.dataDir]);
const restore = (source: string, dataDir: string) => uptower(['restore', source, '--data-dir', dataDir]);

/** Starts what was restored, waits until it has worked everything through, and stops it. */
async function settled(dataDir: string): Promise<unknown> {
  const other = await startServer({ dataDir, mqttPort: await freePort(), webPort: await freePort() });
  await storeHasEverything(other);
  const registry = await other.call('GET', '/registry');
  expect(await other.stop()).toBe(0);
  return registry;
}

test('made under load, restored elsewhere: everything acknowledged before it is there exactly once', async () => {
  const target = join(newDataDir(), 'backup');
  await until('some load', async () => (await generator.count()) > 1_000);
  const before = await generator.soFar();
  const made = await backUp(target);
  expect([made.code, made.stdout]).toEqual([
    0,
    expect.stringContaining('everything acknowledged up to journal position'),
  ]);
  const dataDir = join(newDataDir(), 'restored');
  const restored = await restore(target, dataDir);
  expect([restored.code, restored.stdout]).toEqual([0, expect.stringContaining('Start it with')]);
  expect(await settled(dataDir)).toEqual(await server.call('GET', '/registry'));
  const verdict = await checkStored(join(dataDir, 'telemetry.duckdb'), before);
  expect(verdict).toMatchObject({ lost: 0, doubled: 0 });
  expect(verdict.acknowledged).toBeGreaterThan(100);
  for (const command of ['audit', 'journal'])
    expect((await uptower([command, 'verify', '--data-dir', dataDir])).code).toBe(0);
});

test('a damaged, incomplete or foreign backup is refused by name, and nothing is restored', async () => {
  const target = join(newDataDir(), 'backup');
  expect((await backUp(target)).code).toBe(0);
  const dataDir = join(newDataDir(), 'restored');
  appendFileSync(join(target, 'records.db'), 'x');
  writeFileSync(join(target, 'stranger'), 'x');
  const { code, stderr } = await restore(target, dataDir);
  expect(code).toBe(1);
  expect(stderr).toContain('records.db was changed or is damaged');
  expect(stderr).toContain('stranger is not of this backup');
  expect(existsSync(dataDir)).toBe(false);
  expect((await restore(newDataDir(), dataDir)).stderr).toContain('is no backup');
});

test('nothing is overwritten: neither a directory with something in it nor the data directory itself', async () => {
  const full = newDataDir();
  mkdirSync(join(full, 'something'));
  expect(await backUp(full)).toMatchObject({ code: 1, stderr: expect.stringContaining('not empty') });
  expect(await backUp(join(place.dataDir, 'inside'))).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('inside'),
  });
  const target = join(newDataDir(), 'backup');
  expect((await backUp(target)).code).toBe(0);
  expect(await restore(target, full)).toMatchObject({ code: 1, stderr: expect.stringContaining('not empty') });
  expect(readdirSync(full)).toEqual(['something']);
});

test('only whoever owns the data directory may say where the server writes', async () => {
  const response = await fetch(`http://127.0.0.1:${place.webPort}/api/v1/backup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-uptower': '1' },
    body: JSON.stringify({ directory: join(newDataDir(), 'backup') }),
  });
  expect(response.status).toBe(401);
});

test('of a stopped server, into one file', async () => {
  const acknowledged = await generator.stop();
  expect(await server.stop()).toBe(0);
  const target = join(newDataDir(), 'backup.tar.gz');
  expect((await backUp(target)).code).toBe(0);
  expect(spawnSync('tar', ['-tzf', target], { encoding: 'utf8' }).stdout).toContain('manifest.json');
  const dataDir = join(newDataDir(), 'restored');
  expect((await restore(target, dataDir)).code).toBe(0);
  await settled(dataDir);
  expect(await checkStored(join(dataDir, 'telemetry.duckdb'), acknowledged)).toMatchObject({ lost: 0, doubled: 0 });
});
