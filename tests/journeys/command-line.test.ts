import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newDataDir, startUptower, uptower } from '../support/uptower.ts';

test('--help lists the verbs, and each verb has its own', async () => {
  const { code, stdout } = await uptower(['--help']);
  expect(code).toBe(0);
  const verbs = ['demo', 'serve', 'connect', 'replay', 'backup', 'restore', 'journal', 'audit'];
  for (const verb of verbs) {
    expect(stdout).toMatch(new RegExp(`^  ${verb}`, 'm'));
    const own = await uptower([verb, '--help']);
    expect([verb, own.code]).toEqual([verb, 0]);
    expect(own.stdout).toContain(`Usage: uptower ${verb}`);
  }
});

test.each([
  [['demo', '--sped', '10'], '--speed'],
  [['replai', 'x.csv'], 'replay'],
  [['replay', 'x.csv'], '--map'],
  [['demo', '--speed', 'fast'], '--speed'],
  [['replay', 'x.csv', '--map', 'y', '--speed', '-1'], 'greater than 0'],
])('%j is wrong use (exit 2) and says what was meant', async (args, said) => {
  const { code, stderr } = await uptower(args);
  expect(stderr).toContain(said);
  expect(code).toBe(2);
});

test('connecting without a running server is said in words (exit 1)', async () => {
  const { code, stderr } = await uptower(['connect', '--data-dir', newDataDir()]);
  expect([code, stderr]).toEqual([1, expect.stringContaining('npm start')]);
});

test('a first `serve` makes one administrator, a second start none; the directory is held by one server', async () => {
  const dataDir = newDataDir();
  const server = await startUptower('serve', dataDir);
  expect(server.output()).toContain('password');
  const second = await uptower(['serve', '--data-dir', dataDir, '--mqtt-port', '0', '--web-port', '0']);
  expect([second.code, second.stderr]).toEqual([1, expect.stringContaining('another Uptower is running')]);
  expect(await server.stop()).toBe(0);
  const again = await startUptower('serve', dataDir);
  expect(again.output()).not.toContain('password');
  expect(await again.stop()).toBe(0);
  const audit = await uptower(['audit', 'verify', '--data-dir', dataDir]);
  expect([audit.code, audit.stdout]).toEqual([0, expect.stringContaining('the chain is intact')]);
});

test('a data directory without records is said so, and none is made by looking', async () => {
  const missing = join(newDataDir(), 'typo');
  const { code, stderr } = await uptower(['audit', 'verify', '--data-dir', missing]);
  expect([code, stderr]).toEqual([1, expect.stringContaining('there are no records')]);
  expect(existsSync(missing)).toBe(false);
});

test('Ctrl-C at any moment of a start ends cleanly, and the next start finds everything', async () => {
  const dataDir = newDataDir();
  for (const waitMs of [0, 300, 700]) {
    const server = await startUptower('demo', dataDir);
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    expect([await server.stop(), server.output()]).toEqual([0, expect.not.stringContaining('Error')]);
  }
});

test('ports that are taken: the next free ones, with a clear line', async () => {
  const first = await startUptower('serve', newDataDir());
  const dataDir = newDataDir();
  writeFileSync(join(dataDir, 'uptower.config.json'), '{}');
  const second = await startUptower('serve', dataDir, [
    '--mqtt-port',
    String(first.mqttPort),
    '--web-port',
    String(first.runtime.webPort),
  ]);
  expect(second.mqttPort).not.toBe(first.mqttPort);
  expect(second.output()).toContain(`port ${first.mqttPort} is taken`);
  expect(second.output()).toContain(`port ${first.runtime.webPort} is taken`);
  expect([await first.stop(), await second.stop()]).toEqual([0, 0]);
});
