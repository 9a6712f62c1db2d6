import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { pinSqlite } from './pin-sqlite.ts';

test('what was pinned is copied, whatever is written meanwhile', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'uptower-pin-'));
  const file = join(directory, 'a.db');
  const writer = new Database(file);
  writer.pragma('journal_mode = WAL');
  writer.exec('CREATE TABLE rows (n INTEGER PRIMARY KEY, text TEXT)');
  const insert = writer.prepare('INSERT INTO rows (text) VALUES (?)');
  const fill = writer.transaction((rows: number) => {
    for (let i = 0; i < rows; i += 1) insert.run('x'.repeat(500));
  });
  fill(10_000);
  const pinned = pinSqlite(file);
  expect(pinned.pin('SELECT MAX(n) FROM rows')).toBe(10_000);
  let turns = 0;
  await pinned.copyTo(join(directory, 'b.db'), () => {
    turns += 1;
    fill(100);
  });
  pinned.close();
  expect(turns).toBeGreaterThan(1);
  const copy = new Database(join(directory, 'b.db'), { readonly: true });
  expect(copy.prepare('SELECT MAX(n) FROM rows').pluck().get()).toBe(10_000);
  expect(copy.pragma('integrity_check', { simple: true })).toBe('ok');
  copy.close();
  writer.close();
  rmSync(directory, { recursive: true, force: true });
});
