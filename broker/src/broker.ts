import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { isSharedTopic, usernameOf } from '@uptower/domain';
import { wallClock } from '@uptower/platform';
import { Aedes, type Client, type PublishPacket } from 'aedes';
import { Admission } from './access/admission.ts';
import { Clients, Voice } from './clients.ts';
import { Refused, reasonOfError } from './connection-errors.ts';
import { forgetConnect } from './connections/aedes-client.ts';
import { HEADER_ROOM, Line, type LineParts } from './connections/line.ts';
import { type Connection, listen } from './connections/listeners.ts';
import { Figures } from './figures.ts';
import { hearing } from './hearing.ts';
import { gathering } from './intake/gathering.ts';
import { HeardSites } from './intake/heard-sites.ts';
import { lostWills } from './lost-wills.ts';
import { allowanceOf, type BrokerOptions, DEFAULT_LIMITS, type Limits } from './options.ts';
import type { BrokerPorts, Outgoing, Refusal } from './ports.ts';
import { sending } from './sending.ts';
import { openPersistence } from './sessions/persistence.ts';
import { usernameOfClient } from './sessions/sessions.ts';
import { type Connect, signIn } from './sign-in.ts';
import { speaking } from './speaking.ts';

export interface Broker {
  /** The port of MQTT over TCP; another than wanted when that was taken. */
  readonly port: number;
  /** The other ports; null where nothing listens. */
  readonly ports: {
    readonly tcp: number;
    readonly tls: number | null;
    readonly ws: number | null;
    readonly wss: number | null;
  };
  connections(): number;
  /** Sends a message of the server's own; resolves when it is on its way or kept for who is away. */
  publish(message: Outgoing): Promise<void>;
  /** Closes every connection of a credential, for example after it was renewed. */
  disconnect(username: string): void;
  /** Closes every connection made with a client certificate (its SHA-256, lower-case hex). */
  disconnectCertificate(fingerprint: string): void;
  /** A credential was revoked: its connections, sessions, queued messages and wills end. */
  forget(username: string): void;
  /** Takes over a WebSocket upgrade to `/mqtt` of another web server. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Takes nothing in any more and ends what came through `handleUpgrade`, so that the other web server can close. */
  retire(): void;
  close(): Promise<void>;
}

const DEFAULT_MAX_PAYLOAD = 256 * 1024;
/** A subscriber that takes nothing for so long is ended. */
const DRAIN_TIMEOUT_MS = 5_000;
const RETURN_GRACE_MS = 30_000;
const FIGURES_EVERY_MS = 10_000;
const TIDY_EVERY_MS = 60_000;

/**
 * The embedded broker: aedes, between listeners that speak TCP, TLS and WebSocket, and rules of its own for who comes in,
 * speaks and hears. `concurrency: 0` and `drainTimeout` keep one slow reader from stopping delivery to the others.
 */
