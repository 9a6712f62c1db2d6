import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DataDirInUse, lockDataDir } from './data-dir.ts';

test('a data directory has one server at a time', () => {
  const dir = mkdtempSync(join(tmpdir(), 'uptower-dir-'));
  const unlock = lockDataDir(dir);
  expect(() => lockDataDir(dir)).toThrow(DataDirInUse);
  unlock();
  lockDataDir(dir)();
});
