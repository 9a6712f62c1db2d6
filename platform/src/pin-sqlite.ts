import Database from 'better-sqlite3';

/** A second, reading connection to a SQLite file in WAL mode that can hold on to what it holds at one moment. */
export interface PinnedSqlite {
  /** From now on this connection sees nothing newer; returns the first column of the query's first row. */
  pin(query: string): number;
  /** Copies what was pinned into a new file, a few pages at a time, while others write. */
  copyTo(file: string, onProgress: (donePages: number, totalPages: number) => void): Promise<void>;
  close(): void;
}

/** Some milliseconds of copying, then others get their turn. */
const PAGES_A_TURN = 500;

export function pinSqlite(file: string): PinnedSqlite {
  const db = new Database(file, { readonly: true, fileMustExist: true });
  return {
    pin(query) {
      db.exec('BEGIN');
      return db.prepare(query).pluck().get() as number;
    },
    async copyTo(target, onProgress) {
      await db.backup(target, {
        progress({ totalPages, remainingPages }) {
          onProgress(totalPages - remainingPages, totalPages);
          return PAGES_A_TURN;
        },
      });
    },
    close: () => void db.close(),
  };
}
