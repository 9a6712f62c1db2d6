import { Counter, Gauge, type Logger, type Metrics } from '@uptower/platform';
import type { IPublishPacket } from 'mqtt-packet';
import type { Incoming, Outgoing } from '../incoming.ts';
import { startHost } from './host.ts';
import { type ExternalBrokerOptions, filtersOfShard } from './options.ts';
import { type Subscriber, startSubscriber } from './subscriber.ts';

/** What is needed of whoever keeps the messages; the gateway has it. */
export interface ExternalBrokerPorts {
  accept(message: Incoming): Promise<void>;
  refused(reason: string, from: string, topic: string, detail: string, payload?: Buffer): void;
}

export interface ExternalBrokerParts {
  readonly log: Logger;
  readonly metrics: Metrics;
  /** ms since 1970, real time. */
  now(): number;
  /** Its name among Sparkplug's host applications. */
  readonly hostId?: string;
}

export interface ExternalBroker {
  /** Connections that are up: one a shard, and the one that speaks. */
  connections(): number;
  publish(message: Outgoing): Promise<void>;
  /** Finishes what was taken, acknowledges it, and leaves; the broker keeps the rest for us. */
  close(): Promise<void>;
}

/**
 * Another broker in place of the embedded one: Mosquitto, EMQX, NATS. It has its own devices, passwords and ACLs, which are
 * trusted. Messages are taken with QoS 1 in sessions that it keeps, and acknowledged to it when they are durable here.
 * Comes and goes with that broker: starting does not wait for it.
 */
export function startExternalBroker(
  options: ExternalBrokerOptions,
  ports: ExternalBrokerPorts,
  { log, metrics, now, hostId }: ExternalBrokerParts,
): ExternalBroker {
  const { name, maxInFlight, maxPayloadBytes } = options;
  const principal = { kind: 'broker', name } as const;
  const from = `broker:${name}`;
  const figures = makeFigures(metrics, () => ({ inFlight, connections: up.size }));
  const up = new Set<string>();
  const subscribers: Subscriber[] = [];
  let inFlight = 0;
  let held = false;

  const accept = async (packet: IPublishPacket): Promise<void> => {
    const { topic, retain, qos, dup } = packet;
    const payload = Buffer.isBuffer(packet.payload) ? packet.payload : Buffer.from(packet.payload);
    figures.messages.inc();
    if (dup) figures.redelivered.inc();
    if (payload.length > maxPayloadBytes)
      return ports.refused('too-large', from, topic, `${payload.length} bytes, at most ${maxPayloadBytes}`);
    inFlight += 1;
    try {
      await ports.accept({ principal, topic, payload, retain, qos });
    } catch (error) {
      log.error({ err: error, topic }, 'external-broker.not-stored');
      ports.refused('storage', from, topic, 'could not be stored');
      throw error;
    } finally {
      inFlight -= 1;
      if (held && inFlight <= maxInFlight / 2) {
        held = false;
        for (const subscriber of subscribers) subscriber.resume();
      }
    }
  };

  const hasRoom = () => {
    if (inFlight < maxInFlight) return !held;
    if (!held) figures.pauses.inc();
    held = true;
    return false;
  };

  const linkChanged = (clientId: string) => {
    let told = '';
    return (isUp: boolean, reason: string) => {
      if (isUp) up.add(clientId);
      else up.delete(clientId);
      if (isUp) log.info({ broker: name, clientId, reason }, 'external-broker.connected');
      // A broker that stays away is tried every few seconds: the same words once.
      else log[reason === told ? 'debug' : 'warn']({ broker: name, clientId, reason }, 'external-broker.disconnected');
      told = isUp ? '' : reason;
    };
  };

  const { host, port, tls, username, password, protocol } = options;
  const address = { host, port, tls, username, password, protocol };
  for (let shard = 0; shard < options.shards; shard += 1) {
    const clientId = `${options.clientId}-${shard}`;
    subscribers.push(
      startSubscriber({ ...address, clientId, receiveMaximum: maxInFlight }, filtersOfShard(options, shard), {
        accept,
        hasRoom,
        link: linkChanged(clientId),
        notGranted(filter, why) {
          log.error({ broker: name, filter, why }, 'external-broker.subscription-refused');
          ports.refused('subscription', from, filter, why);
        },
      }),
    );
  }
  const hostClientId = `${options.clientId}-host`;
  const hears = Promise.all(subscribers.map(({ subscribed }) => subscribed));
  const speaker = startHost(
    { link: { ...address, clientId: hostClientId }, now, hostId, hears },
    linkChanged(hostClientId),
  );

  return {
    connections: () => up.size,
    publish: (message) => speaker.publish(message),
    async close() {
      await speaker.close();
      await Promise.all(subscribers.map((subscriber) => subscriber.close()));
    },
  };
}

function makeFigures(metrics: Metrics, now: () => { inFlight: number; connections: number }) {
  const registers = [metrics];
  const counter = (name: string, help: string) =>
    new Counter({ name: `uptower_external_broker_${name}_total`, help, registers });
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name: `uptower_external_broker_${name}`,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  gauge('connections', 'Connections to the external broker that are up', () => now().connections);
  gauge('in_flight', 'Messages taken from the external broker and not yet durable', () => now().inFlight);
  return {
    messages: counter('messages', 'Messages the external broker sent, redelivered ones included'),
    redelivered: counter('redelivered', 'Messages the external broker marked as sent before'),
    pauses: counter('pauses', 'Times nothing more was read because too much was not yet durable'),
  };
}
