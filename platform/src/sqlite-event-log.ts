import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { type ChainVerdict, chain, chainChecker, type EventRow, storedEvent } from './event-chain.ts';
import { type Append, type AppendMeta, type EventLog, type StoredEvent, VersionConflict } from './event-log.ts';

const SCHEMA = `
CREATE TABLE IF NOT EXISTS events (
  position INTEGER PRIMARY KEY,
  stream TEXT NOT NULL,
  version INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  type TEXT NOT NULL,
  body TEXT NOT NULL,
  hash TEXT NOT NULL,
  UNIQUE (stream, version)
) STRICT;
CREATE TABLE IF NOT EXISTS cursors (consumer TEXT PRIMARY KEY, position INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS snapshots (name TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
`;

/** Raised when the layout of the tables changes; a file of another version is refused, never guessed at. */
const SCHEMA_VERSION = 1;

/** The event log in one SQLite file (WAL, synchronous=FULL: a commit is an fsync). One process writes. */
export function openSqliteEventLog<E extends { readonly type: string }>(file: string): EventLog<E> {
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true });
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('busy_timeout = 5000');
  const found = db.pragma('user_version', { simple: true }) as number;
  if (found !== 0 && found !== SCHEMA_VERSION) {
    db.close();
    throw new Error(`${file} was written by another version (layout ${found}, this one reads ${SCHEMA_VERSION})`);
  }
  db.exec(SCHEMA);
  db.pragma(`user_version = ${SCHEMA_VERSION}`);

  const insert = db.prepare(
    'INSERT INTO events (position, stream, version, recorded_at, actor, type, body, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const versionOf = db.prepare('SELECT MAX(version) AS version FROM events WHERE stream = ?');
  const after = db.prepare('SELECT * FROM events WHERE position > ? ORDER BY position LIMIT ?');
  const ofStream = db.prepare('SELECT * FROM events WHERE stream = ? ORDER BY version');
  const putCursor = db.prepare(
    'INSERT INTO cursors VALUES (?, ?) ON CONFLICT (consumer) DO UPDATE SET position = excluded.position',
  );
  const getCursor = db.prepare('SELECT position FROM cursors WHERE consumer = ?');
  const putSnapshot = db.prepare(
    'INSERT INTO snapshots VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET body = excluded.body',
  );
  const getSnapshot = db.prepare('SELECT body FROM snapshots WHERE name = ?');

  const last = db.prepare('SELECT position, hash FROM events ORDER BY position DESC LIMIT 1').get() as
    | { position: number; hash: string }
    | undefined;
  let head = last?.position ?? 0;
  let headHash = last?.hash ?? '';
  const listeners = new Set<(stored: StoredEvent<E>) => void>();

  const write = db.transaction((appends: readonly Append<E>[], meta: AppendMeta) => {
    const written: StoredEvent<E>[] = [];
    let position = head;
    let hash = headHash;
    for (const { stream, expectedVersion, events } of appends) {
      let version = (versionOf.get(stream) as { version: number | null }).version ?? 0;
      if (expectedVersion !== undefined && expectedVersion !== version)
        throw new VersionConflict(stream, expectedVersion, version);
      for (const event of events) {
        position += 1;
        version += 1;
        const row = { position, stream, version, recorded_at: meta.at, actor: meta.actor, body: JSON.stringify(event) };
        hash = chain(hash, row);
        insert.run(position, stream, version, meta.at, meta.actor, event.type, row.body, hash);
        written.push({ position, stream, version, recordedAt: meta.at, actor: meta.actor, event, hash });
      }
    }
    if (meta.cursor) putCursor.run(meta.cursor.consumer, meta.cursor.position);
    return { written, position, hash };
  });

  return {
    async append(appends, meta) {
      const { written, position, hash } = write(appends, meta);
      head = position;
      headHash = hash;
      for (const item of written) for (const listener of listeners) listener(item);
      return written;
    },
    async read(position, limit) {
      return (after.all(position, limit) as EventRow[]).map(storedEvent<E>);
    },
    async readStream(stream) {
      return (ofStream.all(stream) as EventRow[]).map(storedEvent<E>);
    },
    head: () => head,
    async cursor(consumer) {
      return (getCursor.get(consumer) as { position: number } | undefined)?.position ?? 0;
    },
    onAppended(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async saveSnapshot(name, body) {
      putSnapshot.run(name, body);
    },
    async loadSnapshot(name) {
      return (getSnapshot.get(name) as { body: string } | undefined)?.body ?? null;
    },
    async close() {
      listeners.clear();
      db.close();
    },
  };
}

/** Recomputes the chain of a file, reading only; also while a server writes to it. */
export function verifyChain(file: string, expected?: string): ChainVerdict {
  const db = new Database(file, { readonly: true, fileMustExist: true });
  try {
    const checker = chainChecker(expected);
    for (const row of db.prepare('SELECT * FROM events ORDER BY position').iterate() as Iterable<EventRow>)
      if (!checker.take(row)) break;
    return checker.verdict();
  } finally {
    db.close();
  }
}
