import { connect, type Socket } from 'node:net';
import { type Principal, SiteId } from '@uptower/domain';
import { silentLogger } from '@uptower/platform';
import {
  generate,
  type IConnackPacket,
  type IConnectPacket,
  type IPublishPacket,
  type Packet,
  parser,
} from 'mqtt-packet';
import { expect, vi } from 'vitest';
import { type Broker, createBroker } from '../broker.ts';
import type { BrokerOptions } from '../options.ts';
import type { BrokerPorts, Incoming } from '../ports.ts';

/** The topics of the Eclipse Paho cases, moved below the subtree that a site's credential may use. */
export const SITE = 'uptower/v1/site_a';
export const TOPIC = {
  a: `${SITE}/dev_a/telemetry`,
  aB: `${SITE}/dev_a/events`,
  aC: `${SITE}/dev_a/state`,
  c: `${SITE}/dev_c/telemetry`,
} as const;
export const WILD = { aPlus: `${SITE}/dev_a/+`, aAll: `${SITE}/dev_a/#`, all: `${SITE}/+/+` } as const;
export const FOREIGN = 'uptower/v1/site_b/#';

const cleanups: (() => Promise<unknown> | unknown)[] = [];
export async function cleanUp(): Promise<void> {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
}

export interface Bench {
  readonly broker: Broker;
  readonly accepted: Incoming[];
  readonly refusals: string[];
}

/** The embedded broker, which lets in user `site_a` with password `secret` and takes everything. */
export async function startBench(more: Partial<BrokerPorts & BrokerOptions> = {}): Promise<Bench> {
  const accepted: Incoming[] = [];
  const refusals: string[] = [];
  const ports: BrokerPorts = {
    async authenticate(username, password): Promise<Principal | undefined> {
      return username === 'site_a' && password?.toString() === 'secret'
        ? { kind: 'site', siteId: SiteId.parse('site_a') }
        : undefined;
    },
    accept: async (message) => void accepted.push(message),
    async acceptAll(messages) {
      for (const message of messages) await ports.accept(message);
    },
    refused: (reason) => void refusals.push(reason),
    connected: () => undefined,
    disconnected: () => undefined,
    ...more,
  };
  const broker = await createBroker(ports, { host: '127.0.0.1', port: 0, log: silentLogger(), ...more });
  cleanups.push(() => broker.close());
  return { broker, accepted, refusals };
}

export const until = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 5 });

/** One raw connection: packets go out as they are written here, what comes in is kept in order. */
export class Wire {
  readonly received: Packet[] = [];
  private readonly socket: Socket;
  private over = false;
  private id = 0;

  private constructor(port: number) {
    this.socket = connect({ host: '127.0.0.1', port });
    this.socket.setNoDelay(true);
    const packets = parser({ protocolVersion: 4 });
    packets.on('packet', (packet) => this.received.push(packet));
    this.socket.on('data', (chunk: Buffer) => packets.parse(chunk));
    this.socket.on('error', () => undefined);
    this.socket.on('close', () => {
      this.over = true;
    });
    cleanups.push(() => this.socket.destroy());
  }

  static open = ({ broker }: Bench): Wire => new Wire(broker.port);

  /** Connected, with the CONNACK taken out of `received`. */
  static async connected(bench: Bench, clientId: string, more: Partial<IConnectPacket> = {}) {
    const wire = Wire.open(bench);
    const connack = await wire.connect(clientId, more);
    expect(connack.returnCode).toBe(0);
    return Object.assign(wire, { sessionPresent: connack.sessionPresent });
  }

  async connect(clientId: string, more: Partial<IConnectPacket> = {}): Promise<IConnackPacket> {
    this.send(connectPacket(clientId, more));
    return this.take('connack') as Promise<IConnackPacket>;
  }

  send(packet: Packet): void {
    this.socket.write(generate(packet, { protocolVersion: 4 }));
  }

  bytes(...bytes: number[]): void {
    this.socket.write(Buffer.from(bytes));
  }

  /** The next packet of this kind, taken out; others stay. */
  async take(cmd: Packet['cmd']): Promise<Packet> {
    await until(() => expect(this.received.map((packet) => packet.cmd)).toContain(cmd));
    return this.received.splice(
      this.received.findIndex((packet) => packet.cmd === cmd),
      1,
    )[0] as Packet;
  }

  async closed(): Promise<void> {
    await until(() => expect(this.over).toBe(true));
  }

  /** A round trip: whatever the broker had to say before has been said. */
  async settled(): Promise<void> {
    this.send({ cmd: 'pingreq' });
    await this.take('pingresp');
  }

  async subscribe(...filters: readonly (readonly [topic: string, qos: 0 | 1 | 2])[]): Promise<number[]> {
    this.id += 1;
    const subscriptions = filters.map(([topic, qos]) => ({ topic, qos }));
    this.send({ cmd: 'subscribe', messageId: this.id, subscriptions });
    const answer = await this.take('suback');
    expect(answer.messageId).toBe(this.id);
    return (answer as { granted: number[] }).granted;
  }

  async unsubscribe(...unsubscriptions: string[]): Promise<void> {
    this.id += 1;
    this.send({ cmd: 'unsubscribe', messageId: this.id, unsubscriptions });
    expect((await this.take('unsuback')).messageId).toBe(this.id);
  }

  /** The whole exchange of its QoS. */
  async publish(topic: string, payload: string, qos: 0 | 1 | 2 = 0, retain = false): Promise<void> {
    this.id += 1;
    const messageId = this.id;
    this.send({ cmd: 'publish', topic, payload, qos, retain, dup: false, messageId });
    if (qos === 1) expect((await this.take('puback')).messageId).toBe(messageId);
    if (qos === 2) {
      expect((await this.take('pubrec')).messageId).toBe(messageId);
      this.send({ cmd: 'pubrel', messageId });
      expect((await this.take('pubcomp')).messageId).toBe(messageId);
    }
    if (qos === 0) await this.settled();
  }

  /** Answers one message that came, as its QoS wants; the message. */
  async receive(): Promise<IPublishPacket> {
    const packet = (await this.take('publish')) as IPublishPacket;
    const messageId = packet.messageId as number;
    if (packet.qos === 1) this.send({ cmd: 'puback', messageId });
    if (packet.qos === 2) {
      this.send({ cmd: 'pubrec', messageId });
      expect((await this.take('pubrel')).messageId).toBe(messageId);
      this.send({ cmd: 'pubcomp', messageId });
    }
    return packet;
  }

  waiting(): string[] {
    return this.received.flatMap((packet) => (packet.cmd === 'publish' ? [packet.payload.toString()] : []));
  }

  async disconnect(): Promise<void> {
    this.send({ cmd: 'disconnect' });
    await this.closed();
  }

  /** The line is cut: no DISCONNECT. */
  cut(): void {
    this.socket.destroy();
  }
}

export const connectPacket = (clientId: string, more: Partial<IConnectPacket> = {}): IConnectPacket => ({
  cmd: 'connect',
  protocolId: 'MQTT',
  protocolVersion: 4,
  clientId,
  clean: true,
  keepalive: 60,
  username: 'site_a',
  password: Buffer.from('secret'),
  ...more,
});

/** A CONNECT as bytes, to be spoilt. */
export const connectBytes = (clientId: string, more: Partial<IConnectPacket> = {}): number[] => [
  ...generate(connectPacket(clientId, more), { protocolVersion: 4 }),
];
