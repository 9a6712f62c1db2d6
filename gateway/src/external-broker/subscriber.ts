import type { IPublishPacket } from 'mqtt-packet';
import { type Link, type LinkOptions, openLink } from './link.ts';
import { subscribeRefusal } from './reasons.ts';
import { retrying } from './retrying.ts';

export interface SubscriberPorts {
  /** Resolves when the message is durable; the PUBACK leaves after that. */
  accept(packet: IPublishPacket): Promise<void>;
  /** May more be read? Asked after every message. */
  hasRoom(): boolean;
  /** A subscription the broker does not grant. */
  notGranted(filter: string, why: string): void;
  link(up: boolean, reason: string): void;
}

export interface Subscriber {
  /** Resolves when the broker has its subscriptions: from then on it keeps for us what we miss. */
  readonly subscribed: Promise<void>;
  /** There is room again. */
  resume(): void;
  /** Takes nothing more, acknowledges what was taken, leaves. */
  close(): Promise<void>;
}

/** What is under way when we close may take this long to become durable; after that it comes again with the next start. */
const CLOSE_PATIENCE_MS = 5_000;

/**
 * One connection that takes messages in and comes back by itself. Every message is acknowledged after it was accepted and
 * in the order it came [MQTT-4.6.0-2]. When one cannot be stored the connection ends: what was not acknowledged, the
 * broker sends again.
 */
export function startSubscriber(
  options: Omit<LinkOptions, 'clean'>,
  filters: readonly string[],
  ports: SubscriberPorts,
): Subscriber {
  let link: Link | undefined;
  let closing = false;
  let subscribed = false;
  let nowSubscribed: () => void = () => undefined;
  const firstSubscribed = new Promise<void>((resolve) => {
    nowSubscribed = resolve;
  });
  let underWay = 0;
  let idle: () => void = () => undefined;

  const session = async (isIn: () => void): Promise<string> => {
    const unacknowledged = inOrder();
    const message = (packet: IPublishPacket, from: Link) => {
      if (closing) return;
      const taken = packet.qos > 0 ? unacknowledged.taken(packet.messageId as number) : null;
      if (taken === 'already') return; // a broker that does not wait sends it a second time while we store the first
      underWay += 1;
      ports
        .accept(packet)
        .then(
          () => {
            if (taken) for (const id of unacknowledged.stored(taken)) from.acknowledge(id);
          },
          (error: Error) => from.destroy(`a message could not be stored: ${error.message}`),
        )
        .finally(() => {
          underWay -= 1;
          if (underWay === 0) idle();
        });
      if (!ports.hasRoom()) from.pause();
    };
    let ended: (reason: string) => void = () => undefined;
    const over = new Promise<string>((resolve) => {
      ended = resolve;
    });
    const opened = await openLink({ ...options, clean: false }, { message, closed: ended });
    link = opened;
    if (closing) opened.destroy('closing');
    // A kept session has its subscriptions; asked again, MQTT 3.1.1 would send every retained message again. The first
    // time it is asked all the same: we may have been stopped before we did, or told other filters since.
    if (!subscribed || !opened.sessionPresent || options.protocol === 5) await subscribe(opened);
    if (!ports.hasRoom()) opened.pause();
    isIn();
    ports.link(true, opened.sessionPresent ? 'session kept' : 'new session');
    return over;
  };

  const subscribe = async (to: Link) => {
    const granted = await to.subscribe(filters);
    const refusals = filters.map((_, index) => subscribeRefusal(options.protocol, granted[index] ?? 0x80));
    filters.forEach((filter, index) => {
      const why = refusals[index];
      if (why) ports.notGranted(filter, why);
    });
    // Some are better than none; the others are told.
    if (refusals.every((why) => why !== null)) {
      const words = `no subscription is granted: ${refusals[0]}`;
      to.destroy(words);
      throw new Error(words);
    }
    subscribed = true;
    nowSubscribed();
  };

  const retry = retrying(session, (reason) => {
    link = undefined;
    ports.link(false, reason);
  });
  return {
    subscribed: firstSubscribed,
    resume: () => link?.resume(),
    async close() {
      closing = true;
      retry.stop();
      if (underWay > 0)
        await new Promise<void>((resolve) => {
          idle = resolve;
          setTimeout(resolve, CLOSE_PATIENCE_MS).unref();
        });
      await link?.end();
      await retry.over();
    },
  };
}

/**
 * The messages of one connection in the order they came. Packet ids of another connection mean nothing here: the broker
 * may have given them to other messages.
 */
function inOrder() {
  interface Entry {
    readonly id: number;
    stored: boolean;
  }
  const queue: Entry[] = [];
  const ids = new Set<number>();
  let first = 0;
  return {
    taken(id: number): Entry | 'already' {
      if (ids.has(id)) return 'already';
      ids.add(id);
      const entry = { id, stored: false };
      queue.push(entry);
      return entry;
    },
    /** The packet ids that may be acknowledged now. */
    stored(entry: Entry): number[] {
      entry.stored = true;
      const due: number[] = [];
      for (let next = queue[first]; next?.stored; next = queue[first]) {
        due.push(next.id);
        ids.delete(next.id);
        first += 1;
      }
      if (first > 4096) {
        queue.splice(0, first);
        first = 0;
      }
      return due;
    },
  };
}
