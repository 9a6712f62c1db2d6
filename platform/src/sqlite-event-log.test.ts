import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { eventLogContract, type TestEvent } from './event-log.contract.ts';
import { openSqliteEventLog, verifyChain } from './sqlite-event-log.ts';

const newFile = () => join(mkdtempSync(join(tmpdir(), 'uptower-log-')), 'records.db');

eventLogContract('sqlite', async () => {
  const file = newFile();
  const log = openSqliteEventLog<TestEvent>(file);
  return {
    log,
    reopen: async () => {
      await log.close();
      return openSqliteEventLog<TestEvent>(file);
    },
  };
});

test.each([
  ['a changed body', 'UPDATE events SET body = \'{"type":"added","n":9}\' WHERE position = 2', 2],
  ['a changed actor', "UPDATE events SET actor = 'somebody else' WHERE position = 3", 3],
  ['a removed row', 'DELETE FROM events WHERE position = 2', 3],
])('the chain shows %s', async (_name, tamper, brokenAt) => {
  const file = newFile();
  const log = openSqliteEventLog<TestEvent>(file);
  for (const n of [1, 2, 3, 4])
    await log.append([{ stream: 'a', events: [{ type: 'added', n }] }], { at: n, actor: 'x' });
  await log.close();
  const db = new Database(file);
  db.exec(tamper);
  db.close();
  expect(verifyChain(file)).toMatchObject({ ok: false, brokenAt });
});

test('a file of another layout is refused, not guessed at', () => {
  const file = newFile();
  const db = new Database(file);
  db.pragma('user_version = 99');
  db.close();
  expect(() => openSqliteEventLog(file)).toThrow(/another version/);
});

test('a cut-off end shows by the hash that was noted; a longer log still has it', async () => {
  const file = newFile();
  const log = openSqliteEventLog<TestEvent>(file);
  const add = (n: number) => log.append([{ stream: 'a', events: [{ type: 'added', n }] }], { at: n, actor: 'x' });
  for (const n of [1, 2, 3]) await add(n);
  const noted = verifyChain(file).head;
  await add(4);
  expect(verifyChain(file, noted)).toMatchObject({ ok: true, checked: 4, hasExpected: true });
  await log.close();
  const db = new Database(file);
  db.exec('DELETE FROM events WHERE position > 2');
  db.close();
  expect(verifyChain(file, noted)).toMatchObject({ ok: true, checked: 2, hasExpected: false });
});

test('looking at a file that is not there makes none', () => {
  expect(() => verifyChain(newFile())).toThrow();
});
