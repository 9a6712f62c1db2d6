import { closeSync, fsyncSync, ftruncateSync, openSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { scan } from './scan.ts';
import type { Damage } from './status.ts';

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

/**
 * Finds the last whole record of a segment and cuts off what a crash left after it. Only the newest segment can be torn:
 * the older ones were complete on disk before their successor was made. Damage before that record is passed over, or
 * everything behind it would be lost. Returns the position of the last record.
 */
export function recoverTail(segment: Segment): {
  readonly last: number;
  readonly cutBytes: number;
  readonly damage: readonly Damage[];
} {
  const bytes = readFileSync(segment.file);
  const damage: Damage[] = [];
  const walk = scan(bytes, segment.first);
  let step = walk.next();
  for (; !step.done; step = walk.next()) {
    const { value } = step;
    if (value.kind === 'damage')
      damage.push({ file: segment.file, offset: value.offset, from: value.from, to: value.to });
  }
  const { end, last } = step.value;
  if (end < bytes.length) {
    const fd = openSync(segment.file, 'r+');
    try {
      ftruncateSync(fd, end);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  }
  segment.bytes = end;
  return { last, cutBytes: bytes.length - end, damage };
}
