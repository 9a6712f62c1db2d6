import { createServer, type Socket } from 'node:net';
import { type Principal, usernameOf } from '@uptower/domain';
import { type Logger, listenOnFreePort } from '@uptower/platform';
import { Aedes, type AuthenticateError, type Client, type PublishPacket } from 'aedes';
import { packetGuard } from './access/packet-guard.ts';
import { refusePublish, refuseSubscribe } from './access/topic-access.ts';
import { Refused, reasonOfError } from './connection-errors.ts';

import type { BrokerPorts, Outgoing } from './ports.ts';

export interface BrokerOptions {
  readonly host: string;
  readonly port: number;
  /** 256 KiB: 2,000 readings of a batch with ten values each fit. */
  readonly maxPayloadBytes?: number;
  readonly log: Logger;
}

export interface Broker {
  /** The port it listens on; another than wanted when that was taken. */
  readonly port: number;
  connections(): number;
  /** Sends a message of the server's own to whoever subscribes to its topic; resolves when it is on its way. */
  publish(message: Outgoing): Promise<void>;
  /** Closes every connection of a credential, for example after it was revoked. */
  disconnect(username: string): void;
  close(): Promise<void>;
}

const DEFAULT_MAX_PAYLOAD = 256 * 1024;
/** Topic, packet id and their lengths beside the payload. */
const HEADER_ROOM = 1024;
/** MQTT 3.1.1 return code: bad user name or password. */
const BAD_CREDENTIALS = 4;

/**
 * The embedded broker. Messages are taken in `authorizePublish` only: it is the one place that can delay the
 * acknowledgement, and a stuck subscriber cannot hold it up. `concurrency: 0` and `drainTimeout` keep
 * one slow reader from stopping delivery to the others.
 */
