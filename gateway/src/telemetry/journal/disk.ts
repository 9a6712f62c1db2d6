import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '@uptower/platform';

/** What the journal asks of the disk; tests put a failing one in its place. */
export interface Disk {
  open(file: string, flags: 'r+' | 'w'): Promise<FileHandle>;
  /** Bytes an ordinary user may still write; null where that cannot be told. */
  free(directory: string): Promise<number | null>;
  /** Size of the whole disk; null where that cannot be told. */
  size(directory: string): Promise<number | null>;
}

const figuresOf = (directory: string) => statfs(directory).catch(() => null);

export const nodeDisk: Disk = {
  open: (file, flags) => open(file, flags),
  async free(directory) {
    const found = await figuresOf(directory);
    return found && found.bavail * found.bsize;
  },
  async size(directory) {
    const found = await figuresOf(directory);
    return found && found.blocks * found.bsize;
  },
};

const MIB = 1024 * 1024;
const BALLAST_BYTES = 16 * MIB;
/** On a small disk at most this share of it. */
const BALLAST_SHARE = 1 / 16;

/**
 * A file that takes up space for the day the disk is full: it is deleted then, so that the server can still write its
 * snapshot and its events, and made anew before the journal goes on.
 */
export interface Ballast {
  /** True when it is there (again). */
  restore(): Promise<boolean>;
  release(): Promise<void>;
}

export const noBallast: Ballast = { restore: async () => true, release: async () => undefined };

export async function ballastIn(directory: string, disk: Disk, log: Logger): Promise<Ballast> {
  const file = join(directory, 'ballast');
  const size = await disk.size(directory);
  const bytes = Math.floor(Math.min(BALLAST_BYTES, (size ?? Number.POSITIVE_INFINITY) * BALLAST_SHARE));
  const release = () => rm(file, { force: true });
  return {
    release,
    async restore() {
      if ((await stat(file).catch(() => undefined))?.size === bytes) return true;
      // Twice its size, so that taking it does not fill the disk again.
      if (((await disk.free(directory)) ?? Number.POSITIVE_INFINITY) < 2 * bytes) return false;
      let handle: FileHandle | undefined;
      try {
        handle = await disk.open(file, 'w');
        // Random, since a file system that compresses would give zeros no room.
        for (let left = bytes; left > 0; left -= MIB) await handle.write(randomBytes(Math.min(left, MIB)));
        await handle.sync();
        return true;
      } catch (error) {
        log.warn({ err: error }, 'journal.no-ballast');
        await release();
        return false;
      } finally {
        await handle?.close();
      }
    },
  };
}
