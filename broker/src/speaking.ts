import { mayRetain, type NamesOf, type Principal, parseTopic, refusePublish, usernameOf } from '@uptower/domain';
import type { Logger } from '@uptower/platform';
import type { Client, PublishPacket } from 'aedes';
import type { Clients } from './clients.ts';
import { Refused } from './connection-errors.ts';
import type { Figures } from './figures.ts';
import type { BrokerPorts, Incoming, Refusal } from './ports.ts';

export interface SpeakingParts {
  readonly ports: BrokerPorts;
  readonly namesOf: NamesOf;
  readonly clients: Clients;
  readonly figures: Figures;
  readonly maxPayloadBytes: number;
  readonly log: Logger;
  readonly refuse: (reason: Refusal, from: string, topic: string, detail: string, payload?: Buffer) => Refused;
}

export const payloadOf = (packet: PublishPacket): Buffer =>
  Buffer.isBuffer(packet.payload) ? packet.payload : Buffer.from(packet.payload ?? '');

/**
 * Takes what clients publish, their wills included. The one place that can delay the acknowledgement, and the one a stuck
 * subscriber does not reach.
 */
export function speaking({ ports, namesOf, clients, figures, maxPayloadBytes, log, refuse }: SpeakingParts) {
  /** Resolves when the message is durable; rejects, counted, when it is not taken. */
  const takeFrom = async (principal: Principal, packet: PublishPacket, isOwn: boolean): Promise<void> => {
    const { topic, qos } = packet;
    const from = usernameOf(principal);
    const payload = payloadOf(packet);
    const reason = isOwn ? null : refusePublish(principal, topic, namesOf);
    if (reason) throw refuse(reason, from, topic, `${from} may not publish there`, payload);
    if (payload.length > maxPayloadBytes)
      throw refuse('too-large', from, topic, `${payload.length} bytes, at most ${maxPayloadBytes}`);
    if (packet.retain && !mayRetain(topic)) packet.retain = false;
    // Whether the sender repeats itself is nothing to its hearers [MQTT-3.3.1-3].
    packet.dup = false;
    figures.received.messages += 1;
    figures.received.bytes += payload.length;
    try {
      await ports.accept({ principal, topic, payload, retain: packet.retain, qos });
    } catch (error) {
      log.error({ err: error, topic }, 'broker.not-stored');
      throw refuse('storage', from, topic, 'could not be stored');
    }
  };
  return {
    takeFrom,
    /** Telemetry on the short way: checked already, and neither retained nor passed on. */
    async takeAll(messages: readonly Incoming[]): Promise<void> {
      figures.received.messages += messages.length;
      for (const { payload } of messages) figures.received.bytes += payload.length;
      try {
        await ports.acceptAll(messages);
      } catch (error) {
        const [first] = messages as [Incoming];
        log.error({ err: error, topic: first.topic, messages: messages.length }, 'broker.not-stored');
        throw refuse('storage', usernameOf(first.principal), first.topic, `${messages.length} could not be stored`);
      }
    },
    /** aedes' hook. An error closes the connection: no acknowledgement, the device sends again. */
    authorizePublish(client: Client | null, packet: PublishPacket, done: (error?: Error | null) => void): void {
      const voice = clients.of(client);
      if (!voice) {
        done(new Refused('nobody'));
        return;
      }
      const { topic } = packet;
      const answered = () => {
        if (voice.slow > 0) voice.slow -= 1;
      };
      const isOwn = topic === voice.ownTopic;
      takeFrom(voice.principal, packet, isOwn).then(
        () => {
          if (!isOwn && parseTopic(topic)) voice.ownTopic = topic;
          answered();
          done();
        },
        // Nothing waits for an acknowledgement of QoS 0: storage trouble is counted, the connection stays.
        (error) => {
          answered();
          done(packet.qos === 0 && isStorage(error) ? null : error);
        },
      );
    },
  };
}

const isStorage = (error: unknown) => error instanceof Refused && error.message.startsWith('storage');
