import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ReadingStore } from './ports/reading-store.ts';
import { copyJournal } from './telemetry/journal/copy.ts';
import type { Journal } from './telemetry/journal/journal.ts';

export interface BackupParts {
  readonly dataDir: string;
  readonly journal: Journal;
  readonly store: ReadingStore;
  /** Runs work while the pipeline rests between two pieces of its own. */
  atRest(work: () => Promise<void>): Promise<void>;
}

export interface BackupOrder {
  /** An existing, empty directory. */
  readonly directory: string;
  /** Fixes what the copy of the event log will hold: at once, and returns its last position. */
  readonly pinRecords: () => number;
  readonly onBytes: (bytes: number) => void;
}

/** What the backup holds of the gateway. */
export interface BackedUp {
  /** Everything acknowledged up to here is in it. */
  readonly journalPosition: number;
  /** False when the readings are kept by a server of their own, which must be backed up by its own means. */
  readonly store: boolean;
}

/** The journal's consumer while a backup is made: nothing it needs is deleted meanwhile. */
export const BACKUP_CONSUMER = 'backup';

/**
 * Copies what the gateway keeps, as it would be found after a crash at one moment: event log, store and backlog are
 * fixed while the pipeline rests (nobody decides anything then), so each is at or before the journal that is copied
 * afterwards. The journal is cut where it begins to speak of events that came after that moment.
 */
export async function backUp(parts: BackupParts, { directory, pinRecords, onBytes }: BackupOrder): Promise<BackedUp> {
  const { dataDir, journal, store, atRest } = parts;
  const hold = journal.consumer(BACKUP_CONSUMER);
  try {
    let written: Promise<void> | undefined;
    let eventsHead = 0;
    let from = 0;
    await atRest(async () => {
      from = journal.head();
      eventsHead = pinRecords();
      const backlog = join(dataDir, 'backlog');
      if (existsSync(backlog)) cpSync(backlog, join(directory, 'backlog'), { recursive: true, filter: isNoLock });
      written = (await store.copyTo?.(join(directory, 'telemetry.duckdb')))?.done;
      written?.catch(() => undefined); // looked at below
    });
    await written;
    const journalPosition = await beforeLaterEvents(journal, from, eventsHead);
    await copyJournal(join(dataDir, 'journal'), join(directory, 'journal'), journalPosition, onBytes);
    return { journalPosition, store: written !== undefined };
  } finally {
    hold.advance(journal.head());
    journal.forget(BACKUP_CONSUMER);
  }
}

export const isNoLock = (file: string) => !/(^|\/)(lock\.db(-journal)?|LOCK|ballast)$/.test(file);

/** The last position before the journal mentions an event behind `eventsHead`. */
async function beforeLaterEvents(journal: Journal, from: number, eventsHead: number): Promise<number> {
  const head = journal.head();
  for (let last = from; last < head; ) {
    const entries = await journal.read(last);
    for (const entry of entries)
      if (entry.kind === 'log' && entry.logPosition > eventsHead) return Math.min(head, entry.position - 1);
    if (entries.length === 0) break;
    last = entries.at(-1)?.position ?? head;
  }
  return head;
}
