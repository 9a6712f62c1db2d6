import { chmodSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Logger } from './logger.ts';

const OTHERS = 0o077;
/** Whoever likes may put files there (/tmp): it is not ours alone. */
const SHARED = 0o1000;

/**
 * Closes a directory of ours that was made with open permissions: what is inside (password hashes, keys, telemetry) is
 * for its owner, whatever the files' own permissions are. Somebody else's directory is left as it is.
 */
export function keepPrivate(directory: string, log: Logger): void {
  const path = resolve(directory);
  const { mode, uid } = statSync(path);
  if ((mode & OTHERS) === 0 || uid !== process.getuid?.() || path === resolve('/')) return;
  const was = (mode & 0o7777).toString(8);
  if (mode & SHARED) {
    log.warn({ directory: path, mode: was }, 'data-directory.open');
    return;
  }
  try {
    chmodSync(path, 0o700);
    log.info({ directory: path, was }, 'data-directory.closed-to-others');
  } catch (error) {
    log.warn({ err: error, directory: path, mode: was }, 'data-directory.open');
  }
}
