import type { Duplex } from 'node:stream';
import { mayPublish, type Principal, parseTopic } from '@uptower/domain';
import { violation } from '../access/packet-rules.ts';
import type { Incoming } from '../ports.ts';
import { packetSplitter } from './packet-splitter.ts';

/** A connection as far as its handshake got. */
export interface Speaker {
  readonly principal: Principal;
  /** PUBLISH packets the broker's own way has taken and not answered yet. */
  slow: number;
}

export interface DirectRules {
  /** Who speaks; undefined until the handshake is done. */
  speaker(): Speaker | undefined;
  /** Whether somebody subscribed to telemetry of this site, so that it must be passed on. */
  isHeard(siteId: string): boolean;
  /** Resolves when all are durable; rejects when they are not taken. */
  accept(messages: readonly Incoming[]): Promise<void>;
  readonly maxPayloadBytes: number;
  /** A packet breaks the protocol: the connection has to end. */
  malformed(why: string): void;
}

/** So many messages of one connection, or bytes, may wait for their acknowledgement before no more is read from it. */
const MAX_WAITING = 10_000;
const MAX_WAITING_BYTES = 8 * 1024 * 1024;
/** Topics of one connection that were found to be its own; a site's gateway has as many as devices. */
const MAX_TOPICS = 20_000;

/** PUBLISH of QoS 0 or 1 that is not to be retained [MQTT-3.3.1]; bit 3 is DUP. */
const PUBLISH = 0x30;
const isPublish = (first: number) => (first & 0xf0) === PUBLISH;
const isDirect = (first: number) => (first & 0xf5) === PUBLISH;

export interface DirectIntake {
  /** Takes what it can of a chunk; returns the other packets, whole ones, for the broker's own way; null: none. */
  take(chunk: Buffer): Buffer | null;
  /** Whether more may be read now; asked again after `onRoom`. */
  hasRoom(): boolean;
}

/**
 * The short way of telemetry: a PUBLISH that nobody subscribed to needs a place in the journal and an acknowledgement, not
 * a broker. It is cut out of the stream before the parser and acknowledged with others in one write. Everything else goes
 * the broker's own way, and so does a PUBLISH that follows one which is still on that way: acknowledgements keep the order
 * of the messages [MQTT-4.6.0-2].
 */
export function directIntake(conn: Duplex, rules: DirectRules, onRoom: () => void): DirectIntake {
  const split = packetSplitter();
  const topics = new Set<string>();
  let messages: Incoming[] = [];
  let ids: number[] = [];
  let bytesTaken = 0;
  let rest: Buffer[] = [];
  let waiting = 0;
  let waitingBytes = 0;
  let full = false;
  /** It said something that is not MQTT: nothing after that counts [MQTT-4.8.0-1]. */
  let broken = false;

  const isOwn = (principal: Principal, topic: string): boolean => {
    if (topics.has(topic)) return true;
    const parsed = parseTopic(topic);
    if (parsed?.channel !== 'telemetry' || !mayPublish(principal, parsed)) return false;
    if (topics.size >= MAX_TOPICS) topics.clear();
    topics.add(topic);
    return true;
  };

  const takePacket = (bytes: Buffer, start: number, body: number, end: number) => {
    if (broken) return;
    const first = bytes[start] as number;
    const speaker = isPublish(first) ? rules.speaker() : undefined;
    if (speaker && speaker.slow === 0 && isDirect(first) && !rules.isHeard(speaker.principal.siteId)) {
      const qos = (first & 0x02) === 0 ? 0 : 1;
      const topicEnd = body + 2 + (end - body >= 2 ? bytes.readUInt16BE(body) : 0);
      const payloadAt = topicEnd + 2 * qos;
      if (payloadAt <= end && end - payloadAt <= rules.maxPayloadBytes) {
        // Our own topics are ASCII: other text reads as something else here and goes the other way.
        const topic = bytes.toString('latin1', body + 2, topicEnd);
        const id = qos === 1 ? bytes.readUInt16BE(topicEnd) : 0;
        if ((qos === 0 || id !== 0) && isOwn(speaker.principal, topic)) {
          messages.push({
            principal: speaker.principal,
            topic,
            payload: bytes.subarray(payloadAt, end),
            retain: false,
            qos,
          });
          if (qos === 1) ids.push(id);
          bytesTaken += end - start;
          return;
        }
      }
    }
    const wrong = violation(bytes, start, body, end);
    if (wrong) {
      broken = true;
      rules.malformed(wrong);
      return;
    }
    if (speaker) speaker.slow += 1;
    rest.push(bytes.subarray(start, end));
  };

  const send = () => {
    if (messages.length === 0) return;
    const [batch, acknowledgements, bytes] = [messages, ids, bytesTaken];
    messages = [];
    ids = [];
    bytesTaken = 0;
    waiting += batch.length;
    waitingBytes += bytes;
    rules.accept(batch).then(
      () => {
        waiting -= batch.length;
        waitingBytes -= bytes;
        if (conn.destroyed) return;
        if (acknowledgements.length > 0) conn.write(pubacks(acknowledgements));
        if (full) {
          full = false;
          onRoom();
        }
      },
      // No acknowledgement: the device sends again. QoS 0 promised nothing.
      () => {
        waiting -= batch.length;
        waitingBytes -= bytes;
        if (acknowledgements.length > 0) conn.destroy();
        else if (full) {
          full = false;
          onRoom();
        }
      },
    );
  };

  return {
    take(chunk) {
      split(chunk, takePacket);
      send();
      if (rest.length === 0 || broken) return null;
      const others = rest.length === 1 ? (rest[0] as Buffer) : Buffer.concat(rest);
      rest = [];
      return others;
    },
    hasRoom() {
      full = waiting >= MAX_WAITING || waitingBytes >= MAX_WAITING_BYTES;
      return !full;
    },
  };
}

/** PUBACK packets one after the other [MQTT-3.4]. */
function pubacks(ids: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(ids.length * 4);
  let at = 0;
  for (const id of ids) {
    bytes[at] = 0x40;
    bytes[at + 1] = 2;
    bytes[at + 2] = id >> 8;
    bytes[at + 3] = id & 0xff;
    at += 4;
  }
  return bytes;
}
