import type { Instant } from '@uptower/domain';
import type { Qos } from '../granted-qos.ts';
import { TopicTree } from '../topic-tree.ts';
import type { Disk } from './disk.ts';
import type { Row, RowOf } from './rows.ts';

/** A lasting session (`clean: false`): what outlives its connection. */
export interface Session {
  readonly clientId: string;
  /** Null while it is connected. */
  goneSince: Instant | null;
  readonly subscriptions: Map<string, Qos>;
  /** By the broker's counter, oldest first. */
  readonly queue: Map<number, RowOf<'queued'>>;
  readonly counterOf: Map<number, number>;
  bytes: number;
  /** Ids of QoS 2 messages not yet released. */
  readonly incoming: Set<number>;
  /** The packet id used last, so that a new connection does not use one that is still waited for. */
  lastMessageId: number;
}

export interface SessionLimits {
  readonly queuedMessages: number;
  readonly queuedBytes: number;
  readonly sessionExpiryMs: number;
}

/** The user name a client id begins with: `{user name}/{id the client chose}`. */
export const usernameOfClient = (clientId: string): string => clientId.slice(0, clientId.indexOf('/'));

/** All lasting sessions with their subscriptions and queues: in memory, each change also to disk. */
export class Sessions {
  readonly #sessions = new Map<string, Session>();
  readonly #ofUser = new Map<string, Set<string>>();
  /** Filters with the clients that want their messages kept, and the QoS of that. */
  readonly #filters = new TopicTree<Map<string, 1 | 2>>();
  #queued = 0;

  constructor(
    private readonly disk: () => Disk,
    private readonly limits: SessionLimits,
  ) {}

  get count(): number {
    return this.#sessions.size;
  }
  get queued(): number {
    return this.#queued;
  }

  get(clientId: string): Session | undefined {
    return this.#sessions.get(clientId);
  }

  /** The client is here; begins its session when it has none. */
  begin(clientId: string): Session {
    const session = this.#open(clientId);
    session.goneSince = null;
    this.disk().put({ kind: 'session', clientId, goneSince: null });
    return session;
  }

  gone(clientId: string, at: Instant): void {
    const session = this.#sessions.get(clientId);
    if (!session) return;
    session.goneSince = at;
    this.disk().put({ kind: 'session', clientId, goneSince: at });
  }

