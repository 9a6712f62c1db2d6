import { isUtf8 } from 'node:buffer';

/** The reason `violation` gives for a CONNECT whose answer is `connackUnacceptable` before the end [MQTT-3.1.2-2]. */
export const UNKNOWN_LEVEL = 'unknown protocol level';

/** CONNACK with return code 1: unacceptable protocol level [MQTT-3.2.2-4]. */
export const connackUnacceptable = (): Buffer => Buffer.from([0x20, 2, 0, 1]);

/** Packet types by the upper four bits of the first byte [MQTT-2.2.1]. */
const TYPE = {
  connect: 1,
  publish: 3,
  puback: 4,
  pubrec: 5,
  pubrel: 6,
  pubcomp: 7,
  subscribe: 8,
  unsubscribe: 10,
  pingreq: 12,
  disconnect: 14,
} as const;
const SENT_BY_CLIENTS: ReadonlySet<number> = new Set(Object.values(TYPE));

/** What a field's end is when the field is none. */
const CUT = -1;
const NO_TEXT = -2;

/**
 * What is wrong with one whole packet of a client by MQTT 3.1.1, in words; null: nothing. `bytes[start, end)` is the packet,
 * its variable header begins at `body`. Says nothing about what the client may do. A CONNECT of MQTT 5 passes: the broker
 * answers it. Makes nothing for the usual packet: it runs for each.
 */
export function violation(bytes: Buffer, start: number, body: number, end: number): string | null {
  const first = bytes[start] as number;
  const wrongHeader = headerViolation(first);
  if (wrongHeader) return wrongHeader;
  const type = first >> 4;
  switch (type) {
    case TYPE.publish:
      return ofPublish(bytes, (first >> 1) & 0x03, body, end);
    case TYPE.connect:
      return ofConnect(bytes, body, end);
    case TYPE.subscribe:
      return ofFilters(bytes, body, end, 1);
    case TYPE.unsubscribe:
      return ofFilters(bytes, body, end, 0);
    case TYPE.pingreq:
    case TYPE.disconnect:
      return body === end ? null : 'bytes after the end of the packet';
    default: // PUBACK, PUBREC, PUBREL, PUBCOMP
      return end - body > 2 ? 'bytes after the end of the packet' : ofPacketId(bytes, body, end);
  }
}

/** The same for the first byte alone, before the rest of the packet is here. */
export function headerViolation(first: number): string | null {
  const type = first >> 4;
  const flags = first & 0x0f;
  if (type === TYPE.publish) return (flags & 0x06) === 0x06 ? 'QoS 3 [MQTT-3.3.1-4]' : null;
  if (!SENT_BY_CLIENTS.has(type)) return 'a packet no client sends';
  const isRequest = type === TYPE.pubrel || type === TYPE.subscribe || type === TYPE.unsubscribe;
  return flags === (isRequest ? 0x02 : 0) ? null : 'reserved flags of the fixed header [MQTT-2.2.2-2]';
}

function ofPublish(bytes: Buffer, qos: number, body: number, end: number): string | null {
  const topicEnd = textEnd(bytes, body, end);
  if (topicEnd < 0) return fault(topicEnd, 'topic name');
  return qos === 0 ? null : ofPacketId(bytes, topicEnd, end);
}

function ofPacketId(bytes: Buffer, at: number, end: number): string | null {
  const id = numberAt(bytes, at, end);
  if (id > 0) return null;
  return id < 0 ? 'packet id cut off' : 'packet id 0 [MQTT-2.3.1-1]';
}

