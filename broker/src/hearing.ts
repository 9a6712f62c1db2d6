import { isSharedTopic, mayHear, type NamesOf, refuseSubscribe, usernameOf } from '@uptower/domain';
import type { AedesPublishPacket, Client, Subscription } from 'aedes';
import type { Clients, Voice } from './clients.ts';
import type { Figures } from './figures.ts';
import { deliveryQos } from './granted-qos.ts';
import type { HeardSites } from './intake/heard-sites.ts';
import type { Limits } from './options.ts';
import type { Refusal } from './ports.ts';
import { addressed } from './sessions/persistence.ts';

export interface HearingParts {
  readonly namesOf: NamesOf;
  readonly clients: Clients;
  readonly figures: Figures;
  readonly limits: Limits;
  readonly heardSites: HeardSites;
  readonly refused: (reason: Refusal, from: string, topic: string, detail: string) => void;
}

/** Who hears what: asked when a client subscribes, and again for each message. */
export function hearing({ namesOf, clients, figures, limits, heardSites, refused }: HearingParts) {
  const whyNot = (voice: Voice, filter: string): { reason: Refusal; detail: string } | null => {
    const reason = refuseSubscribe(voice.principal, filter, namesOf);
    if (reason) return { reason, detail: 'may not subscribe there' };
    if (!voice.filters.has(filter) && voice.filters.size >= limits.subscriptionsPerClient)
      return { reason: 'too-many-subscriptions', detail: `at most ${limits.subscriptionsPerClient} filters` };
    return null;
  };
  return {
    mayKeep(client: Client, filter: string): boolean {
      return clients.of(client)?.filters.has(filter) ?? false;
    },
    authorizeSubscribe(
      client: Client,
      subscription: Subscription,
      done: (error: Error | null, subscription?: Subscription | null) => void,
    ): void {
      const voice = clients.of(client);
      const refusal = voice && whyNot(voice, subscription.topic);
      if (!voice || refusal) {
        if (voice && refusal) refused(refusal.reason, usernameOf(voice.principal), subscription.topic, refusal.detail);
        done(null, null); // SUBACK 0x80 for this filter only
        return;
      }
      voice.filters.set(subscription.topic, subscription.qos);
      heardSites.note(subscription.topic);
      // SUBACK and what is kept say the QoS asked for. Of several filters that match, aedes goes by the one it comes to
      // first: it gets the highest QoS for each, and authorizeForward says the one that counts.
      done(null, { ...subscription, qos: 2 });
    },
    unsubscribed(client: Client, filters: readonly string[]): void {
      const voice = clients.of(client);
      for (const filter of filters) voice?.filters.delete(filter);
    },
    /** aedes' hook for each message towards each client; null: this one does not get it. */
    authorizeForward(client: Client, packet: AedesPublishPacket): AedesPublishPacket | null {
      const voice = clients.of(client);
      // A lasting session's subscriptions are back before CONNACK is out; its queue is sent after it [MQTT-3.2.0-1].
      if (!voice?.greeted || client.conn.destroyed) return null;
      const { topic } = packet;
      const forClient = (packet as { clientId?: string }).clientId === addressed(client.id);
      if (isSharedTopic(topic) ? !forClient : !mayHear(voice.principal, topic, namesOf)) return null;
      if (isStuck(voice)) {
        client.conn.destroy(new Error('drain timeout: too much unread'));
        return null;
      }
      figures.sent.messages += 1;
      figures.sent.bytes += packet.payload.length;
      const qos = packet.qos === 0 ? 0 : (deliveryQos(voice.filters, topic, packet.qos) ?? packet.qos);
      return qos === packet.qos ? packet : { ...packet, qos };
    },
  };

  /** aedes ends a reader that takes nothing for five seconds; a flood must not fill the memory until then. */
  function isStuck(voice: Voice): boolean {
    const { conn } = voice.client;
    voice.unread = conn.writableNeedDrain ? voice.unread + 1 : 0;
    return voice.unread > limits.unreadMessages || conn.writableLength > limits.unreadBytes;
  }
}