  #open(clientId: string): Session {
    let session = this.#sessions.get(clientId);
    if (session) return session;
    session = {
      clientId,
      goneSince: null,
      subscriptions: new Map(),
      queue: new Map(),
      counterOf: new Map(),
      bytes: 0,
      incoming: new Set(),
      lastMessageId: 0,
    };
    this.#sessions.set(clientId, session);
    const username = usernameOfClient(clientId);
    const ofUser = this.#ofUser.get(username) ?? new Set();
    this.#ofUser.set(username, ofUser.add(clientId));
    return session;
  }

  ofUser(username: string): Session[] {
    return [...(this.#ofUser.get(username) ?? [])].map((clientId) => this.#sessions.get(clientId) as Session);
  }

  subscribe(session: Session, filter: string, qos: Qos): void {
    this.#want(session, filter, qos);
    this.disk().put({ kind: 'subscription', clientId: session.clientId, filter, qos });
  }

  #want(session: Session, filter: string, qos: Qos): void {
    session.subscriptions.set(filter, qos);
    if (qos === 0) {
      this.#forget(filter, session.clientId);
      return;
    }
    const clients = this.#filters.get(filter) ?? new Map<string, 1 | 2>();
    this.#filters.set(filter, clients.set(session.clientId, qos));
  }

  unsubscribe(session: Session, filter: string): void {
    const qos = session.subscriptions.get(filter);
    if (qos === undefined) return;
    session.subscriptions.delete(filter);
    this.#forget(filter, session.clientId);
    this.disk().delete({ kind: 'subscription', clientId: session.clientId, filter, qos });
  }

  #forget(filter: string, clientId: string): void {
    const clients = this.#filters.get(filter);
    clients?.delete(clientId);
    if (clients?.size === 0) this.#filters.delete(filter);
  }

  /** What lasting sessions subscribed to. */
  *allFilters(): Iterable<string> {
    for (const { subscriptions } of this.#sessions.values()) yield* subscriptions.keys();
  }

  /** Clients that want a message of this topic kept for them, with the highest QoS they were granted for it. */
  wanting(topic: string): ReadonlyMap<string, 1 | 2> {
    const found = new Map<string, 1 | 2>();
    if (this.#filters.size === 0) return found;
    for (const clients of this.#filters.matchingTopic(topic))
      for (const [clientId, qos] of clients) if (qos > (found.get(clientId) ?? 0)) found.set(clientId, qos);
    return found;
  }

  /** False when the queue is full: the message is not kept. */
  enqueue(session: Session, row: RowOf<'queued'>): boolean {
    if (session.queue.size >= this.limits.queuedMessages) return false;
    if (session.bytes + row.payload.length > this.limits.queuedBytes) return false;
    this.#add(session, row);
    this.disk().put(row);
    return true;
  }

  #add(session: Session, row: RowOf<'queued'>): void {
    session.queue.set(row.counter, row);
    session.bytes += row.payload.length;
    this.#queued += 1;
    if (row.messageId !== null) this.#remember(session, row.counter, row.messageId);
  }

  #remember(session: Session, counter: number, messageId: number): void {
    session.counterOf.set(messageId, counter);
    session.lastMessageId = messageId;
  }

  /** The message was sent under this packet id. */
  sent(session: Session, counter: number, messageId: number): void {
    const row = session.queue.get(counter);
    if (!row || row.messageId === messageId) return;
    if (row.messageId !== null) session.counterOf.delete(row.messageId);
    const next = { ...row, messageId };
    session.queue.set(counter, next);
    this.#remember(session, counter, messageId);
    this.disk().put(next);
  }

  /** QoS 2: the client has the message; only its release is still to be confirmed. */
  received(session: Session, messageId: number): void {
    const counter = session.counterOf.get(messageId);
    const row = counter === undefined ? undefined : session.queue.get(counter);
    if (!row) return;
    session.bytes -= row.payload.length;
    const next = { ...row, cmd: 'pubrel' as const, payload: '' };
    session.queue.set(row.counter, next);
    this.disk().put(next);
  }

  /** The client acknowledged; undefined when nothing waits under that id. */
  done(session: Session, messageId: number): RowOf<'queued'> | undefined {
    const counter = session.counterOf.get(messageId);
    const row = counter === undefined ? undefined : session.queue.get(counter);
    if (!row) return undefined;
    this.#remove(session, row);
    return row;
  }

  #remove(session: Session, row: RowOf<'queued'>): void {
    session.queue.delete(row.counter);
    if (row.messageId !== null) session.counterOf.delete(row.messageId);
    session.bytes -= row.payload.length;
    this.#queued -= 1;
    this.disk().delete(row);
  }

  end(clientId: string): void {
    const session = this.#sessions.get(clientId);
    if (!session) return;
    for (const filter of [...session.subscriptions.keys()]) this.unsubscribe(session, filter);
    for (const row of [...session.queue.values()]) this.#remove(session, row);
    for (const messageId of session.incoming) this.disk().delete({ kind: 'incoming', clientId, messageId });
    this.#sessions.delete(clientId);
    const username = usernameOfClient(clientId);
    const ofUser = this.#ofUser.get(username);
    ofUser?.delete(clientId);
    if (ofUser?.size === 0) this.#ofUser.delete(username);
    this.disk().delete({ kind: 'session', clientId, goneSince: session.goneSince });
  }

  /** Ends sessions whose clients have been away for too long; says how many. */
  expire(now: Instant): number {
    const over = [...this.#sessions.values()].filter(
      ({ goneSince }) => goneSince !== null && now - goneSince >= this.limits.sessionExpiryMs,
    );
    for (const { clientId } of over) this.end(clientId);
    return over.length;
  }

  load(row: RowOf<'session' | 'subscription' | 'queued' | 'incoming'>): void {
    const session = this.#open(row.clientId);
    if (row.kind === 'session') session.goneSince = row.goneSince;
    else if (row.kind === 'incoming') session.incoming.add(row.messageId);
    else if (row.kind === 'queued') this.#add(session, row);
    else this.#want(session, row.filter, row.qos);
  }

  /** After a start nobody is here yet. */
  allGone(now: Instant): void {
    for (const session of this.#sessions.values()) session.goneSince ??= now;
  }

  *rows(): Iterable<Row> {
    for (const { clientId, goneSince, subscriptions, queue, incoming } of this.#sessions.values()) {
      yield { kind: 'session', clientId, goneSince };
      for (const [filter, qos] of subscriptions) yield { kind: 'subscription', clientId, filter, qos };
      for (const messageId of incoming) yield { kind: 'incoming', clientId, messageId };
      yield* queue.values();
    }
  }
}
