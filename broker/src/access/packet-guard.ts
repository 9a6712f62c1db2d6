import { headerViolation } from './packet-rules.ts';

/** What the guard says of a chunk: go on, or close this connection. */
export type GuardVerdict =
  /** `packets` began in this chunk; acknowledgements are not counted: whoever gets much has to send many. */
  | { readonly ok: true; readonly packets: number }
  | { readonly ok: false; readonly reason: 'too-large'; readonly bytes: number }
  | { readonly ok: false; readonly reason: 'malformed-packet' };

/** PUBACK, PUBREC, PUBREL, PUBCOMP [MQTT-2.2.1]. */
const isAcknowledgement = (firstByte: number) => firstByte >= 0x40 && firstByte < 0x80;

/**
 * Follows the MQTT fixed headers of one connection's byte stream and refuses a packet by its first byte, as other protocols
 * send it to a wrong port, or by its announced length, before its body was collected: the parser behind it would gather up to 256 MB for a header of five bytes [MQTT-2.2.3].
 * Holds two numbers of state; copies nothing.
 */
export function packetGuard(maxPacketBytes: number): (chunk: Uint8Array) => GuardVerdict {
  /** Bytes of the present packet's body still to come. */
  let body = 0;
  /** −1: a packet type byte is next; else the number of length bytes read so far. */
  let lengthBytes = -1;
  let length = 0;

  return (chunk) => {
    let at = 0;
    let packets = 0;
    while (at < chunk.length) {
      if (body > 0) {
        const skipped = Math.min(body, chunk.length - at);
        body -= skipped;
        at += skipped;
        continue;
      }
      const byte = chunk[at] as number;
      at += 1;
      if (lengthBytes < 0) {
        lengthBytes = 0;
        length = 0;
        if (headerViolation(byte)) return { ok: false, reason: 'malformed-packet' };
        if (!isAcknowledgement(byte)) packets += 1;
        continue;
      }
      length += (byte & 0x7f) * 128 ** lengthBytes;
      lengthBytes += 1;
      if (byte & 0x80) {
        if (lengthBytes === 4) return { ok: false, reason: 'malformed-packet' };
        continue;
      }
      if (length > maxPacketBytes) return { ok: false, reason: 'too-large', bytes: length };
      body = length;
      lengthBytes = -1;
    }
    return { ok: true, packets };
  };
}
