import pg from 'pg';
import { type ChainVerdict, chain, chainChecker, type EventRow, storedEvent } from './event-chain.ts';
import { type Append, type AppendMeta, type EventLog, type StoredEvent, VersionConflict } from './event-log.ts';
import type { Logger } from './logger.ts';

const SCHEMA = `
CREATE TABLE IF NOT EXISTS events (
  position BIGINT PRIMARY KEY,
  stream TEXT NOT NULL,
  version INTEGER NOT NULL,
  recorded_at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  type TEXT NOT NULL,
  body TEXT NOT NULL,
  hash TEXT NOT NULL,
  UNIQUE (stream, version)
);
CREATE TABLE IF NOT EXISTS cursors (consumer TEXT PRIMARY KEY, position BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS snapshots (name TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS layout (version INTEGER NOT NULL);
INSERT INTO layout SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM layout);
`;
const LAYOUT_VERSION = 1;
/** Held by the one process that writes; an arbitrary number of our own. */
const WRITER_LOCK = 7_303_017;
/** An append waits so long (real time) for a server that is away before it is refused. */
const PATIENCE_MS = 30_000;
const RETRY_MS = 250;
const PAGE = 5_000;
const CONNECT_MS = 10_000;

/** Another process has these records open for writing. */
export class RecordsInUse extends Error {}

/** BIGINT as number: positions and milliseconds stay far below 2^53. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    Number(oid) === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format),
};

/**
 * The event log in PostgreSQL. One process writes, kept by an advisory lock of its session; so positions have no gaps,
 * the chain has one end, and what it knows of the head is true. When the connection is lost it is made again, and the
 * head says whether the transaction under way had been committed: nothing is lost, nothing comes twice.
 */