export async function createBroker(ports: BrokerPorts, options: BrokerOptions): Promise<Broker> {
  const { host, log, maxPayloadBytes = DEFAULT_MAX_PAYLOAD } = options;
  const principals = new WeakMap<Client, Principal>();
  /** Who passed the password check, also while the handshake goes on; those whose handshake is done. */
  const admitted = new Set<Client>();
  const ready = new Set<Client>();
  const addresses = new WeakMap<Socket, string>();
  let closing = false;

  const fromOf = (client: Client | null) => {
    const principal = client ? principals.get(client) : undefined;
    if (principal) return usernameOf(principal);
    return (client && addresses.get(client.conn as Socket)) ?? 'unknown';
  };

  const refuse = (client: Client | null, reason: string, topic: string, detail: string, payload?: Buffer) => {
    ports.refused(reason, fromOf(client), topic, detail, payload);
    return new Refused(`${reason}: ${detail}`);
  };

  const take = (client: Client | null, packet: PublishPacket, done: (error?: Error | null) => void) => {
    // A will that fires because this broker goes away says nothing about the device.
    if (closing) return done(new Refused('closing'));
    const principal = client ? principals.get(client) : undefined;
    if (!principal) return done(new Refused('nobody'));
    const { topic, retain, qos } = packet;
    const payload = Buffer.isBuffer(packet.payload) ? packet.payload : Buffer.from(packet.payload ?? '');
    const reason = refusePublish(principal, topic);
    if (reason) return done(refuse(client, reason, topic, `${usernameOf(principal)} may not publish there`, payload));
    if (payload.length > maxPayloadBytes)
      return done(refuse(client, 'too-large', topic, `${payload.length} bytes, at most ${maxPayloadBytes}`));
    const stored = ports.accept({ principal, topic, payload, retain, qos });
    const failed = (error: unknown) => {
      log.error({ err: error, topic }, 'broker.not-stored');
      return refuse(client, 'storage', topic, 'could not be stored');
    };
    if (qos === 0) {
      done(); // nothing waits for an acknowledgement
      stored.catch(failed);
      return;
    }
    stored.then(
      () => done(),
      (error) => done(failed(error)), // aedes closes the connection on an error: no ack, the device sends again
    );
  };

  const aedes = await Aedes.createBroker({
    concurrency: 0,
    drainTimeout: 5000,
    maxClientsIdLength: 128,
    async authenticate(client, username, password, done) {
      const principal = await ports.authenticate(username, password);
      if (!principal) {
        const from = (client.conn as Socket).remoteAddress ?? 'unknown';
        ports.refused('bad-credentials', username?.slice(0, 128) ?? from, '', `from ${from}`);
        const error = Object.assign(new Refused('bad user name or password'), { returnCode: BAD_CREDENTIALS });
        return done(error as AuthenticateError, false);
      }
      principals.set(client, principal);
      admitted.add(client);
      client.conn.once('close', () => admitted.delete(client));
      // Client ids are a name space of their own credential: nobody can take over another's session by guessing its id.
      Object.assign(client, { id: `${usernameOf(principal)}/${client.id}` });
      done(null, true);
    },
    authorizePublish: take,
    authorizeSubscribe(client, subscription, done) {
      const principal = principals.get(client);
      if (!principal || refuseSubscribe(principal, subscription.topic)) {
        refuse(client, 'foreign-topic', subscription.topic, 'may not subscribe there');
        return done(null, null); // SUBACK 0x80 for this filter only
      }
      done(null, subscription);
    },
  });

  aedes.on('clientReady', (client) => {
    const principal = principals.get(client);
    if (!principal || client.closed || ready.has(client)) return;
    ready.add(client);
    ports.connected(principal);
  });
  aedes.on('clientDisconnect', (client) => {
    const principal = principals.get(client);
    if (ready.delete(client) && principal && !closing) ports.disconnected(principal);
  });
  const onError = (client: Client, error: Error) => {
    const reason = closing ? null : reasonOfError(error);
    if (reason) refuse(client, reason, '', error.message.slice(0, 200));
  };
  aedes.on('clientError', onError);
  aedes.on('connectionError', onError);

  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    // Once closed, a socket no longer knows whose it was.
    addresses.set(socket, socket.remoteAddress ?? 'unknown');
    socket.once('close', () => sockets.delete(socket));
    const client = guarded(socket, maxPayloadBytes + HEADER_ROOM, (reason, detail) =>
      refuse(client, reason, '', detail),
    );
    if (closing) socket.destroy();
  });

  /** Puts the guard between socket and parser by wrapping `read`, the one call through which aedes gets bytes. */
  function guarded(socket: Socket, maxPacketBytes: number, refused: (reason: string, detail: string) => void): Client {
    const check = packetGuard(maxPacketBytes);
    const read = socket.read.bind(socket);
    socket.read = (size?: number) => {
      const chunk: Buffer | null = read(size);
      if (!chunk) return null;
      const verdict = check(chunk);
      if (verdict.ok) return chunk;
      refused(verdict.reason, verdict.reason === 'too-large' ? `a packet of ${verdict.bytes} bytes` : 'bad length');
      socket.destroy();
      return null;
    };
    return aedes.handle(socket);
  }

  const port = await listenOnFreePort(server, host, options.port).catch(async (error) => {
    await new Promise<void>((resolve) => aedes.close(() => resolve()));
    throw error;
  });
  if (port !== options.port && options.port !== 0) log.warn({ wanted: options.port, port }, 'broker.port-taken');

  return {
    port,
    connections: () => ready.size,
    publish: ({ topic, payload, qos, retain }) =>
      new Promise((resolve, reject) => {
        aedes.publish({ cmd: 'publish', topic, payload, qos, retain, dup: false }, (error) =>
          error ? reject(error) : resolve(),
        );
      }),
    disconnect(username) {
      for (const client of admitted) {
        const principal = principals.get(client);
        if (principal && usernameOf(principal) === username) client.close();
      }
    },
    async close() {
      if (closing) return;
      closing = true;
      const stopped = new Promise<void>((resolve) => server.close(() => resolve()));
      await new Promise<void>((resolve) => aedes.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await stopped;
    },
  };
}
