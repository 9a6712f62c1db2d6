import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import Database from 'better-sqlite3';

export class DirectoryInUse extends Error {
  constructor(directory: string) {
    super(`another Uptower is running on ${resolve(directory)}; stop it first or choose another directory`);
  }
}

/** Longer than somebody who only looks (`isLocked`) holds it. */
const PATIENCE_MS = 200;

const fileIn = (directory: string) => join(directory, 'lock.db');

/**
 * Takes a directory for one owner. The lock is the operating system's lock on an open SQLite transaction, so it is gone
 * the moment the process is, however it ended (a process id in a file is not: ids are used again, zombies answer).
 * Returns the way to let go; throws DirectoryInUse.
 */
export function lockDirectory(directory: string, patienceMs = PATIENCE_MS): () => void {
  // What is inside is for its owner: password hashes, tokens.
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const db = new Database(fileIn(directory), { timeout: patienceMs });
  try {
    db.pragma('journal_mode = DELETE');
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if ((error as { code?: string }).code === 'SQLITE_BUSY') throw new DirectoryInUse(directory);
    throw error;
  }
  return () => void db.close();
}

/** Whether somebody holds the directory now. */
export function isLocked(directory: string): boolean {
  if (!existsSync(fileIn(directory))) return false;
  try {
    lockDirectory(directory, 0)();
    return false;
  } catch (error) {
    if (error instanceof DirectoryInUse) return true;
    throw error;
  }
}
