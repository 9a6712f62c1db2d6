import { existsSync, readFileSync } from 'node:fs';
import type { Instant } from '@uptower/domain';
import { readJsonFile } from '@uptower/platform';
import { ConsumersFile, consumersFile } from './consumers.ts';
import type { JournalEntry } from './record.ts';
import { scan } from './scan.ts';
import { listSegments, type Segment } from './segments.ts';
import type { Damage } from './status.ts';

/** What one file of the journal holds. */
export interface SegmentReport {
  readonly file: string;
  readonly bytes: number;
  readonly records: number;
  /** Positions of the first and last record. */
  readonly first: number;
  readonly last: number;
  /** When the first and last message in it were received; null without one. */
  readonly from: Instant | null;
  readonly to: Instant | null;
}

/** The whole journal as it stands on disk. */
export interface JournalReport {
  readonly directory: string;
  readonly segments: readonly SegmentReport[];
  readonly first: number;
  readonly head: number;
  readonly records: number;
  readonly bytes: number;
  /** Bytes behind the last whole record of the newest file: being written now, or cut off at the next start. */
  readonly unfinishedBytes: number;
  readonly damage: readonly Damage[];
  readonly consumers: Readonly<Record<string, number>>;
  readonly messagesByDevice: Readonly<Record<string, number>>;
  readonly messagesByTopic: Readonly<Record<string, number>>;
}

/** A file that was dropped since it was listed is passed over: its records were not needed any more. */
function bytesOf(segment: Segment): Buffer | undefined {
  try {
    return readFileSync(segment.file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export const isJournal = (directory: string) => existsSync(directory) && listSegments(directory).length > 0;

const count = (counts: Record<string, number>, key: string) => {
  counts[key] = (counts[key] ?? 0) + 1;
};

/** Walks every record and checks every checksum. Reads only; also while a server writes. */
export function inspectJournal(directory: string): JournalReport {
  const found = listSegments(directory);
  const segments: SegmentReport[] = [];
  const damage: Damage[] = [];
  const [messagesByDevice, messagesByTopic] = [Object.create(null), Object.create(null)] as Record<string, number>[];
  let unfinishedBytes = 0;
  for (const [index, segment] of found.entries()) {
    const bytes = bytesOf(segment);
    if (!bytes) continue;
    const { file, first } = segment;
    let [records, from, to]: [number, Instant | null, Instant | null] = [0, null, null];
    const walk = scan(bytes, first);
    let step = walk.next();
    for (; !step.done; step = walk.next()) {
      const { value } = step;
      if (value.kind === 'damage') {
        damage.push({ file, offset: value.offset, from: value.from, to: value.to });
        continue;
      }
      records += 1;
      const { entry } = value;
      if (entry.kind !== 'message') continue;
      from ??= entry.receivedAt;
      to = entry.receivedAt;
      count(messagesByDevice as Record<string, number>, entry.from);
      count(messagesByTopic as Record<string, number>, entry.topic);
    }
    const { end, last } = step.value;
    segments.push({ file, bytes: bytes.length, records, first, last, from, to });
    const next = found[index + 1];
    if (!next) unfinishedBytes = bytes.length - end;
    else if (last + 1 < next.first || end < bytes.length)
      damage.push({ file, offset: end, from: last + 1, to: next.first - 1 });
  }
  return {
    directory,
    segments,
    first: segments[0]?.first ?? 1,
    head: segments.at(-1)?.last ?? 0,
    records: segments.reduce((sum, segment) => sum + segment.records, 0),
    bytes: segments.reduce((sum, segment) => sum + segment.bytes, 0),
    unfinishedBytes,
    damage,
    consumers: readJsonFile(consumersFile(directory), ConsumersFile)?.consumers ?? {},
    messagesByDevice: messagesByDevice as Record<string, number>,
    messagesByTopic: messagesByTopic as Record<string, number>,
  };
}

/** Every readable record with a position in [from, to], oldest first. */
export function* readFiles(directory: string, from = 1, to = Number.POSITIVE_INFINITY): Generator<JournalEntry, void> {
  const found = listSegments(directory);
  for (const [index, segment] of found.entries()) {
    if ((found[index + 1]?.first ?? Number.POSITIVE_INFINITY) <= from || segment.first > to) continue;
    const bytes = bytesOf(segment);
    if (!bytes) continue;
    for (const scanned of scan(bytes, segment.first)) {
      if (scanned.kind !== 'record' || scanned.entry.position < from) continue;
      if (scanned.entry.position > to) return;
      yield scanned.entry;
    }
  }
}

/** Position of the last whole record; 0 without one. Reads the newest file only. */
export function headOfFiles(directory: string): number {
  const newest = listSegments(directory).at(-1);
  const bytes = newest && bytesOf(newest);
  if (!newest || !bytes) return 0;
  const walk = scan(bytes, newest.first);
  for (let step = walk.next(); ; step = walk.next()) if (step.done) return step.value.last;
}
