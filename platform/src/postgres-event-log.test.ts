import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventLogContract, type TestEvent } from './event-log.contract.ts';
import { VersionConflict } from './event-log.ts';
import { silentLogger } from './logger.ts';
import { openPostgresEventLog, RecordsInUse, verifyPostgresChain } from './postgres-event-log.ts';
import { openSqliteEventLog } from './sqlite-event-log.ts';
import { type PostgresServer, postgresServer } from './testing/postgres-server.ts';

let server: PostgresServer;
const opened: { close(): Promise<void> }[] = [];
beforeAll(async () => {
  server = await postgresServer();
  await server.start();
}, 120_000);
afterAll(async () => {
  for (const log of opened) await log.close();
  await server.remove();
});

async function open(url: string) {
  const log = await openPostgresEventLog<TestEvent>(url, silentLogger());
  opened.push(log);
  return log;
}
const added = (n: number): TestEvent => ({ type: 'added', n });
const meta = { at: 1_000, actor: 'test' };

eventLogContract('postgresql', async () => {
  const url = await server.newDatabase();
  const log = await open(url);
  return {
    log,
    reopen: async () => {
      await log.close();
      return open(url);
    },
  };
});

test('the chain is the one SQLite makes of the same events', async () => {
  const log = await open(await server.newDatabase());
  const sqlite = openSqliteEventLog<TestEvent>(join(mkdtempSync(join(tmpdir(), 'uptower-log-')), 'records.db'));
  for (const one of [log, sqlite])
    for (const n of [1, 2, 3]) await one.append([{ stream: `s${n % 2}`, events: [added(n), added(-n)] }], meta);
  const hashes = (rows: readonly { readonly hash: string }[]) => rows.map(({ hash }) => hash);
  expect(hashes(await log.read(0, 10))).toEqual(hashes(await sqlite.read(0, 10)));
  await sqlite.close();
});

test('many at once: those decided on an old version are refused, the rest has its place', async () => {
  const url = await server.newDatabase();
  const log = await open(url);
  const tries = await Promise.allSettled(
    Array.from({ length: 60 }, (_, n) =>
      log.append([{ stream: `s${n % 6}`, expectedVersion: Math.floor(n / 12), events: [added(n)] }], meta),
    ),
  );
  const refused = tries.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  expect(refused).toHaveLength(30);
  for (const reason of refused) expect(reason).toBeInstanceOf(VersionConflict);
  expect((await log.read(0, 100)).map(({ position }) => position)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
  expect(await verifyPostgresChain(url)).toMatchObject({ ok: true, checked: 30 });
});

test('a second writer is refused in words', async () => {
  const url = await server.newDatabase();
  await open(url);
  await expect(openPostgresEventLog(url, silentLogger())).rejects.toBeInstanceOf(RecordsInUse);
});

test('a changed row shows', async () => {
  const url = await server.newDatabase();
  const log = await open(url);
  for (const n of [1, 2, 3]) await log.append([{ stream: 'a', events: [added(n)] }], meta);
  const noted = (await verifyPostgresChain(url)).head;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query("UPDATE events SET actor = 'somebody else' WHERE position = 2");
  expect(await verifyPostgresChain(url)).toMatchObject({ ok: false, brokenAt: 2, checked: 1 });
  await client.query("UPDATE events SET actor = 'test' WHERE position = 2; DELETE FROM events WHERE position = 3");
  await client.end();
  expect(await verifyPostgresChain(url, noted)).toMatchObject({ ok: true, checked: 2, hasExpected: false });
  await expect(log.append([{ stream: 'a', events: [added(4)] }], meta)).rejects.toThrow('changed by somebody else');
});

test('PostgreSQL killed and started again under load: what was appended is there once, the rest goes on', async () => {
  const own = await postgresServer();
  try {
    await own.start();
    const url = await own.newDatabase();
    const log = await open(url);
    const heard: number[] = [];
    log.onAppended(({ event }) => heard.push(event.n));
    const done: number[] = [];
    let stop = false;
    const writing = Array.from({ length: 8 }, async (_, lane) => {
      for (let n = lane; !stop; n += 8) {
        await log.append([{ stream: `s${lane}`, events: [added(n)] }], meta);
        done.push(n);
      }
    });
    for (let kill = 0; kill < 4; kill += 1) {
      const before = done.length;
      while (done.length < before + 40) await new Promise((resolve) => setTimeout(resolve, 5));
      await own.kill();
      await own.start();
    }
    stop = true;
    await Promise.all(writing);
    const written = (await log.read(0, 1_000_000)).map(({ event }) => event.n);
    expect(written.toSorted((a, b) => a - b)).toEqual(done.toSorted((a, b) => a - b));
    expect(heard).toEqual(written);
    expect(await verifyPostgresChain(url)).toMatchObject({ ok: true, checked: done.length });
    await log.close();
  } finally {
    await own.remove();
  }
}, 120_000);
