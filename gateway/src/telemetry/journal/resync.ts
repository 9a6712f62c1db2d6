import { decodeRecord, HEADER_BYTES } from './record.ts';

/**
 * After damage: the next whole record in `bytes` at or behind `from` whose position lies in (`after`, `upTo`]. Only a
 * header with a plausible position costs a checksum, so this is one pass. Undefined when there is none.
 */
export function findRecord(
  bytes: Buffer,
  from: number,
  after: number,
  upTo: number,
): { readonly at: number; readonly position: number } | undefined {
  for (let at = from; at + HEADER_BYTES + 6 <= bytes.length; at += 1) {
    const position = bytes.readUIntLE(at + HEADER_BYTES, 6);
    if (position <= after || position > upTo) continue;
    const decoded = decodeRecord(bytes, at);
    if (decoded.ok) return { at, position };
  }
  return undefined;
}