export async function openPostgresEventLog<E extends { readonly type: string }>(
  url: string,
  log: Logger,
): Promise<EventLog<E>> {
  const listeners = new Set<(stored: StoredEvent<E>) => void>();
  const pool = new pg.Pool({ connectionString: url, max: 4, connectionTimeoutMillis: CONNECT_MS, types });
  pool.on('error', (error) => log.warn({ err: error }, 'records.connection-lost'));
  let writer: pg.Client | undefined;
  let head = 0;
  let headHash = '';
  let closed = false;
  let turn: Promise<unknown> = Promise.resolve();

  const disconnect = () => {
    const before = writer;
    writer = undefined;
    before?.end().catch(() => undefined);
  };

  /** The connection that may write. Rejects while the server is away, or another process writes. */
  const connected = async (): Promise<pg.Client> => {
    if (writer) return writer;
    const client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: CONNECT_MS,
      keepAlive: true,
      types,
    });
    client.on('error', (error) => {
      log.warn({ err: error }, 'records.connection-lost');
      if (writer === client) writer = undefined;
    });
    try {
      await client.connect();
      const { rows } = await client.query('SELECT pg_try_advisory_lock($1) AS mine', [WRITER_LOCK]);
      if (!rows[0]?.mine) throw new RecordsInUse('another Uptower writes to these records');
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    writer = client;
    return client;
  };

  const lastRow = async (client: pg.Client) => {
    const { rows } = await client.query<{ position: number; hash: string }>(
      'SELECT position, hash FROM events ORDER BY position DESC LIMIT 1',
    );
    return rows[0] ?? { position: 0, hash: '' };
  };

  /** The rows of an append, chained to the head. */
  const rowsOf = async (client: pg.Client, appends: readonly Append<E>[], meta: AppendMeta) => {
    const versions = new Map<string, number>();
    const { rows: found } = await client.query<{ stream: string; version: number }>(
      'SELECT stream, max(version) AS version FROM events WHERE stream = ANY($1) GROUP BY stream',
      [appends.map(({ stream }) => stream)],
    );
    for (const { stream, version } of found) versions.set(stream, version);
    const rows: (EventRow & { readonly event: E })[] = [];
    let [position, hash] = [head, headHash];
    for (const { stream, expectedVersion, events } of appends) {
      let version = versions.get(stream) ?? 0;
      if (expectedVersion !== undefined && expectedVersion !== version)
        throw new VersionConflict(stream, expectedVersion, version);
      for (const event of events) {
        position += 1;
        version += 1;
        const row = { position, stream, version, recorded_at: meta.at, actor: meta.actor, body: JSON.stringify(event) };
        hash = chain(hash, row);
        rows.push({ ...row, hash, event });
      }
      versions.set(stream, version);
    }
    return rows;
  };

  const write = async (client: pg.Client, appends: readonly Append<E>[], meta: AppendMeta) => {
    await client.query('BEGIN');
    const rows = await rowsOf(client, appends, meta).catch(async (error) => {
      await client.query('ROLLBACK').catch(() => undefined);
      throw error;
    });
    const column = <K extends keyof EventRow>(key: K) => rows.map((row) => row[key]);
    await client.query(
      `INSERT INTO events (position, stream, version, recorded_at, actor, type, body, hash)
       SELECT * FROM unnest($1::bigint[], $2::text[], $3::int[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[])`,
      [
        column('position'),
        column('stream'),
        column('version'),
        column('recorded_at'),
        column('actor'),
        rows.map(({ event }) => event.type),
        column('body'),
        column('hash'),
      ],
    );
    if (meta.cursor)
      await client.query(
        'INSERT INTO cursors VALUES ($1, $2) ON CONFLICT (consumer) DO UPDATE SET position = excluded.position',
        [meta.cursor.consumer, meta.cursor.position],
      );
    return rows;
  };

  const appendNow = async (appends: readonly Append<E>[], meta: AppendMeta): Promise<readonly StoredEvent<E>[]> => {
    let attempt: readonly EventRow[] = [];
    for (const until = performance.now() + PATIENCE_MS; ; ) {
      try {
        const client = await connected();
        const last = await lastRow(client);
        const meant = attempt.at(-1);
        // The answer to an earlier COMMIT was lost with the connection, and it had been carried out.
        const done = meant !== undefined && last.position === meant.position && last.hash === meant.hash;
        if (!done) {
          if (last.position !== head || last.hash !== headHash)
            throw new Error(`the records were changed by somebody else: they end at ${last.position}, not at ${head}`);
          attempt = await write(client, appends, meta);
          await client.query('COMMIT');
        }
        const end = attempt.at(-1);
        if (end) [head, headHash] = [end.position, end.hash];
        const stored = attempt.map((row) => storedEvent<E>(row));
        for (const item of stored) for (const listener of listeners) listener(item);
        return stored;
      } catch (error) {
        if (error instanceof VersionConflict) throw error;
        disconnect();
        if (closed || !isAway(error) || performance.now() > until) throw error;
        log.warn({ err: error }, 'records.waiting-for-postgresql');
        await new Promise<void>((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  };

  const ask = async <T extends pg.QueryResultRow>(sql: string, values: unknown[]): Promise<T[]> => {
    for (const until = performance.now() + PATIENCE_MS; ; ) {
      try {
        return (await pool.query<T>(sql, values)).rows;
      } catch (error) {
        if (closed || !isAway(error) || performance.now() > until) throw error;
        await new Promise<void>((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  };

  try {
    const client = await connected();
    await client.query(SCHEMA);
    const { rows } = await client.query<{ version: number }>('SELECT version FROM layout');
    if (rows[0]?.version !== LAYOUT_VERSION)
      throw new Error(`these records were written by another version (layout ${rows[0]?.version}, this one reads 1)`);
    const last = await lastRow(client);
    [head, headHash] = [last.position, last.hash];
  } catch (error) {
    disconnect();
    await pool.end();
    throw error;
  }

  return {
    append(appends, meta) {
      const run = turn.then(() => appendNow(appends, meta));
      turn = run.catch(() => undefined);
      return run;
    },
    async read(after, limit) {
      const rows = await ask<EventRow>(
        // Not beyond the head as it has been told: a listener hears of the rest in a moment.
        'SELECT * FROM events WHERE position > $1 AND position <= $2 ORDER BY position LIMIT $3',
        [after, head, limit],
      );
      return rows.map((row) => storedEvent<E>(row));
    },
    async readStream(stream) {
      const rows = await ask<EventRow>('SELECT * FROM events WHERE stream = $1 ORDER BY version', [stream]);
      return rows.map((row) => storedEvent<E>(row));
    },
    head: () => head,
    async cursor(consumer) {
      const [row] = await ask<{ position: number }>('SELECT position FROM cursors WHERE consumer = $1', [consumer]);
      return row?.position ?? 0;
    },
    onAppended(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async saveSnapshot(name, body) {
      await ask('INSERT INTO snapshots VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET body = excluded.body', [
        name,
        body,
      ]);
    },
    async loadSnapshot(name) {
      const [row] = await ask<{ body: string }>('SELECT body FROM snapshots WHERE name = $1', [name]);
      return row?.body ?? null;
    },
    async close() {
      if (closed) return;
      closed = true;
      listeners.clear();
      await turn;
      disconnect();
      await pool.end();
    },
  };
}

/** The server is not there, is stopping or starting; anything else is our mistake and is not tried again. */
function isAway(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  return (
    error instanceof RecordsInUse || // our own session before may not have ended yet
    /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|57P0[123]|08)/.test(code ?? '') ||
    /Connection terminated|timeout|not queryable|Client was closed/i.test(message ?? '')
  );
}

/** Recomputes the chain, reading only; also while a server writes to it. */
export async function verifyPostgresChain(url: string, expected?: string): Promise<ChainVerdict> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS, types });
  await client.connect();
  try {
    // One view of it all, however long this takes.
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const checker = chainChecker(expected);
    for (let after = 0, more = true; more; ) {
      const { rows } = await client.query<EventRow>(
        'SELECT * FROM events WHERE position > $1 ORDER BY position LIMIT $2',
        [after, PAGE],
      );
      more = rows.length === PAGE;
      for (const row of rows) {
        if (!checker.take(row)) return checker.verdict();
        after = row.position;
      }
    }
    return checker.verdict();
  } finally {
    await client.end().catch(() => undefined);
  }
}
