import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import Database from 'better-sqlite3';

export class DataDirInUse extends Error {
  constructor(dir: string) {
    super(`another Uptower is running on ${resolve(dir)}; stop it first or choose another directory with --data-dir`);
  }
}

/**
 * Takes the data directory for this process. The lock is the operating system's lock on an open SQLite transaction, so it
 * is gone the moment the process is, however it ended. Returns the way to let go.
 */
export function lockDataDir(dir: string): () => void {
  mkdirSync(dir, { recursive: true });
  const db = new Database(join(dir, 'lock.db'), { timeout: 0 });
  try {
    db.pragma('journal_mode = DELETE');
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if ((error as { code?: string }).code === 'SQLITE_BUSY') throw new DataDirInUse(dir);
    throw error;
  }
  return () => db.close();
}
