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
}

/** What the broker needs from whoever keeps the messages. */
export interface BrokerPorts {
  /** Who these credentials speak for; undefined when they are wrong. */
  authenticate(username: string | undefined, password: Buffer | undefined): Promise<Principal | undefined>;
  /** Resolves when the message is durable; the acknowledgement leaves after that. Rejects on storage trouble. */
  accept(message: Incoming): Promise<void>;
  /** Something was not let in: `bad-credentials`, `foreign-topic`, `not-our-topic`, `too-large`, `malformed-packet`, `slow-reader`, `storage`. */
  refused(reason: string, from: string, topic: string, detail: string, payload?: Buffer): void;
  /** One connection of this principal began or ended; a principal may have several. */
  connected(principal: Principal): void;
  disconnected(principal: Principal): void;
}
