import { connect, createServer, type Server, type Socket } from 'node:net';
import { type IConnectPacket, parser as newParser, type Parser } from 'mqtt-packet';
import type { Acknowledged } from './generator.ts';

/** Between a broker and the gateway that subscribes there: passes every byte on, and knows what the gateway acknowledged. */
export interface Observer {
  readonly port: number;
  /** The reading numbers the gateway acknowledged, by device. */
  acknowledged(): Acknowledged;
  close(): void;
}

interface Message {
  readonly device: string;
  readonly number: number;
}

export async function observe(brokerPort: number): Promise<Observer> {
  const numbers = new Map<string, Set<number>>();
  const sockets = new Set<Socket>();
  const server: Server = createServer((gateway) => {
    const broker = connect({ host: '127.0.0.1', port: brokerPort, noDelay: true });
    /** What the broker delivered on this connection and is not acknowledged yet, by packet id. */
    const delivered = new Map<number, Message>();
    const fromGateway = newParser();
    let fromBroker: Parser | undefined;
    fromGateway.on('packet', (packet) => {
      if (packet.cmd === 'connect') fromBroker = listen(packet);
      if (packet.cmd !== 'puback') return;
      const message = delivered.get(packet.messageId as number);
      if (!message) return;
      delivered.delete(packet.messageId as number);
      const known = numbers.get(message.device) ?? new Set();
      numbers.set(message.device, known.add(message.number));
    });
    const listen = ({ protocolVersion }: IConnectPacket) => {
      const parser = newParser({ protocolVersion });
      parser.on('packet', (packet) => {
        if (packet.cmd !== 'publish' || packet.qos !== 1 || !packet.topic.endsWith('/telemetry')) return;
        const device = packet.topic.split('/')[3] as string;
        delivered.set(packet.messageId as number, { device, number: JSON.parse(String(packet.payload)).values.n });
      });
      return parser;
    };
    gateway.on('data', (bytes) => {
      fromGateway.parse(bytes);
      broker.write(bytes);
    });
    broker.on('data', (bytes) => {
      fromBroker?.parse(bytes);
      gateway.write(bytes);
    });
    for (const [socket, other] of [
      [gateway, broker],
      [broker, gateway],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return {
    port: (server.address() as { port: number }).port,
    acknowledged: () =>
      Object.fromEntries([...numbers].map(([device, known]) => [device, [...known].map((n) => [n, n] as const)])),
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
