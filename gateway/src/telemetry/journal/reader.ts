import { type FileHandle, open } from 'node:fs/promises';
import type { Logger } from '@uptower/platform';
import { decodeRecord, type JournalEntry } from './record.ts';
import type { Segment } from './segments.ts';

/** One consumer's place in the journal; one read at a time. */
export interface Reader {
  read(after: number, maxBytes: number): Promise<JournalEntry[]>;
  close(): Promise<void>;
}

/**
 * Reads durable records by position. The place after the last read is kept, so that reading on is one read call from
 * the page cache; reading somewhere else scans its segment from the beginning.
 */
export function readerOf(
  state: () => { readonly segments: readonly Segment[]; readonly head: number },
  log: Logger,
): Reader {
  let place: { segment: Segment; file: FileHandle; offset: number; next: number } | undefined;

  const moveTo = async (segment: Segment, offset: number, next: number) => {
    if (place?.segment !== segment) {
      await place?.file.close();
      place = undefined;
      place = { segment, file: await open(segment.file, 'r'), offset, next };
    } else Object.assign(place, { offset, next });
    return place;
  };

  /** The place of the record after `after`, or just at the beginning of its segment. */
  const find = async (after: number) => {
    if (place && place.next === after + 1) return place;
    const { segments } = state();
    const segment = segments.findLast((candidate) => candidate.first <= after + 1) ?? segments[0];
    return segment && moveTo(segment, 0, segment.first);
  };

  const read: Reader['read'] = async (after, maxBytes) => {
    const entries: JournalEntry[] = [];
    let want = maxBytes;
    let here = await find(after);
    while (here && entries.length === 0 && here.next <= state().head) {
      const left = here.segment.bytes - here.offset;
      if (left <= 0) {
        const { segments } = state();
        const next = segments[segments.indexOf(here.segment) + 1];
        if (!next) break;
        here = await moveTo(next, 0, next.first);
        continue;
      }
      const bytes = Buffer.allocUnsafe(Math.min(want, left));
      const { bytesRead } = await here.file.read(bytes, 0, bytes.length, here.offset);
      let at = 0;
      for (;;) {
        const decoded = decodeRecord(bytes.subarray(0, bytesRead), at);
        if (decoded.ok) {
          at = decoded.end;
          here.next = decoded.entry.position + 1;
          if (decoded.entry.position > after) entries.push(decoded.entry);
          continue;
        }
        if (decoded.why === 'broken' || bytesRead >= left) {
          if (at === 0) {
            // Not a crash's torn tail (that was cut at start) but damage: what follows in this file cannot be trusted.
            log.error({ file: here.segment.file, offset: here.offset, position: here.next }, 'journal.damaged');
            at = left;
          }
        } else if (at === 0) want = Math.max(want, decoded.need);
        break;
      }
      here.offset += at;
    }
    return entries;
  };

  return {
    read,
    async close() {
      await place?.file.close();
      place = undefined;
    },
  };
}
