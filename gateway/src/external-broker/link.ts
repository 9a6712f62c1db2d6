import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import {
  generate,
  type IConnackPacket,
  type IConnectPacket,
  type IPublishPacket,
  type ISubackPacket,
  type Packet,
  parser,
} from 'mqtt-packet';
import type { Outgoing } from '../incoming.ts';
import type { BrokerAddress } from './options.ts';
import { connackReason, reasonOf } from './reasons.ts';

/** What one connection begins with, beside where it goes. */
export interface LinkOptions extends BrokerAddress {
  readonly clientId: string;
  /** False: the broker keeps subscriptions and unacknowledged messages while we are away. */
  readonly clean: boolean;
  /** MQTT 5: how many unacknowledged messages the broker may have under way to us. */
  readonly receiveMaximum?: number;
  readonly will?: Outgoing;
}

export interface LinkEvents {
  message(packet: IPublishPacket, link: Link): void;
  /** Once, whoever ended it. */
  closed(reason: string): void;
}

/** One MQTT connection; it does not come back by itself. */
export interface Link {
  readonly sessionPresent: boolean;
  /** The codes of the SUBACK, in the order of the filters. */
  subscribe(filters: readonly string[]): Promise<number[]>;
  /** Resolves with the PUBACK, at once for QoS 0. */
  publish(message: Outgoing): Promise<void>;
  acknowledge(messageId: number): void;
  /** Stops and goes on reading; TCP then holds the broker back. */
  pause(): void;
  resume(): void;
  /** Says goodbye: the broker sends no will. */
  end(): Promise<void>;
  destroy(reason: string): void;
}

const CONNECT_TIMEOUT_MS = 15_000;
const KEEP_ALIVE_SECONDS = 30;
/** How long the broker keeps our place (MQTT 5; MQTT 3.1.1 leaves it to the broker): longer than any repair of a server. */
const SESSION_EXPIRY_SECONDS = 30 * 24 * 3600;

