import { chmodSync, mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { silentLogger } from './logger.ts';
import { keepPrivate } from './private-directory.ts';

test.each([
  [0o755, 0o700],
  [0o770, 0o700],
  [0o701, 0o700],
  [0o500, 0o500],
  [0o1777, 0o1777],
])('a directory of ours with mode %o has %o afterwards', (before, after) => {
  const directory = mkdtempSync(join(tmpdir(), 'uptower-private-'));
  chmodSync(directory, before);
  keepPrivate(directory, silentLogger());
  expect(statSync(directory).mode & 0o7777).toBe(after);
});
