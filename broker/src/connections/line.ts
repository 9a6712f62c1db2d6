import type { Duplex } from 'node:stream';
import { usernameOf } from '@uptower/domain';
import type { Client } from 'aedes';
import type { Admission } from '../access/admission.ts';
import { type GuardVerdict, packetGuard } from '../access/packet-guard.ts';
import { connackUnacceptable, UNKNOWN_LEVEL } from '../access/packet-rules.ts';
import type { Clients, Voice } from '../clients.ts';
import type { Figures } from '../figures.ts';
import { DirectIntake, type DirectRules, type Speaker } from '../intake/direct-intake.ts';
import type { Gathering } from '../intake/gathering.ts';
import type { HeardSites } from '../intake/heard-sites.ts';
import type { Refusal } from '../ports.ts';
import type { Connect } from '../sign-in.ts';
import { keepAlive, slim } from './aedes-client.ts';
import type { Connection } from './listeners.ts';
import { PacedRead, type ReadRules } from './paced-read.ts';

/** The longest a fast sender is left unread in one go; its own keep-alive goes on meanwhile. */
const LONGEST_PAUSE_MS = 10_000;
/** Topic, packet id and their lengths beside the payload. */
export const HEADER_ROOM = 1024;

/** What the connections of a broker have in common. */
export interface LineParts {
  readonly clients: Clients;
  readonly admission: Admission;
  readonly figures: Figures;
  readonly heardSites: HeardSites;
  readonly maxPayloadBytes: number;
  readonly monotonicMs: () => number;
  /** Nothing is taken in any more. */
  readonly isClosing: () => boolean;
  readonly gathering: Gathering;
  readonly refused: (reason: Refusal, from: string, detail: string) => void;
}

/**
 * One connection between the network and aedes, and the rules by which it is read. Most connections are idle most of the
 * time and there are tens of thousands: what they have in common is in methods and `LineParts`, not in functions of each.
 */
export class Line implements ReadRules, DirectRules {
  /** Seconds, as its CONNECT said; 0: none. */
  keepAliveSeconds = 0;
  /** Until it was let in. */
  connect: Connect | null = null;
  /** Who speaks, once it was let in. */
  voice: Voice | null = null;
  readonly connection: Connection;
  readonly #parts: LineParts;
  readonly #client: Client;
  readonly #guard: (chunk: Uint8Array) => GuardVerdict;
  readonly #intake: DirectIntake;
  readonly #reading: PacedRead;

  /** `handle`: hands the connection to aedes. */
  constructor(parts: LineParts, connection: Connection, handle: (stream: Duplex) => Client) {
    this.connection = connection;
    this.#parts = parts;
    this.#guard = packetGuard(parts.maxPayloadBytes + HEADER_ROOM);
    this.#intake = new DirectIntake(connection.stream, this);
    this.#reading = new PacedRead(connection.stream, this);
    this.#client = handle(connection.stream);
    slim(this.#client);
  }

  /** Its stream closed. */
  closed(): void {
    const { clients, admission } = this.#parts;
    this.#reading.closed();
    if (this.voice) {
      clients.remove(this.voice);
      admission.leave(this.voice.usage);
    }
    this.#client.close();
  }

  /** Who it is, as refusals name it. */
  from(): string {
    return this.voice ? usernameOf(this.voice.principal) : this.connection.origin.address;
  }

  guard(chunk: Uint8Array): GuardVerdict {
    return this.#guard(chunk);
  }

  refuse(reason: Refusal, detail: string): void {
    this.#parts.refused(reason, this.from(), detail);
  }

  pace(packets: number, bytes: number): number {
    if (!this.voice) return 0;
    const wait = this.voice.usage.take(packets, bytes, this.#parts.monotonicMs());
    const keepAliveMs = this.keepAliveSeconds * 1000;
    return Math.min(wait, keepAliveMs > 0 ? keepAliveMs / 2 : LONGEST_PAUSE_MS, LONGEST_PAUSE_MS);
  }

  paused(paused: boolean): void {
    this.#parts.figures.paused += paused ? 1 : -1;
  }

  hasRoom(): boolean {
    return this.#intake.hasRoom();
  }

  divert(chunk: Buffer): Buffer | null {
    return this.#intake.take(chunk);
  }

  speaker(): Speaker | undefined {
    return this.voice?.ready && !this.#parts.isClosing() ? this.voice : undefined;
  }

  isHeard(siteId: string): boolean {
    return this.#parts.heardSites.has(siteId);
  }

  heard(): void {
    keepAlive(this.#client);
  }

  get gathering(): Gathering {
    return this.#parts.gathering;
  }

  get maxPayloadBytes(): number {
    return this.#parts.maxPayloadBytes;
  }

  malformed(why: string): void {
    const { stream } = this.connection;
    const unknownLevel = why === UNKNOWN_LEVEL;
    this.refuse(unknownLevel ? 'protocol-version' : 'malformed-packet', why);
    if (unknownLevel) stream.end(connackUnacceptable(), () => stream.destroy());
    else stream.destroy();
  }

  roomAgain(): void {
    this.#reading.lookAgain();
  }
}
