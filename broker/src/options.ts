import { type Clock, DAY, type Principal } from '@uptower/domain';
import type { Logger, Metrics } from '@uptower/platform';

/** A steady rate with room for a burst: what a device may send after it was offline. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** What one credential may use. */
export interface Allowance {
  readonly connections: number;
  readonly connects: Rate;
  /** Faster senders are slowed by not being read; nothing is lost. */
  readonly messages: Rate;
  readonly bytes: Rate;
  /** Lasting sessions; beyond it the one gone the longest ends. */
  readonly sessions: number;
}

export interface Limits {
  readonly connections: number;
  /** From the connection to its CONNECT packet, TLS and WebSocket handshakes included. */
  readonly connectTimeoutMs: number;
  readonly subscriptionsPerClient: number;
  /** Bytes, and messages, that may wait for a reader before it counts as stuck. */
  readonly unreadBytes: number;
  readonly unreadMessages: number;
  /** Messages, and their bytes, kept for a client that is away. */
  readonly queuedMessages: number;
  readonly queuedBytes: number;
  /** A client that stayed away as long is forgotten. */
  readonly sessionExpiryMs: number;
  readonly retainedMessages: number;
  readonly device: Allowance;
  readonly site: Allowance;
}

const MIB = 1024 * 1024;

export const DEFAULT_LIMITS: Limits = {
  connections: 20_000,
  connectTimeoutMs: 10_000,
  subscriptionsPerClient: 100,
  unreadBytes: 8 * MIB,
  unreadMessages: 20_000,
  queuedMessages: 1_000,
  queuedBytes: 4 * MIB,
  sessionExpiryMs: 7 * DAY,
  retainedMessages: 100_000,
  device: {
    connections: 20,
    connects: { perSecond: 2, burst: 60 },
    messages: { perSecond: 1_000, burst: 10_000 },
    bytes: { perSecond: 4 * MIB, burst: 32 * MIB },
    sessions: 20,
  },
  // A site's gateway speaks for thousands of devices.
  site: {
    connections: 20_000,
    connects: { perSecond: 100, burst: 20_000 },
    messages: { perSecond: 50_000, burst: 200_000 },
    bytes: { perSecond: 64 * MIB, burst: 256 * MIB },
    sessions: 1_000,
  },
};

export const allowanceOf = (limits: Limits, principal: Principal): Allowance => limits[principal.kind];

/** PEM texts. */
export interface TlsMaterial {
  readonly cert: string;
  readonly key: string;
  /** Authority that signs client certificates; without it nobody is asked for one. */
  readonly ca?: string;
}

export interface BrokerOptions {
  readonly host: string;
  /** MQTT over TCP; 0 lets the system choose. */
  readonly port: number;
  /** MQTT over TLS, WebSocket, and WebSocket over TLS; left out: not listened on. The TLS ones need `tls`. */
  readonly tlsPort?: number;
  readonly wsPort?: number;
  readonly wssPort?: number;
  readonly tls?: TlsMaterial;
  /** 256 KiB: 2,000 readings of a batch with ten values each fit. */
  readonly maxPayloadBytes?: number;
  readonly limits?: Partial<Limits>;
  /** Where sessions, queues, retained messages and wills are kept; left out: in memory only. */
  readonly sessionDir?: string;
  /** After a start, how long clients that were connected when the broker went away have to come back before their wills are published. */
  readonly returnGraceMs?: number;
  /** Real time, for the age of sessions; their age is not kept when left out. */
  readonly clock?: Clock;
  /** Milliseconds that never jump. */
  readonly monotonicMs?: () => number;
  readonly metrics?: Metrics;
  readonly log: Logger;
}