/** SUBSCRIBE and UNSUBSCRIBE: filters, each with so many option bytes behind it. */
function ofFilters(bytes: Buffer, body: number, end: number, optionBytes: 0 | 1): string | null {
  const wrongId = ofPacketId(bytes, body, end);
  if (wrongId) return wrongId;
  let at = body + 2;
  if (at === end) return 'no topic filter [MQTT-3.8.3-3, 3.10.3-2]';
  while (at < end) {
    at = textEnd(bytes, at, end);
    if (at < 0) return fault(at, 'topic filter');
    if (at + optionBytes > end) return 'requested QoS cut off';
    if (optionBytes === 1 && (bytes[at] as number) > 2) return 'requested QoS not 0, 1 or 2 [MQTT-3-8.3-4]';
    at += optionBytes;
  }
  return null;
}

function ofConnect(bytes: Buffer, body: number, end: number): string | null {
  const nameEnd = bytesEnd(bytes, body, end);
  if (nameEnd < 0 || nameEnd + 4 > end) return 'header of CONNECT cut off';
  const name = bytes.toString('latin1', body + 2, nameEnd);
  if (name !== 'MQTT' && name !== 'MQIsdp') return 'unknown protocol name [MQTT-3.1.2-1]';
  // The highest bit marks a bridge.
  const level = (bytes[nameEnd] as number) & 0x7f;
  if (level === 5) return null;
  if (level !== 3 && level !== 4) return UNKNOWN_LEVEL;

  const flags = bytes[nameEnd + 1] as number;
  const wrongFlags = ofConnectFlags(flags);
  if (wrongFlags) return wrongFlags;
  let at = textEnd(bytes, nameEnd + 4, end);
  if (at < 0) return fault(at, 'client id');
  if (flags & 0x04) {
    at = textEnd(bytes, at, end);
    if (at < 0) return fault(at, 'will topic');
    at = bytesEnd(bytes, at, end);
    if (at < 0) return fault(at, 'will message');
  }
  if (flags & 0x80) {
    at = textEnd(bytes, at, end);
    if (at < 0) return fault(at, 'user name');
  }
  if (flags & 0x40) {
    at = bytesEnd(bytes, at, end);
    if (at < 0) return fault(at, 'password');
  }
  return at === end ? null : 'bytes after the end of the packet';
}

/** User name, password, will retain, will QoS (two bits), will, clean session, reserved; from the highest bit. */
function ofConnectFlags(flags: number): string | null {
  if (flags & 0x01) return 'reserved connect flag [MQTT-3.1.2-3]';
  if ((flags & 0x04) === 0 && flags & 0x38) return 'will flags without a will [MQTT-3.1.2-11]';
  if ((flags & 0x18) === 0x18) return 'will QoS 3 [MQTT-3.1.2-14]';
  if ((flags & 0xc0) === 0x40) return 'password without a user name [MQTT-3.1.2-22]';
  return null;
}

const fault = (end: number, field: string) =>
  end === CUT ? `${field} cut off` : `${field} is not UTF-8 without U+0000 [MQTT-1.5.3]`;

/** The number of two bytes at `at`; −1 when they are not there. */
const numberAt = (bytes: Buffer, at: number, end: number): number =>
  at + 2 > end ? CUT : ((bytes[at] as number) << 8) | (bytes[at + 1] as number);

/** Where a field with its length in front ends; `CUT`: beyond the packet. */
function bytesEnd(bytes: Buffer, at: number, end: number): number {
  const length = numberAt(bytes, at, end);
  return length < 0 || at + 2 + length > end ? CUT : at + 2 + length;
}

/** The same for text; `NO_TEXT`: not UTF-8, or with U+0000 [MQTT-1.5.3-1, 1.5.3-2]. */
function textEnd(bytes: Buffer, at: number, end: number): number {
  const stop = bytesEnd(bytes, at, end);
  if (stop < 0) return stop;
  let seen = 0;
  for (let i = at + 2; i < stop; i += 1) {
    const byte = bytes[i] as number;
    if (byte === 0) return NO_TEXT;
    seen |= byte;
  }
  return seen < 0x80 || isUtf8(bytes.subarray(at + 2, stop)) ? stop : NO_TEXT;
}
