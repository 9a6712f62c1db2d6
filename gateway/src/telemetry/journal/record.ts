import { crc32 } from 'node:zlib';
import type { Instant } from '@uptower/domain';

/** One input of the pipeline: a message as it came in, or the note that the event log up to a position was known from here on. */
export type JournalRecord =
  | {
      readonly kind: 'message';
      /** This server's clock when it was taken. */
      readonly receivedAt: Instant;
      /** Credential that published it. */
      readonly from: string;
      readonly topic: string;
      readonly payload: Buffer;
    }
  | { readonly kind: 'log'; readonly receivedAt: Instant; readonly logPosition: number };

/** A record with its place: 1, 2, 3 … without gaps. */
export type JournalEntry = JournalRecord & { readonly position: number };

/*
 * On disk, little endian:  length u32 | crc32(body) u32 | body
 * body:  position u48 | kind u8 | receivedAt i48 | from: u8 length + UTF-8 | topic: u16 length + UTF-8 | payload
 */
export const HEADER_BYTES = 8;
const FIXED_BYTES = 6 + 1 + 6 + 1 + 2;
/** No record is longer; a length beyond it is a torn or foreign header. MQTT's own limit is 256 MB, the broker's 256 KiB. */
export const MAX_BODY_BYTES = 16 * 1024 * 1024;
/** What a message may carry: the rest of the body at its longest taken off. */
export const MAX_PAYLOAD_BYTES = MAX_BODY_BYTES - FIXED_BYTES - 255 - 65_535;
const KIND = { message: 1, log: 2 } as const;

/** Records one after the other, the first at `position`, in one piece. */
export function encodeRecords(position: number, records: readonly JournalRecord[]): Buffer {
  let size = 0;
  for (const record of records) size += HEADER_BYTES + bodyLengthOf(record);
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  for (let i = 0; i < records.length; i += 1) at = put(bytes, at, position + i, records[i] as JournalRecord);
  return bytes.subarray(0, at);
}

export const encodeRecord = (position: number, record: JournalRecord): Buffer => encodeRecords(position, [record]);

/** Digits of the largest position. */
const POSITION_CHARS = 16;

/** At least as long as its body will be. */
function bodyLengthOf(record: JournalRecord): number {
  if (record.kind === 'log') return FIXED_BYTES + POSITION_CHARS;
  const length =
    FIXED_BYTES +
    Math.min(255, Buffer.byteLength(record.from)) +
    Math.min(65_535, Buffer.byteLength(record.topic)) +
    record.payload.length;
  if (length > MAX_BODY_BYTES) throw new Error(`a record of ${length} bytes is too long for the journal`);
  return length;
}

/** Writes as much of a text as its length field can say; a length beyond the buffer is an error to Node.js. */
const cut = (bytes: Buffer, text: string, at: number, most: number): number =>
  bytes.write(text, at, Math.min(most, bytes.length - at));

/** Writes one record at `start`; returns where it ends. */
function put(bytes: Buffer, start: number, position: number, record: JournalRecord): number {
  const body = start + HEADER_BYTES;
  let at = bytes.writeUIntLE(position, body, 6);
  at = bytes.writeUInt8(KIND[record.kind], at);
  at = bytes.writeIntLE(record.receivedAt, at, 6);
  const from = cut(bytes, record.kind === 'message' ? record.from : '', at + 1, 255);
  at = bytes.writeUInt8(from, at) + from;
  const topic = cut(bytes, record.kind === 'message' ? record.topic : '', at + 2, 65_535);
  at = bytes.writeUInt16LE(topic, at) + topic;
  at += record.kind === 'message' ? record.payload.copy(bytes, at) : bytes.write(String(record.logPosition), at);
  bytes.writeUInt32LE(at - body, start);
  bytes.writeUInt32LE(crc32(bytes.subarray(body, at)), start + 4);
  return at;
}

export type Decoded =
  | { readonly ok: true; readonly entry: JournalEntry; readonly end: number }
  /** `more`: the bytes end inside the record. `broken`: these bytes are not a record. */
  | { readonly ok: false; readonly why: 'more' | 'broken'; readonly need: number };

/** Reads the record that begins at `at`; payloads are views into `bytes`. */
export function decodeRecord(bytes: Buffer, at: number): Decoded {
  if (bytes.length - at < HEADER_BYTES) return { ok: false, why: 'more', need: HEADER_BYTES };
  const bodyLength = bytes.readUInt32LE(at);
  const broken: Decoded = { ok: false, why: 'broken', need: 0 };
  if (bodyLength < FIXED_BYTES || bodyLength > MAX_BODY_BYTES) return broken;
  const end = at + HEADER_BYTES + bodyLength;
  if (bytes.length < end) return { ok: false, why: 'more', need: HEADER_BYTES + bodyLength };
  const body = bytes.subarray(at + HEADER_BYTES, end);
  if (crc32(body) !== bytes.readUInt32LE(at + 4)) return broken;
  const position = body.readUIntLE(0, 6);
  const kind = body.readUInt8(6);
  const receivedAt = body.readIntLE(7, 6);
  const fromEnd = 14 + body.readUInt8(13);
  const topicEnd = fromEnd + 2 + body.readUInt16LE(fromEnd);
  if (topicEnd > body.length) return broken;
  const payload = body.subarray(topicEnd);
  if (kind === KIND.log)
    return { ok: true, end, entry: { position, kind: 'log', receivedAt, logPosition: Number(payload.toString()) } };
  if (kind !== KIND.message) return broken;
  const from = body.toString('utf8', 14, fromEnd);
  const topic = body.toString('utf8', fromEnd + 2, topicEnd);
  return { ok: true, end, entry: { position, kind: 'message', receivedAt, from, topic, payload } };
}
