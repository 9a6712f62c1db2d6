import { Readable } from 'node:stream';
import type { Clock, Principal } from '@uptower/domain';
import type { Logger } from '@uptower/platform';
import type { Aedes, Client, PublishPacket, Subscription } from 'aedes';
import { deliveryQos, type Qos } from '../granted-qos.ts';
import { noDisk, openDisk } from './disk.ts';
import { Retained } from './retained.ts';
import type { Row, RowOf } from './rows.ts';
import { type SessionLimits, Sessions, usernameOfClient } from './sessions.ts';

export interface PersistenceOptions {
  /** Left out: in memory only. */
  readonly dir: string | undefined;
  readonly limits: SessionLimits & { readonly retainedMessages: number };
  readonly clock: Clock;
  readonly log: Logger;
  readonly principalOf: (client: Client) => Principal | undefined;
  /** Asked for each filter that is to be kept: aedes hands over refused ones too. */
  readonly mayKeep: (client: Client, filter: string) => boolean;
  /** A client that is away lost a message, because its queue is full. */
  readonly queueFull: (clientId: string, topic: string) => void;
  readonly isShared: (topic: string) => boolean;
}

type Id = { readonly id: string };
/** What aedes hands over and expects back; `messageId` and `brokerCounter` are its own additions. */
type Packet = PublishPacket & { brokerCounter: number; messageId: number };
export type Will = RowOf<'will'>;

/** Marks a message on a shared topic as meant for one client. */
export const addressed = (clientId: string): string => `to:${clientId}`;

const bytesOf = (payload: string | Buffer): Buffer => (Buffer.isBuffer(payload) ? payload : Buffer.from(payload ?? ''));

/**
 * aedes' persistence interface over `Sessions`, `Retained` and the wills. Nothing on the way of a message waits for the
 * disk: aedes drops a message towards a subscriber when a later one overtakes it, so a wait would lose messages.
 */
