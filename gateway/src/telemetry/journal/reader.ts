import { type FileHandle, open } from 'node:fs/promises';
import { decodeRecord, type JournalEntry } from './record.ts';
import { findRecord } from './resync.ts';
import type { Segment } from './segments.ts';
import type { Damage } from './status.ts';

/** One consumer's place in the journal; one read at a time. */
export interface Reader {
  read(after: number, maxBytes: number): Promise<JournalEntry[]>;
  close(): Promise<void>;
}

interface Place {
  segment: Segment;
  file: FileHandle;
  offset: number;
  /** Position of the record at `offset`. */
  next: number;
}

/**
 * Reads durable records by position. The place after the last read is kept, so that reading on is one read call from
 * the page cache; reading somewhere else scans its segment from the beginning.
 */
export function readerOf(
  state: () => { readonly segments: readonly Segment[]; readonly head: number },
  damaged: (damage: Damage) => void,
): Reader {
  let place: Place | undefined;

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

  const report = ({ segment, offset, next }: Place, to: number) =>
    damaged({ file: segment.file, offset, from: next, to });

  /** How many bytes to pass over; notes what is missing. */
  const passDamage = async (here: Place, left: number): Promise<number> => {
    const { segments, head } = state();
    const upTo = (segments[segments.indexOf(here.segment) + 1]?.first ?? head + 1) - 1;
    const rest = Buffer.allocUnsafe(left);
    const { bytesRead } = await here.file.read(rest, 0, left, here.offset);
    const found = findRecord(rest.subarray(0, bytesRead), 1, here.next - 1, upTo);
    report(here, found ? found.position - 1 : upTo);
    here.next = found?.position ?? upTo + 1;
    return found?.at ?? left;
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
        if (here.next < next.first) report(here, next.first - 1);
        here = await moveTo(next, 0, next.first);
        continue;
      }
      const bytes = Buffer.allocUnsafe(Math.min(want, left));
      const { bytesRead } = await here.file.read(bytes, 0, bytes.length, here.offset);
      const there = bytesRead < bytes.length ? bytes.subarray(0, bytesRead) : bytes;
      let at = 0;
      for (;;) {
        const decoded = decodeRecord(there, at);
        if (decoded.ok) {
          at = decoded.end;
          here.next = decoded.entry.position + 1;
          if (decoded.entry.position > after) entries.push(decoded.entry);
          continue;
        }
        if (decoded.why === 'broken' || bytesRead >= left) {
          if (at === 0) {
            // Not a crash's torn tail (that was cut at start) but damage: on with the next whole record.
            at = await passDamage(here, left);
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
