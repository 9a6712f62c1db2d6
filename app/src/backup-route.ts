import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { Gateway } from '@uptower/gateway';
import { HttpProblem, type Logger, parse, pinSqlite, requireViewer } from '@uptower/platform';
import { Router } from 'express';
import { z } from 'zod';

/** Where the copies go; written by the server, so only whoever owns its files may say where. */
export const BackupBody = z.strictObject({
  directory: z.string().max(4096).refine(isAbsolute, 'an absolute path'),
});

/** Lines of the answer: how far it is, then how it ended. */
export type BackupLine =
  | { readonly part: 'records' | 'journal'; readonly done: number; readonly total: number }
  | { readonly journalPosition: number; readonly store: boolean }
  | { readonly error: string };

export interface BackupDeps {
  readonly dataDir: string;
  readonly gateway: Gateway;
  readonly log: Logger;
  /** The account of programs that read the key in the data directory. */
  readonly owner: string;
}

/** `POST /backup`: copies records, journal, telemetry into a directory, consistent with each other; answers line by line. */
export function backupRouter({ dataDir, gateway, log, owner }: BackupDeps): Router {
  const router = Router();
  let busy = false;
  router.post('/backup', async (request, response, next) => {
    try {
      const viewer = requireViewer(request, 'manage-registry');
      if (viewer.accountId !== owner)
        throw new HttpProblem('not-allowed', 'only the command line of the data directory');
      const { directory } = parse(BackupBody, request.body);
      if (busy) throw new HttpProblem('bad-request', 'a backup is being made');
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      if (readdirSync(directory).length > 0) throw new HttpProblem('bad-request', `${directory} is not empty`);
      busy = true;
      // Compression would hold the lines back.
      response.type('application/x-ndjson').set('cache-control', 'no-store, no-transform');
      const say = (line: BackupLine) => void response.write(`${JSON.stringify(line)}\n`);
      try {
        const done = await makeBackup({ dataDir, gateway }, directory, say);
        log.info({ directory, ...done }, 'backup.made');
        say(done);
      } catch (error) {
        log.error({ err: error, directory }, 'backup.failed');
        say({ error: error instanceof Error ? error.message : String(error) });
      } finally {
        busy = false;
      }
      response.end();
    } catch (error) {
      next(error);
    }
  });
  return router;
}

async function makeBackup(
  { dataDir, gateway }: Pick<BackupDeps, 'dataDir' | 'gateway'>,
  directory: string,
  say: (line: BackupLine) => void,
) {
  const records = pinSqlite(join(dataDir, 'records.db'));
  try {
    const journalTotal = sizeOf(join(dataDir, 'journal'));
    let copied = 0;
    const done = await gateway.backUp({
      directory,
      pinRecords: () => records.pin('SELECT COALESCE(MAX(position), 0) FROM events'),
      onBytes(bytes) {
        copied += bytes;
        say({ part: 'journal', done: copied, total: Math.max(copied, journalTotal) });
      },
    });
    await records.copyTo(join(directory, 'records.db'), (pages, total) => say({ part: 'records', done: pages, total }));
    return done;
  } finally {
    records.close();
  }
}

const sizeOf = (directory: string) =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.journal'))
    .reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);