/** Resolves when the broker has let us in; rejects with its reason in words. */
export function openLink(options: LinkOptions, events: LinkEvents): Promise<Link> {
  return new Promise((resolve, reject) => {
    const { host, port, protocol: protocolVersion } = options;
    const socket: Socket = options.tls
      ? connectTls({ host, port, ...(isIP(host) ? {} : { servername: host }), ...options.tls })
      : connectTcp({ host, port });
    socket.setNoDelay(true);
    const packets = parser({ protocolVersion });
    const waiting = new Map<number, { done(packet: Packet): void; failed(error: Error): void }>();
    let reason = 'the broker closed the connection';
    let open: Link | undefined;
    let leaving = false;
    let lastId = 0;
    let heard = true;
    let acks: number[] = [];

    const send = (packet: Packet) => socket.write(generate(packet, { protocolVersion }));
    const destroy = (why: string) => {
      if (!socket.destroyed) reason = why;
      socket.destroy();
    };
    /** A request with a packet id of its own; resolves with the answer. */
    const ask = <T extends Packet>(make: (messageId: number) => Packet) =>
      new Promise<T>((done, failed) => {
        if (socket.destroyed) return failed(new Error(reason));
        do lastId = (lastId % 0xffff) + 1;
        while (waiting.has(lastId));
        waiting.set(lastId, { done: (packet) => done(packet as T), failed });
        send(make(lastId));
      });
    /** Acknowledgements that became due in one turn leave in one write; a disk flush frees hundreds at once. */
    const flushAcks = () => {
      const bytes = Buffer.allocUnsafe(acks.length * 4);
      acks.forEach((id, index) => {
        bytes.writeUInt32BE(0x4002_0000 + id, index * 4); // PUBACK, length 2, packet id
      });
      acks = [];
      if (!socket.destroyed) socket.write(bytes);
    };

    const link = (sessionPresent: boolean): Link => ({
      sessionPresent,
      async subscribe(filters) {
        // MQTT 5, retain handling 1: retained messages come with a new subscription, not with every reconnect.
        const subscriptions = filters.map((topic) => ({
          topic,
          qos: 1 as const,
          ...(protocolVersion === 5 ? { rh: 1 } : {}),
        }));
        const answer = await ask<ISubackPacket>((messageId) => ({ cmd: 'subscribe', messageId, subscriptions }));
        return answer.granted as number[];
      },
      async publish({ topic, payload, qos, retain }) {
        const packet = { cmd: 'publish', topic, payload, qos, retain, dup: false } as const;
        if (qos === 0) send(packet);
        else {
          const answer = await ask((messageId) => ({ ...packet, messageId }));
          const code = 'reasonCode' in answer ? (answer.reasonCode ?? 0) : 0;
          if (code >= 0x80) throw new Error(`the broker refuses ${topic}: ${reasonOf(code)}`);
        }
      },
      acknowledge(messageId) {
        if (acks.length === 0) queueMicrotask(flushAcks);
        acks.push(messageId);
      },
      pause: () => void socket.pause(),
      resume: () => void socket.resume(),
      end: () =>
        new Promise((ended) => {
          if (socket.destroyed) return ended();
          reason = 'we said goodbye';
          socket.once('close', () => ended());
          if (acks.length > 0) flushAcks();
          send({ cmd: 'disconnect' });
          socket.end();
          leaving = true; // what still arrives is not acknowledged and comes again
          socket.resume();
          setTimeout(() => socket.destroy(), 2000).unref();
        }),
      destroy,
    });

    const onConnack = (packet: IConnackPacket) => {
      const code = packet.returnCode ?? packet.reasonCode ?? 0;
      if (code !== 0) return destroy(`the broker refuses the connection: ${connackReason(protocolVersion, code)}`);
      if (packet.properties?.maximumQoS === 0) return destroy('the broker offers QoS 0 only');
      clearTimeout(patience);
      open = link(packet.sessionPresent);
      resolve(open);
    };

    packets.on('packet', (packet) => {
      heard = true;
      if (socket.destroyed || leaving) return;
      switch (packet.cmd) {
        case 'publish':
          // What the broker kept for us may follow its CONNACK in the same chunk.
          return open ? events.message(packet, open) : destroy('the broker sent a message before it let us in');
        case 'connack':
          return onConnack(packet);
        case 'puback':
        case 'suback': {
          const request = waiting.get(packet.messageId ?? 0);
          waiting.delete(packet.messageId ?? 0);
          return request?.done(packet);
        }
        case 'disconnect':
          return destroy(`the broker ends the connection: ${reasonOf(packet.reasonCode ?? 0)}`);
      }
    });
    packets.on('error', (error: Error) => destroy(`the broker sent no MQTT: ${error.message}`));

    const patience = setTimeout(() => destroy(`no answer within ${CONNECT_TIMEOUT_MS / 1000} s`), CONNECT_TIMEOUT_MS);
    const pulse = setInterval(() => {
      if (!open) return;
      // While we do not read, silence is our own.
      if (!heard && !socket.isPaused()) return destroy(`nothing heard for ${KEEP_ALIVE_SECONDS} s`);
      heard = false;
      send({ cmd: 'pingreq' });
    }, KEEP_ALIVE_SECONDS * 1000);

    socket.on('data', (chunk: Buffer) => packets.parse(chunk));
    socket.on('error', (error) => {
      reason = error.message;
    });
    socket.on('close', () => {
      clearTimeout(patience);
      clearInterval(pulse);
      for (const { failed } of waiting.values()) failed(new Error(reason));
      waiting.clear();
      if (open) events.closed(reason);
      else reject(new Error(reason));
    });
    socket.once(options.tls ? 'secureConnect' : 'connect', () => send(connectPacket(options)));
  });
}

function connectPacket(options: LinkOptions): IConnectPacket {
  const { clientId, clean, protocol, receiveMaximum, will, username, password } = options;
  return {
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: protocol,
    clientId,
    clean,
    // Half as often as promised: a ping late by a busy moment is no reason to be put out.
    keepalive: KEEP_ALIVE_SECONDS * 2,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(will ? { will } : {}),
    ...(protocol === 5
      ? {
          properties: {
            sessionExpiryInterval: clean ? 0 : SESSION_EXPIRY_SECONDS,
            ...(receiveMaximum === undefined ? {} : { receiveMaximum: Math.min(receiveMaximum, 0xffff) }),
          },
        }
      : {}),
  };
}
