import type { Principal } from '@uptower/domain';
import type { Logger } from '@uptower/platform';
import type { PublishPacket } from 'aedes';
import { Refused } from './connection-errors.ts';
import type { Sending } from './sending.ts';
import type { Persistence, Will } from './sessions/persistence.ts';

export interface LostWillsParts {
  readonly take: (principal: Principal, packet: PublishPacket) => Promise<void>;
  readonly publish: Sending['toAll'];
  readonly log: Logger;
}

/**
 * Wills of clients that were connected when the broker went away, by a stop or a kill. MQTT 3.1.1 lets a server publish
 * them after its restart (section 3.1.2.5); whoever is back by then has replaced or withdrawn its will.
 */
export function lostWills({ left, dropWill }: Persistence, { take, publish, log }: LostWillsParts) {
  const packetOf = ({ topic, qos, retain, payload }: Will): PublishPacket => ({
    cmd: 'publish',
    topic,
    qos,
    retain,
    dup: false,
    payload: Buffer.from(payload, 'base64'),
  });
  return {
    async publish(): Promise<void> {
      for (const will of [...left.values()]) {
        const packet = packetOf(will);
        try {
          await take(will.principal, packet);
          await publish({ ...packet, payload: packet.payload as Buffer, qos: will.qos === 0 ? 0 : 1 });
        } catch (error) {
          // Refused ones are counted where they are refused.
          if (!(error instanceof Refused)) log.warn({ err: error, clientId: will.clientId }, 'broker.will-not-sent');
        }
        dropWill(will.clientId);
      }
    },
  };
}