export async function createBroker(ports: BrokerPorts, options: BrokerOptions): Promise<Broker> {
  const { log, maxPayloadBytes = DEFAULT_MAX_PAYLOAD, clock = wallClock() } = options;
  const monotonicMs = options.monotonicMs ?? (() => performance.now());
  const limits: Limits = { ...DEFAULT_LIMITS, ...options.limits };
  const namesOf: NonNullable<BrokerPorts['namesOf']> = (principal) => ports.namesOf?.(principal) ?? [];
  const clients = new Clients();
  const admission = new Admission(limits, monotonicMs);
  const figures = new Figures();
  const lines = new WeakMap<Duplex, Line>();
  const lineOf = (client: Client) => lines.get(client.conn) as Line;
  const startedMs = monotonicMs();
  let open = 0;
  /** Nothing is taken in any more. */
  let closing = false;
  let closed = false;

  const refused = (reason: Refusal, from: string, topic: string, detail: string, payload?: Buffer) => {
    figures.refused(reason);
    ports.refused(reason, from, topic, detail, payload);
  };
  const refuse = (...refusal: Parameters<typeof refused>) => {
    refused(...refusal);
    return new Refused(`${refusal[0]}: ${refusal[3]}`);
  };

  const heardSites = new HeardSites();
  const hears = hearing({ namesOf, clients, figures, limits, heardSites, refused });
  const speaks = speaking({ ports, namesOf, clients, figures, maxPayloadBytes, log, refuse });
  const enters = signIn({
    ports,
    admission,
    log,
    refused: (reason, from, detail) => refused(reason, from, '', detail),
  });
  const persistence = await openPersistence({
    dir: options.sessionDir,
    limits,
    clock,
    log,
    principalOf: (client) => clients.of(client)?.principal,
    mayKeep: hears.mayKeep,
    queueFull: (clientId, topic) => refused('queue-full', usernameOfClient(clientId), topic, clientId.slice(0, 200)),
    isShared: isSharedTopic,
  });

  for (const filter of persistence.sessions.allFilters()) heardSites.note(filter);

  const aedes = await Aedes.createBroker({
    // Fixed, so that what was queued before a restart is still its own.
    id: 'uptower',
    concurrency: 0,
    drainTimeout: DRAIN_TIMEOUT_MS,
    connectTimeout: limits.connectTimeoutMs,
    maxClientsIdLength: 128,
    persistence: persistence.interfaceForAedes,
    preConnect(client, { keepalive, clean, clientId }, done) {
      const line = lineOf(client);
      line.keepAliveSeconds = keepalive ?? 0;
      line.connect = { clean: clean ?? true, clientId };
      done(null, true);
    },
    async authenticate(client, username, password, done) {
      const line = lineOf(client);
      const { origin } = line.connection;
      const result = await enters(client, line.connect as Connect, origin, username, password);
      line.connect = null;
      if (!result.ok) return done(result.error, false);
      const { principal, usage } = result;
      line.voice = new Voice(client, principal, usage, origin.certificate?.fingerprint ?? null);
      clients.add(line.voice);
      // Client ids are a name space of their own credential: nobody can take over another's session by guessing its id.
      Object.assign(client, { id: `${usernameOf(principal)}/${client.id}` });
      done(null, true);
    },
    authorizePublish(client, packet, done) {
      // A will that fires because this broker goes away says nothing about the device; it is kept for the next start.
      if (closing) return done(new Refused('closing'));
      speaks.authorizePublish(client, packet, done);
    },
    authorizeSubscribe: hears.authorizeSubscribe,
    authorizeForward: hears.authorizeForward,
  });
  letNobodyWaitForSubscribers(aedes);

  aedes.on('connackSent', (_packet, client) => {
    const voice = clients.of(client);
    if (voice) voice.greeted = true;
  });
  aedes.on('clientReady', (client) => {
    forgetConnect(client);
    const { voice, connection } = lineOf(client);
    if (!voice || client.closed || voice.ready) return;
    voice.ready = true;
    figures.opened(connection.transport);
    if (!client.clean) beginSession(voice);
    ports.connected(voice.principal);
  });
  aedes.on('clientDisconnect', (client) => {
    if (!client.clean) persistence.sessions.gone(client.id, clock.now());
    const { voice, connection } = lineOf(client);
    if (!voice?.ready) return;
    voice.ready = false;
    figures.closed(connection.transport);
    if (!closing) ports.disconnected(voice.principal);
  });
  aedes.on('unsubscribe', (filters, client) => hears.unsubscribed(client, filters));
  const ended = new WeakSet<Client>();
  const onError = (client: Client, error: Error) => {
    // aedes tells the end of a slow reader once for each message it had not taken.
    if (closing || ended.has(client)) return;
    ended.add(client);
    const reason = reasonOfError(error);
    if (reason) refused(reason, lineOf(client).from(), '', error.message.slice(0, 200));
  };
  aedes.on('clientError', onError);
  aedes.on('connectionError', onError);
  (aedes as NodeJS.EventEmitter).on('error', (error) => log.error({ err: error }, 'broker.internal'));

  /** The session of a client that is here; the one away the longest ends when the credential has too many. */
  function beginSession({ client, principal }: Voice): void {
    persistence.sessions.begin(client.id);
    const all = persistence.sessions.ofUser(usernameOf(principal));
    if (all.length <= allowanceOf(limits, principal).sessions) return;
    const away = all.filter(({ goneSince }) => goneSince !== null);
    const oldest = away.sort((a, b) => (a.goneSince as number) - (b.goneSince as number))[0];
    if (oldest) persistence.sessions.end(oldest.clientId);
  }

  const lineParts: LineParts = {
    clients,
    admission,
    figures,
    heardSites,
    maxPayloadBytes,
    monotonicMs,
    isClosing: () => closing,
    gathering: gathering(speaks.takeAll),
    refused: (reason, from, detail) => refused(reason, from, '', detail),
  };
  function arrived(connection: Connection): void {
    const { stream, origin } = connection;
    if (closing) return void stream.destroy();
    if (open >= limits.connections) {
      refused('too-many-connections', origin.address, '', `at most ${limits.connections} in all`);
      return void stream.destroy();
    }
    open += 1;
    const line = new Line(lineParts, connection, (conn) => aedes.handle(conn as Parameters<Aedes['handle']>[0]));
    lines.set(stream, line);
    stream.on('close', () => {
      open -= 1;
      line.closed();
    });
  }

  const listeners = await listen(
    {
      ...options,
      maxPacketBytes: maxPayloadBytes + HEADER_ROOM,
      handshakeTimeoutMs: limits.connectTimeoutMs,
    },
    {
      connection: arrived,
      refused: (reason, address, detail) => refused(reason, address, '', detail.slice(0, 200)),
    },
  ).catch(async (error) => {
    await new Promise<void>((resolve) => aedes.close(() => resolve()));
    await persistence.close();
    throw error;
  });
  const { tcp } = listeners.ports;
  if (tcp !== options.port && options.port !== 0) log.warn({ wanted: options.port, port: tcp }, 'broker.port-taken');

  const send = sending(aedes, clients, persistence);
  const wills = lostWills(persistence, {
    take: (principal, packet) => speaks.takeFrom(principal, packet, false),
    publish: send.toAll,
    log,
  });
  let publishingWills = Promise.resolve();
  const tellFigures = () => {
    for (const [topic, value] of figures.topics(persistence.figures(), (monotonicMs() - startedMs) / 1000))
      void send.toAll({ topic: `$SYS/broker/${topic}`, payload: Buffer.from(String(value)), qos: 0, retain: true });
  };
  tellFigures();
  if (options.metrics) figures.expose(options.metrics, persistence.figures);
  const timers = [
    clock.at(clock.now() + (options.returnGraceMs ?? RETURN_GRACE_MS), () => {
      publishingWills = wills.publish();
    }),
    clock.every(FIGURES_EVERY_MS, tellFigures),
    clock.every(TIDY_EVERY_MS, () => {
      admission.tidy();
      figures.expired += persistence.sessions.expire(clock.now());
    }),
  ];
  const retire = () => {
    closing = true;
    persistence.stopping();
    listeners.endGuests();
  };
  const end = (voices: Iterable<Voice>) => {
    for (const { client } of [...voices]) {
      // Whoever is put out says nothing more, not by a will either.
      Object.assign(client, { will: null });
      persistence.dropWill(client.id);
      client.close();
    }
  };

  return {
    port: tcp,
    ports: listeners.ports,
    connections: () => figures.connected(),
    publish: (message) => (message.to === undefined ? send.toAll(message) : send.toOne(message, message.to)),
    disconnect: (username) => end(clients.ofUser(username)),
    disconnectCertificate: (fingerprint) =>
      end([...clients.all()].filter(({ certificate }) => certificate === fingerprint)),
    forget(username) {
      end(clients.ofUser(username));
      persistence.forget(username);
    },
    handleUpgrade: listeners.handleUpgrade,
    retire,
    async close() {
      if (closed) return;
      closed = true;
      retire();
      for (const stop of timers) stop();
      await publishingWills;
      await new Promise<void>((resolve) => aedes.close(() => resolve()));
      await listeners.close();
      await persistence.close();
    },
  };
}

/**
 * aedes reads on from a publisher when all subscribers have taken its message. Here it reads on at once: what a slow
 * reader has not taken is bounded for each of them (`hearing.ts`).
 */
function letNobodyWaitForSubscribers(aedes: Aedes): void {
  const { mq } = aedes as unknown as { mq: { emit(packet: PublishPacket, done?: () => void): unknown } };
  const emit = mq.emit.bind(mq);
  mq.emit = (packet, done) => {
    emit(packet, () => undefined);
    done?.();
    return mq;
  };
}
