import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lockDirectory } from './directory-lock.ts';
import { writeJsonFile } from './json-file.ts';
import { readRuntime, webUrlOf, writeRuntime } from './runtime-file.ts';

test.each([
  ['127.0.0.1', 'http://127.0.0.1:8080'],
  ['0.0.0.0', 'http://127.0.0.1:8080'],
  ['::', 'http://[::1]:8080'],
  ['fd00::7', 'http://[fd00::7]:8080'],
  ['10.1.2.3', 'http://10.1.2.3:8080'],
  ['uptower.example', 'http://uptower.example:8080'],
])('a server that listens on %s is called at %s', (host, url) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'uptower-runtime-'));
  const unlock = lockDirectory(dataDir);
  writeRuntime(dataDir, { pid: 1, mqttPort: 1883, webPort: 8080, host, token: 't' });
  const runtime = readRuntime(dataDir);
  expect(runtime && webUrlOf(runtime)).toBe(url);
  unlock();
});

test('a server of an earlier version says no address: it is called where it always was', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'uptower-runtime-'));
  const unlock = lockDirectory(dataDir);
  writeJsonFile(join(dataDir, 'runtime.json'), { pid: 1, mqttPort: 1883, webPort: 8080, token: 't' });
  expect(readRuntime(dataDir)?.host).toBe('127.0.0.1');
  unlock();
});
