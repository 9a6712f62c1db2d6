import { copyFileSync, existsSync, truncateSync } from 'node:fs';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { consumersFile } from './consumers.ts';
import { scan } from './scan.ts';
import { listSegments } from './segments.ts';

/**
 * Copies the files of a journal up to and including `upTo`, also while records are appended behind it. Nothing may be
 * deleted meanwhile (a consumer that holds it sees to that).
 */
export async function copyJournal(
  from: string,
  to: string,
  upTo: number,
  onBytes: (bytes: number) => void,
): Promise<void> {
  await mkdir(to, { recursive: true });
  const segments = listSegments(from).filter(({ first }) => first <= upTo);
  for (const { file, bytes } of segments) {
    await copyFile(file, join(to, basename(file)));
    onBytes(bytes);
  }
  const last = segments.at(-1);
  if (last) {
    const copy = join(to, basename(last.file));
    truncateSync(copy, endOf(await readFile(copy), last.first, upTo));
  }
  if (existsSync(consumersFile(from))) copyFileSync(consumersFile(from), consumersFile(to));
}

/** Where the last record at or before `upTo` ends. */
function endOf(bytes: Buffer, first: number, upTo: number): number {
  let end = 0;
  for (const scanned of scan(bytes, first)) {
    if (scanned.kind !== 'record') continue;
    if (scanned.entry.position > upTo) break;
    end = scanned.end;
  }
  return end;
}
