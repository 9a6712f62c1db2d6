export interface PacketReceiver {
  /** Told of one whole packet: `bytes[start, end)`; its variable header begins at `body`. */
  packet(bytes: Buffer, start: number, body: number, end: number): void;
}

/**
 * Cuts one connection's byte stream into whole MQTT packets [MQTT-2.2.3]. Copies only packets that lie across chunks.
 * Lengths were judged before (`access/packet-guard.ts`): what is held for a packet to end is bounded by that limit.
 */
export function packetSplitter(): (chunk: Buffer, receiver: PacketReceiver) => void {
  /** The beginning of a packet whose end has not come yet, in pieces. */
  let held: Buffer[] | null = null;
  let heldBytes = 0;
  /** So many bytes from the beginning of the held packet on must be there before it is worth looking again. */
  let wanted = 0;

  return (chunk, receiver) => {
    let bytes = chunk;
    if (held) {
      held.push(chunk);
      heldBytes += chunk.length;
      if (heldBytes < wanted) return;
      bytes = Buffer.concat(held, heldBytes);
      held = null;
    }
    let at = 0;
    while (at < bytes.length) {
      const header = lengthAt(bytes, at);
      if (header !== null && header.end <= bytes.length) {
        receiver.packet(bytes, at, header.body, header.end);
        at = header.end;
        continue;
      }
      wanted = header === null ? bytes.length - at + 1 : header.end - at;
      held = [at === 0 ? bytes : bytes.subarray(at)];
      heldBytes = bytes.length - at;
      return;
    }
  };
}

const found = { body: 0, end: 0 };

/** Where the packet that begins at `start` has its variable header and its end; null when its length is not here yet. */
function lengthAt(bytes: Buffer, start: number): { readonly body: number; readonly end: number } | null {
  let length = 0;
  for (let at = start + 1, factor = 1; at < bytes.length; at += 1, factor *= 128) {
    const byte = bytes[at] as number;
    length += (byte & 0x7f) * factor;
    if (byte < 0x80) {
      found.body = at + 1;
      found.end = at + 1 + length;
      return found;
    }
  }
  return null;
}
