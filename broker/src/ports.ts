import type { Principal } from '@uptower/domain';

/** One message as a device published it. */
export interface Incoming {
  readonly principal: Principal;
  readonly topic: string;
  readonly payload: Buffer;
  readonly retain: boolean;
  readonly qos: 0 | 1 | 2;
}

/** One message of the server's own. */
export interface Outgoing {
  readonly topic: string;
  readonly payload: Buffer;
  readonly retain: boolean;
  readonly qos: 0 | 1;
  /** The user name whose clients get it, for topics that are the same text for everybody; left out: all who subscribe. */
  readonly to?: string;
}

/** Where a connection comes from. */
export interface Origin {
  readonly address: string;
  /** The client certificate, when one was shown that our authority signed: SHA-256 of it (lower-case hex) and its name. */
  readonly certificate?: { readonly fingerprint: string; readonly commonName: string | null };
}

/** Why something was not let in. */
export const REFUSALS = {
  'bad-credentials': 'user name, password or certificate are not known here',
  'bad-certificate': 'the client certificate is not signed by the configured authority, or not valid now',
  'too-many-failures': 'too many wrong passwords from there lately; not looked at',
  'connection-rate': 'this credential connects too often',
  'too-many-connections': 'the broker, or this credential, has as many connections as it may',
  'client-id': 'a lasting session needs a client id of its own',
  'foreign-topic': "somebody else's topic",
  'not-our-topic': 'a topic nobody here understands',
  'too-many-subscriptions': 'this client subscribes to as many filters as it may',
  'too-large': 'more bytes than a message may have',
  'malformed-packet': 'not MQTT',
  'protocol-version': 'neither MQTT 3.1 nor 3.1.1',
  'no-connect': 'no CONNECT packet in time',
  'slow-reader': 'does not read what it subscribed to',
  'queue-full': 'a message for a client that is away was not kept: its queue is full',
  storage: 'could not be stored; not acknowledged',
} as const;
export type Refusal = keyof typeof REFUSALS;

/** What the broker needs from whoever keeps the messages. */
export interface BrokerPorts {
  /**
   * Who these credentials speak for; undefined when they are wrong. Rejects with `NotLookedAt` when there were too many
   * failures from there lately.
   */
  authenticate(
    username: string | undefined,
    password: Buffer | undefined,
    origin: Origin,
  ): Promise<Principal | undefined>;
  /** Other names this principal may use in topics; none when left out. */
  namesOf?(principal: Principal): Iterable<string>;
  /** Resolves when the message is durable; the acknowledgement leaves after that. Rejects on storage trouble. */
  accept(message: Incoming): Promise<void>;
  /** The same for messages of one connection that came together, in their order: all are taken, or none is acknowledged. */
  acceptAll(messages: readonly Incoming[]): Promise<void>;
  /** Something was not let in. */
  refused(reason: Refusal, from: string, topic: string, detail: string, payload?: Buffer): void;
  /** One connection of this principal began or ended; a principal may have several. */
  connected(principal: Principal): void;
  disconnected(principal: Principal): void;
}
