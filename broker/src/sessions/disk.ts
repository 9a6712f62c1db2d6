import { mkdirSync, renameSync } from 'node:fs';
import type { Clock } from '@uptower/domain';
import type { Logger } from '@uptower/platform';
import { ClassicLevel } from 'classic-level';
import { keyOf, Row } from './rows.ts';

type Operation = { type: 'put'; key: string; value: string } | { type: 'del'; key: string };

/** How long after a failed write everything is written anew. */
const RETRY_MS = 10_000;

/** Where rows are kept. Writing never fails for the caller: what is in memory stays true. */
export interface Disk {
  put(row: Row): void;
  delete(row: Row): void;
  /** Resolves when all rows so far are written (or while the disk takes nothing, at once). */
  flushed(): Promise<void>;
  close(): Promise<void>;
}

/** Keeps nothing. */
export const noDisk: Disk = {
  put: () => undefined,
  delete: () => undefined,
  flushed: async () => undefined,
  close: async () => undefined,
};

export interface OpenedDisk {
  readonly disk: Disk;
  readonly rows: readonly Row[];
}

/**
 * Opens the directory and reads it whole. A damaged one is put aside under another name and a new one begun: sessions can
 * be made again, and devices must be able to connect.
 */
export async function openDisk(
  dir: string,
  clock: Clock,
  log: Logger,
  everything: () => Iterable<Row>,
): Promise<OpenedDisk> {
  mkdirSync(dir, { recursive: true });
  const open = async () => {
    const level = new ClassicLevel<string, string>(dir);
    await level.open();
    return level;
  };
  let level: ClassicLevel<string, string>;
  const rows: Row[] = [];
  const read = async () => {
    level = await open();
    try {
      for await (const text of level.values()) {
        const row = rowOf(text);
        if (row) rows.push(row);
        else log.warn({ text: text.slice(0, 200) }, 'broker.session-row-damaged');
      }
    } catch (error) {
      await level.close();
      throw error;
    }
  };
  try {
    await read();
  } catch (error) {
    if (isLocked(error)) throw new Error(`${dir} is in use by another running server`);
    const aside = `${dir}.damaged-${clock.now()}`;
    log.error({ err: error, aside }, 'broker.sessions-damaged');
    renameSync(dir, aside);
    mkdirSync(dir, { recursive: true });
    rows.length = 0;
    await read();
  }
  return { disk: writer(() => level, { reopen: open, use: (next) => (level = next), everything, log }), rows };
}

const isLocked = (error: unknown) => ((error as { cause?: { code?: string } }).cause?.code ?? '') === 'LEVEL_LOCKED';

function rowOf(text: string): Row | undefined {
  try {
    return Row.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

interface WriterParts {
  reopen(): Promise<ClassicLevel<string, string>>;
  use(level: ClassicLevel<string, string>): void;
  everything(): Iterable<Row>;
  readonly log: Logger;
}

/** Group commit: the next batch starts when the last one ended. Survives the end of the process, not of the power. */
function writer(level: () => ClassicLevel<string, string>, { reopen, use, everything, log }: WriterParts): Disk {
  let pending: Operation[] = [];
  let writing: Promise<void> | undefined;
  let broken = false;
  let retry: NodeJS.Timeout | undefined;

  const put = (row: Row): Operation => ({ type: 'put', key: keyOf(row), value: JSON.stringify(row) });

  const run = async () => {
    while (pending.length > 0 && !broken) {
      const batch = pending;
      pending = [];
      await level().batch(batch).catch(failed);
    }
    writing = undefined;
  };
  /** After a full disk LevelDB takes nothing more until it is opened anew; memory knows everything that belongs into it. */
  const failed = (error: unknown) => {
    if (!broken) log.error({ err: error }, 'broker.sessions-not-written');
    broken = true;
    retry = setTimeout(() => void restore(), RETRY_MS);
    retry.unref();
  };
  const restore = async () => {
    pending = [];
    try {
      await level().close();
      use(await reopen());
      await level().clear();
      await level().batch([...everything()].map(put));
      broken = false;
      log.info({}, 'broker.sessions-written-again');
      enqueue();
    } catch (error) {
      failed(error);
    }
  };
  const enqueue = (operation?: Operation) => {
    if (operation) pending.push(operation);
    if (!broken && !writing) writing = Promise.resolve().then(run);
  };
  return {
    put: (row) => enqueue(put(row)),
    delete: (row) => enqueue({ type: 'del', key: keyOf(row) }),
    async flushed() {
      while (writing) await writing;
    },
    async close() {
      clearTimeout(retry);
      while (writing) await writing;
      await level().close();
    },
  };
}
