import type { Duplex } from 'node:stream';
import { mayPublish, type Principal, parseTopic } from '@uptower/domain';
import { violation } from '../access/packet-rules.ts';
import type { Incoming } from '../ports.ts';
import type { Gathering } from './gathering.ts';
import { type PacketReceiver, packetSplitter } from './packet-splitter.ts';

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
  readonly gathering: Gathering;
  /** The client said something that is not seen by the broker's own way. */
  heard(): void;
  readonly maxPayloadBytes: number;
  /** A packet breaks the protocol: the connection has to end. */
  malformed(why: string): void;
  /** More may be read again after `hasRoom` said no. */
  roomAgain(): void;
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

/**
 * The short way of telemetry: a PUBLISH that nobody subscribed to needs a place in the journal and an acknowledgement, not
 * a broker. It is cut out of the stream before the parser and acknowledged with others in one write. Everything else goes
 * the broker's own way, and so does a PUBLISH that follows one which is still on that way: acknowledgements keep the order
 * of the messages, as those of clients must [MQTT-4.6.0-2].
 */
export class DirectIntake implements PacketReceiver {
  readonly #conn: Duplex;
  readonly #rules: DirectRules;
  readonly #split = packetSplitter();
  /** The last topic: most connections have one, and a text made anew for every message costs. */
  #lastTopic = '';
  /** The first topic that was found to be its own, and the others. */
  #ownTopic: string | null = null;
  #ownTopics: Set<string> | null = null;
  /** What is collected of a chunk; made when it is needed, for most connections say nothing most of the time. */
  #messages: Incoming[] | null = null;
  #ids: number[] | null = null;
  #bytesTaken = 0;
  #rest: Buffer[] | null = null;
  #waiting = 0;
  #waitingBytes = 0;
  #full = false;
  /** It said something that is not MQTT: nothing after that counts [MQTT-4.8.0-1]. */
  #broken = false;

  constructor(conn: Duplex, rules: DirectRules) {
    this.#conn = conn;
    this.#rules = rules;
  }

  /** Takes what it can of a chunk; returns the other packets, whole ones, for the broker's own way; null: none. */
  take(chunk: Buffer): Buffer | null {
    this.#split(chunk, this);
    if (this.#messages) this.#send(this.#messages, this.#ids);
    const rest = this.#rest;
    if (!rest || this.#broken) return null;
    this.#rest = null;
    this.#rules.gathering.flush();
    return rest.length === 1 ? (rest[0] as Buffer) : Buffer.concat(rest);
  }

  /** Whether more may be read now; asked again after `roomAgain`. */
  hasRoom(): boolean {
    this.#full = this.#waiting >= MAX_WAITING || this.#waitingBytes >= MAX_WAITING_BYTES;
    return !this.#full;
  }

  packet(bytes: Buffer, start: number, body: number, end: number): void {
    if (this.#broken) return;
    const first = bytes[start] as number;
    const speaker = isPublish(first) ? this.#rules.speaker() : undefined;
    if (speaker && speaker.slow === 0 && isDirect(first) && !this.#rules.isHeard(speaker.principal.siteId)) {
      const qos = (first & 0x02) === 0 ? 0 : 1;
      const topicEnd = body + 2 + (end - body >= 2 ? bytes.readUInt16BE(body) : 0);
      const payloadAt = topicEnd + 2 * qos;
      if (payloadAt <= end && end - payloadAt <= this.#rules.maxPayloadBytes) {
        const topic = this.#topicAt(bytes, body + 2, topicEnd);
        const id = qos === 1 ? bytes.readUInt16BE(topicEnd) : 0;
        if ((qos === 0 || id !== 0) && this.#isOwn(speaker.principal, topic)) {
          this.#messages ??= [];
          this.#messages.push({
            principal: speaker.principal,
            topic,
            payload: bytes.subarray(payloadAt, end),
            retain: false,
            qos,
          });
          if (qos === 1) {
            this.#ids ??= [];
            this.#ids.push(id);
          }
          this.#bytesTaken += end - start;
          return;
        }
      }
    }
    const wrong = violation(bytes, start, body, end);
    if (wrong) {
      this.#broken = true;
      this.#rules.malformed(wrong);
      return;
    }
    if (speaker) speaker.slow += 1;
    this.#rest ??= [];
    this.#rest.push(bytes.subarray(start, end));
  }

  /** Our own topics are ASCII: other text reads as something else here and goes the other way. */
  #topicAt(bytes: Buffer, from: number, end: number): string {
    if (!isText(this.#lastTopic, bytes, from, end)) this.#lastTopic = bytes.toString('latin1', from, end);
    return this.#lastTopic;
  }

  #isOwn(principal: Principal, topic: string): boolean {
    if (topic === this.#ownTopic || this.#ownTopics?.has(topic)) return true;
    const parsed = parseTopic(topic);
    if (parsed?.channel !== 'telemetry' || !mayPublish(principal, parsed)) return false;
    if (this.#ownTopic === null) this.#ownTopic = topic;
    else {
      if (!this.#ownTopics || this.#ownTopics.size >= MAX_TOPICS) this.#ownTopics = new Set();
      this.#ownTopics.add(topic);
    }
    return true;
  }

  #send(batch: Incoming[], acknowledgements: number[] | null): void {
    const bytes = this.#bytesTaken;
    this.#messages = null;
    this.#ids = null;
    this.#bytesTaken = 0;
    this.#waiting += batch.length;
    this.#waitingBytes += bytes;
    this.#rules.heard();
    this.#rules.gathering.add(batch, (taken) => {
      this.#waiting -= batch.length;
      this.#waitingBytes -= bytes;
      if (this.#conn.destroyed) return;
      if (acknowledgements) {
        // No acknowledgement: the device sends again. QoS 0 promised nothing.
        if (!taken) return void this.#conn.destroy();
        this.#conn.write(pubacks(acknowledgements));
      }
      if (this.#full) {
        this.#full = false;
        this.#rules.roomAgain();
      }
    });
  }
}

/** Whether `text`, of ASCII, is what stands there. */
function isText(text: string, bytes: Buffer, from: number, end: number): boolean {
  if (end - from !== text.length) return false;
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) !== bytes[from + i]) return false;
  return true;
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
