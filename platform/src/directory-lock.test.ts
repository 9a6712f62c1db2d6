import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DirectoryInUse, isLocked, lockDirectory } from './directory-lock.ts';

test('a directory has one owner at a time', () => {
  const directory = mkdtempSync(join(tmpdir(), 'uptower-dir-'));
  expect(isLocked(directory)).toBe(false);
  const unlock = lockDirectory(directory);
  expect(isLocked(directory)).toBe(true);
  expect(() => lockDirectory(directory)).toThrow(DirectoryInUse);
  unlock();
  expect(isLocked(directory)).toBe(false);
  lockDirectory(directory)();
});
