import { createServer as createHttpServer, type Server as HttpServer, type IncomingMessage } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { listenOnFreePort } from '@uptower/platform';
import { createWebSocketStream, WebSocketServer } from 'ws';
import { reasonOfError } from '../connection-errors.ts';
import type { BrokerOptions, TlsMaterial } from '../options.ts';
import type { Origin } from '../ports.ts';

export const TRANSPORTS = ['tcp', 'tls', 'ws', 'wss'] as const;
export type Transport = (typeof TRANSPORTS)[number];

export interface Connection {
  readonly stream: Duplex;
  readonly transport: Transport;
  readonly origin: Origin;
}

export interface ListenerEvents {
  connection(connection: Connection): void;
  /** Before there was an MQTT connection: a bad certificate, a bad upgrade. */
  refused(reason: 'bad-certificate' | 'malformed-packet', address: string, detail: string): void;
}

export interface Listeners {
  /** The ports listened on; null where nothing is. */
  readonly ports: {
    readonly tcp: number;
    readonly tls: number | null;
    readonly ws: number | null;
    readonly wss: number | null;
  };
  /** Takes over a WebSocket upgrade to `/mqtt` that came in elsewhere. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Ends the connections that came in elsewhere. */
  endGuests(): void;
  /** Resolves when no port is open and no socket left. */
  close(): Promise<void>;
}

export const WEBSOCKET_PATH = '/mqtt';
/** [MQTT-6.0.0-3]; `mqttv3.1` is what clients of the older version ask for. */
const PROTOCOLS = ['mqtt', 'mqttv3.1'];

type Options = Pick<BrokerOptions, 'host' | 'port' | 'tlsPort' | 'wsPort' | 'wssPort' | 'tls'> & {
  readonly maxPacketBytes: number;
  readonly handshakeTimeoutMs: number;
};

/** Opens the ports and turns what arrives on each into one kind of connection. */
export async function listen(options: Options, events: ListenerEvents): Promise<Listeners> {
  const { host, tls, maxPacketBytes, handshakeTimeoutMs } = options;
  const sockets = new Set<Duplex>();
  const guests = new Set<Duplex>();
  const servers: Server[] = [];
  // One for all, not one each.
  function letGo(this: Duplex) {
    sockets.delete(this);
  }
  const hold = (socket: Duplex) => {
    if (sockets.has(socket)) return;
    sockets.add(socket);
    socket.on('close', letGo);
  };
  const addressOf = (socket: Duplex) => (socket as Socket).remoteAddress ?? 'unknown';

  const upgrades = new WebSocketServer({
    noServer: true,
    // One MQTT packet may come in many frames, and many packets in one.
    maxPayload: Math.max(maxPacketBytes, 1024 * 1024),
    perMessageDeflate: false,
    handleProtocols: (offered) => PROTOCOLS.find((name) => offered.has(name)) ?? false,
  });
  upgrades.on('wsClientError', (error, socket, request) => {
    events.refused('malformed-packet', addressOf(request.socket), error.message);
    socket.destroy();
  });
  const handleUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    hold(socket);
    socket.on('error', () => undefined);
    if (request.url?.split('?')[0] !== WEBSOCKET_PATH)
      return void socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n');
    const origin = originOf(request.socket);
    if (!origin.ok) return refuseCertificate(socket, addressOf(request.socket), origin.problem);
    upgrades.handleUpgrade(request, socket, head, (webSocket) => {
      // [MQTT-6.0.0-1]: binary frames only.
      webSocket.on('message', (_data, isBinary) => {
        if (!isBinary) webSocket.close(1003, 'binary frames only');
      });
      const stream = createWebSocketStream(webSocket);
      hold(stream);
      const transport = (request.socket as Partial<TLSSocket>).encrypted ? 'wss' : 'ws';
      events.connection({ stream, transport, origin: origin.value });
    });
  };
  const refuseCertificate = (socket: Duplex, address: string, problem: string) => {
    events.refused('bad-certificate', address, problem);
    socket.destroy();
  };

  const tcpServer = createTcpServer({ noDelay: true }, (socket) => {
    hold(socket);
    events.connection({ stream: socket, transport: 'tcp', origin: { address: addressOf(socket) } });
  });

  const tlsServer = (material: TlsMaterial) => {
    const server = createTlsServer({ ...secureOptions(material, handshakeTimeoutMs), noDelay: true }, (socket) => {
      const origin = originOf(socket);
      if (!origin.ok) return refuseCertificate(socket, addressOf(socket), origin.problem);
      events.connection({ stream: socket, transport: 'tls', origin: origin.value });
    });
    return server.on('connection', hold).on('tlsClientError', (error, socket) => {
      if (reasonOfError(error)) events.refused('malformed-packet', addressOf(socket), `TLS: ${error.message}`);
    });
  };

  const web = (server: HttpServer) => {
    // Half-open and slow requests end as a missing CONNECT does.
    server.headersTimeout = handshakeTimeoutMs;
    server.requestTimeout = handshakeTimeoutMs;
    server.on('request', (_request, response) => void response.writeHead(426, { upgrade: 'websocket' }).end());
    return server.on('connection', hold).on('upgrade', handleUpgrade);
  };

  const open = async (server: Server, port: number) => {
    servers.push(server);
    return listenOnFreePort(server, host, port);
  };
  const close = async () => {
    const stopped = servers
      .filter((server) => server.listening)
      .map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
    for (const socket of sockets) socket.destroy();
    await Promise.all(stopped);
  };

  try {
    const { port, tlsPort, wsPort, wssPort } = options;
    const ports = {
      tcp: await open(tcpServer, port),
      tls: tls && tlsPort !== undefined ? await open(tlsServer(tls), tlsPort) : null,
      ws: wsPort === undefined ? null : await open(web(createHttpServer()), wsPort),
      wss:
        tls && wssPort !== undefined
          ? await open(web(createHttpsServer(secureOptions(tls, handshakeTimeoutMs))), wssPort)
          : null,
    };
    return {
      ports,
      handleUpgrade(request, socket, head) {
        guests.add(socket);
        socket.once('close', () => guests.delete(socket));
        handleUpgrade(request, socket, head);
      },
      endGuests() {
        for (const socket of guests) socket.destroy();
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A certificate is asked for when there is an authority for them, and checked after the handshake: passwords do without. */
const secureOptions = ({ cert, key, ca }: TlsMaterial, handshakeTimeout: number) => ({
  cert,
  key,
  minVersion: 'TLSv1.2' as const,
  handshakeTimeout,
  ...(ca === undefined ? {} : { ca, requestCert: true, rejectUnauthorized: false }),
});

type OriginResult = { readonly ok: true; readonly value: Origin } | { readonly ok: false; readonly problem: string };

/** Where a socket comes from; a problem when it shows a certificate that is not good. */
function originOf(socket: Socket): OriginResult {
  const address = socket.remoteAddress ?? 'unknown';
  const secure = socket as Partial<TLSSocket>;
  const shown = secure.getPeerCertificate?.();
  if (!shown?.fingerprint256) return { ok: true, value: { address } };
  const commonName = (shown.subject?.CN as string | string[] | undefined) ?? null;
  if (!secure.authorized)
    return { ok: false, problem: `${String(secure.authorizationError)} (${String(commonName).slice(0, 100)})` };
  const fingerprint = shown.fingerprint256.replaceAll(':', '').toLowerCase();
  const certificate = { fingerprint, commonName: typeof commonName === 'string' ? commonName : null };
  return { ok: true, value: { address, certificate } };
}
