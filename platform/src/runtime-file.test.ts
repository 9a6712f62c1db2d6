import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lockDirectory } from './directory-lock.ts';
import { writeJsonFile } from './json-file.ts';
import { mqttUrlOf, readRuntime, shownHostOf, webUrlOf, writeRuntime } from './runtime-file.ts';

test.each([
  ['127.0.0.1', '127.0.0.1', 'localhost'],
  ['0.0.0.0', '127.0.0.1', 'localhost'],
  ['::', '[::1]', 'localhost'],
  ['fd00::7', '[fd00::7]', 'fd00::7'],
  ['10.1.2.3', '10.1.2.3', '10.1.2.3'],
  ['uptower.example', 'uptower.example', 'uptower.example'],
])('a server that listens on %s is called at %s, and people are told %s', (host, called, shown) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'uptower-runtime-'));
  const unlock = lockDirectory(dataDir);
  writeRuntime(dataDir, { pid: 1, mqttPort: 1883, webPort: 8080, host, token: 't' });
  const runtime = readRuntime(dataDir);
  expect(runtime && [webUrlOf(runtime), mqttUrlOf(runtime), shownHostOf(runtime)]).toEqual([
    `http://${called}:8080`,
    `mqtt://${called}:1883`,
    shown,
  ]);
  unlock();
});

test('a server of an earlier version says no address: it is called where it always was', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'uptower-runtime-'));
  const unlock = lockDirectory(dataDir);
  writeJsonFile(join(dataDir, 'runtime.json'), { pid: 1, mqttPort: 1883, webPort: 8080, token: 't' });
  expect(readRuntime(dataDir)?.host).toBe('127.0.0.1');
  unlock();
});
