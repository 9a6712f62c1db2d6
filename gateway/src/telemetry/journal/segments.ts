import { closeSync, fsyncSync, ftruncateSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { decodeRecord } from './record.ts';

/** One file of the journal; named by the position of its first record. */
export interface Segment {
  readonly file: string;
  readonly first: number;
  /** Durable bytes. */
  bytes: number;
}

export const segmentFile = (directory: string, first: number) =>
  join(directory, `${String(first).padStart(15, '0')}.journal`);

export function listSegments(directory: string): Segment[] {
  return readdirSync(directory)
    .filter((name) => /^\d{15}\.journal$/.test(name))
    .sort()
    .map((name) => {
      const file = join(directory, name);
      return { file, first: Number.parseInt(name, 10), bytes: statSync(file).size };
    });
}

/** Makes creation, deletion and renaming of files in a directory durable. */
export function syncDirectory(directory: string): void {
  const fd = openSync(directory, 'r');
  fsyncSync(fd);
  closeSync(fd);
}

const CHUNK = 1024 * 1024;

/**
 * Finds the last whole record of a segment and cuts off what a crash left after it. Only the newest segment can be torn:
 * the older ones were complete on disk before their successor was made. Returns the position of the last record.
 */
export function recoverTail(segment: Segment): { readonly last: number; readonly cutBytes: number } {
  const fd = openSync(segment.file, 'r+');
  try {
    const size = segment.bytes;
    let good = 0;
    let last = segment.first - 1;
    let want = CHUNK;
    scan: while (good < size) {
      const bytes = Buffer.allocUnsafe(Math.min(want, size - good));
      const got = readSync(fd, bytes, 0, bytes.length, good);
      let at = 0;
      for (;;) {
        const decoded = decodeRecord(bytes.subarray(0, got), at);
        if (decoded.ok) {
          if (decoded.entry.position !== last + 1) break scan;
          last += 1;
          at = decoded.end;
          continue;
        }
        const reachesEnd = good + got >= size;
        if (decoded.why === 'broken' || (reachesEnd && at === 0)) {
          good += at;
          break scan;
        }
        want = Math.max(CHUNK, decoded.need);
        break;
      }
      good += at;
    }
    if (good < size) {
      ftruncateSync(fd, good);
      fsyncSync(fd);
    }
    segment.bytes = good;
    return { last, cutBytes: size - good };
  } finally {
    closeSync(fd);
  }
}
