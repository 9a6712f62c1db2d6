import type { Aedes, PublishPacket } from 'aedes';
import type { Clients } from './clients.ts';
import { deliveryQos } from './granted-qos.ts';
import type { Outgoing } from './ports.ts';
import { addressed, type Persistence } from './sessions/persistence.ts';

export interface Sending {
  /** To whoever subscribes to its topic. */
  toAll(message: Omit<Outgoing, 'to'>): Promise<void>;
  /** To the clients of one credential that subscribe to its topic; for those away it is kept, when they want QoS 1. */
  toOne(message: Omit<Outgoing, 'to'>, username: string): Promise<void>;
}

/** Messages of the server's own. */
export function sending(aedes: Aedes, clients: Clients, persistence: Persistence): Sending {
  /** One after the other: aedes numbers a message when it begins, and subscribers drop one that is overtaken. */
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = (send: () => Promise<void>): Promise<void> => {
    const sent = last.then(send);
    last = sent.catch(() => undefined);
    return sent;
  };
  const packetOf = ({ topic, payload, qos, retain }: Omit<Outgoing, 'to'>): PublishPacket => ({
    cmd: 'publish',
    topic,
    payload,
    qos,
    retain,
    dup: false,
  });
  const called = (run: (done: (error?: Error) => void) => void) =>
    new Promise<void>((resolve, reject) => run((error) => (error ? reject(error) : resolve())));

  return {
    toAll: (message) =>
      inTurn(async () => {
        await called((done) => aedes.publish(packetOf(message), done));
        await persistence.flushed();
      }),
    toOne: (message, username) =>
      inTurn(async () => {
        const packet = packetOf({ ...message, retain: false });
        for (const { client, filters } of clients.ofUser(username)) {
          if (deliveryQos(filters, message.topic, message.qos) === null) continue;
          // Not waited for: a slow reader would hold up the others.
          client.publish({ ...packet, clientId: addressed(client.id) } as PublishPacket, () => undefined);
        }
        if (message.qos > 0) persistence.keepForAbsent(username, packet);
        await persistence.flushed();
      }),
  };
}