export async function openPersistence(options: PersistenceOptions) {
  const { dir, limits, clock, log, isShared } = options;
  let disk = noDisk;
  const sessions = new Sessions(() => disk, limits);
  const retained = new Retained(() => disk, limits.retainedMessages);
  const wills = new Map<string, Will>();
  /** QoS 2 ids of clients without a lasting session. */
  const passing = new Map<string, Set<number>>();
  /** While the broker stops, wills stay: they are published after the restart for those that do not come back. */
  let keepWills = false;
  let counter = 0;
  let nextCounter = () => counter;

  const everything = function* (): Iterable<Row> {
    yield* sessions.rows();
    yield* retained.rows();
    yield* wills.values();
  };
  if (dir !== undefined) {
    const opened = await openDisk(dir, clock, log, everything);
    for (const row of opened.rows) {
      if (row.kind === 'retained') retained.load(row);
      else if (row.kind === 'will') wills.set(row.clientId, row);
      else sessions.load(row);
      if (row.kind === 'queued') counter = Math.max(counter, row.counter);
    }
    sessions.allGone(clock.now());
    disk = opened.disk;
  }
  /** Wills of clients that were connected when the broker went away. */
  const left = new Map(wills);

  const queuedRow = (clientId: string, packet: Packet): RowOf<'queued'> => ({
    kind: 'queued',
    clientId,
    counter: packet.brokerCounter,
    cmd: 'publish',
    topic: packet.topic,
    qos: packet.qos,
    payload: bytesOf(packet.payload).toString('base64'),
    messageId: null,
  });
  /** `granted`: the QoS its subscriptions allow. */
  const enqueue = (clientId: string, packet: Packet, granted: Qos) => {
    const session = sessions.get(clientId);
    const qos = packet.qos < granted ? packet.qos : granted;
    if (session && !sessions.enqueue(session, { ...queuedRow(clientId, packet), qos }))
      options.queueFull(clientId, packet.topic);
  };
  const dropWill = (clientId: string) => {
    left.delete(clientId);
    const will = wills.get(clientId);
    if (!will) return;
    wills.delete(clientId);
    disk.delete(will);
  };
  const incomingOf = (client: Id) => sessions.get(client.id)?.incoming ?? passing.get(client.id);

  const interfaceForAedes = {
    /** Packets queued before the restart keep their numbers; new ones go on from there. */
    async setup(broker: Aedes) {
      Object.assign(broker, { counter });
      nextCounter = () => {
        const numbered = broker as unknown as { counter: number };
        numbered.counter += 1;
        return numbered.counter;
      };
    },

    async storeRetained(packet: Packet) {
      const kept = retained.store({ topic: packet.topic, qos: packet.qos, payload: bytesOf(packet.payload) });
      if (!kept) log.warn({ topic: packet.topic, most: limits.retainedMessages }, 'broker.retained-full');
    },
    createRetainedStreamCombi: (filters: readonly string[]) =>
      Readable.from(
        filters.flatMap((filter) => retained.matching(filter)).map((message) => ({ cmd: 'publish', ...message })),
      ),

    async addSubscriptions(client: Client, subscriptions: readonly Subscription[]) {
      const session = sessions.get(client.id) ?? sessions.begin(client.id);
      for (const { topic, qos } of subscriptions)
        if (session.subscriptions.get(topic) !== qos && options.mayKeep(client, topic))
          sessions.subscribe(session, topic, qos);
      await disk.flushed();
    },
    async removeSubscriptions(client: Id, filters: readonly string[]) {
      const session = sessions.get(client.id);
      if (session) for (const filter of filters) sessions.unsubscribe(session, filter);
      await disk.flushed();
    },
    /** Asked when a lasting session's client connects. */
    async subscriptionsByClient(client: Id) {
      const { subscriptions } = sessions.begin(client.id);
      return [...subscriptions].map(([topic, qos]) => ({ topic, qos }));
    },
    /** Asked when a client without a lasting session connects: it ends the one it had. */
    async cleanSubscriptions(client: Id) {
      sessions.end(client.id);
    },
    subscriptionsByTopic: async (topic: string) =>
      isShared(topic) ? [] : [...sessions.wanting(topic)].map(([clientId, qos]) => ({ clientId, topic, qos })),

    /** A message to one client alone. */
    async outgoingEnqueue({ clientId }: { clientId: string }, packet: Packet) {
      const filters = sessions.get(clientId)?.subscriptions;
      const qos = filters && deliveryQos(filters, packet.topic, packet.qos);
      if (qos) enqueue(clientId, packet, qos);
    },
    async outgoingEnqueueCombi(subscriptions: readonly { clientId: string; qos: Qos }[], packet: Packet) {
      for (const { clientId, qos } of subscriptions) enqueue(clientId, packet, qos);
    },
    async outgoingUpdate(client: Id, packet: { cmd?: string; brokerCounter?: number; messageId: number }) {
      const session = sessions.get(client.id);
      if (!session) return;
      if (packet.cmd === 'pubrel' && !session.queue.has(packet.brokerCounter ?? -1))
        sessions.received(session, packet.messageId);
      else if (packet.brokerCounter !== undefined) sessions.sent(session, packet.brokerCounter, packet.messageId);
    },
    async outgoingClearMessageId(client: Id, packet: { messageId: number }) {
      const session = sessions.get(client.id);
      const row = session && sessions.done(session, packet.messageId);
      return row && { topic: row.topic, qos: row.qos, messageId: packet.messageId };
    },
    /** For `pipeline` of node:stream, which takes an array too; a stream for every connect costs. */
    outgoingStream(client: Client) {
      const session = sessions.get(client.id);
      if (!session) return [];
      // aedes begins at a random id, which may be one this session still waits for.
      if (session.lastMessageId > 0) Object.assign(client, { _nextId: (session.lastMessageId % 65_535) + 1 });
      return [...session.queue.values()].map((row) => ({
        cmd: row.cmd,
        brokerCounter: row.counter,
        topic: row.topic,
        qos: row.qos,
        payload: Buffer.from(row.payload, 'base64'),
        // Sent before: the same id again, marked as a repetition [MQTT-4.4.0-1, MQTT-3.3.1-1].
        dup: row.messageId !== null && row.cmd === 'publish',
        ...(row.messageId === null ? {} : { messageId: row.messageId }),
        ...(isShared(row.topic) ? { clientId: addressed(client.id) } : {}),
      }));
    },

    async incomingStorePacket(client: Client, packet: { messageId: number }) {
      const session = sessions.get(client.id);
      if (session) {
        session.incoming.add(packet.messageId);
        disk.put({ kind: 'incoming', clientId: client.id, messageId: packet.messageId });
        await disk.flushed();
        return;
      }
      const ids = passing.get(client.id) ?? new Set();
      passing.set(client.id, ids.add(packet.messageId));
    },
    async incomingGetPacket(client: Id, packet: { messageId: number }) {
      if (!incomingOf(client)?.has(packet.messageId)) throw new Error('no such packet');
      return packet;
    },
    async incomingDelPacket(client: Id, packet: { messageId: number }) {
      incomingOf(client)?.delete(packet.messageId);
      if (sessions.get(client.id)) disk.delete({ kind: 'incoming', clientId: client.id, messageId: packet.messageId });
    },
    async cleanIncoming(client: Id) {
      passing.delete(client.id);
    },

    async putWill(client: Client, packet: PublishPacket) {
      const principal = options.principalOf(client);
      if (!principal) return;
      const { topic, qos, retain } = packet;
      const payload = bytesOf(packet.payload).toString('base64');
      const will: Will = { kind: 'will', clientId: client.id, principal, topic, qos, retain, payload };
      wills.set(client.id, will);
      disk.put(will);
      await disk.flushed();
    },
    async delWill(client: Id) {
      if (!keepWills) dropWill(client.id);
    },
    /** aedes' own way for the wills of dead brokers, which never comes to this broker's own: see lost-wills.ts. */
    streamWill: () => Readable.from([]),
  };

  return {
    interfaceForAedes,
    sessions,
    figures: () => ({ sessions: sessions.count, queued: sessions.queued, retained: retained.count }),
    left,
    /** Removes a will that was published, or whose credential is gone. */
    dropWill,
    /** Everything of a credential that was revoked. */
    forget(username: string) {
      for (const { clientId } of sessions.ofUser(username)) sessions.end(clientId);
      for (const clientId of [...wills.keys()]) if (usernameOfClient(clientId) === username) dropWill(clientId);
    },
    flushed: () => disk.flushed(),
    /** Keeps a message for the sessions of one credential whose clients are away and want it. */
    keepForAbsent(username: string, packet: PublishPacket) {
      for (const { clientId, goneSince, subscriptions } of sessions.ofUser(username)) {
        const qos = goneSince === null ? null : deliveryQos(subscriptions, packet.topic, packet.qos);
        if (qos) enqueue(clientId, { ...packet, brokerCounter: nextCounter(), messageId: 0 }, qos);
      }
    },
    stopping() {
      keepWills = true;
    },
    close: () => disk.close(),
  };
}
export type Persistence = Awaited<ReturnType<typeof openPersistence>>;
