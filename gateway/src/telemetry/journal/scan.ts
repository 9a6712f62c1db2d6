import { decodeRecord, type JournalEntry } from './record.ts';
import { findRecord } from './resync.ts';

/** A record with its place in the bytes, or a stretch that holds none: `from`…`to` are the positions missing (none if from > to). */
export type Scanned =
  | { readonly kind: 'record'; readonly entry: JournalEntry; readonly offset: number; readonly end: number }
  | { readonly kind: 'damage'; readonly offset: number; readonly from: number; readonly to: number };

/** Smallest record there is; more positions than this many bytes each cannot follow. */
const SMALLEST_RECORD = 24;

/**
 * Walks the bytes of a segment whose first record has position `first`. Stretches that are no records are passed over
 * when a record follows them; what follows the last record is left to the caller. Returns where that record ends.
 */
export function* scan(
  bytes: Buffer,
  first: number,
): Generator<Scanned, { readonly end: number; readonly last: number }> {
  let at = 0;
  let last = first - 1;
  while (at < bytes.length) {
    const decoded = decodeRecord(bytes, at);
    if (decoded.ok && decoded.entry.position === last + 1) {
      yield { kind: 'record', entry: decoded.entry, offset: at, end: decoded.end };
      last += 1;
      at = decoded.end;
      continue;
    }
    const plausible = last + (bytes.length - at) / SMALLEST_RECORD;
    const next = findRecord(bytes, decoded.ok ? at : at + 1, last, plausible);
    if (!next) break;
    yield { kind: 'damage', offset: at, from: last + 1, to: next.position - 1 };
    last = next.position - 1;
    at = next.at;
  }
  return { end: at, last };
}
