import { type Instant, parseSparkplugTopic } from '@uptower/domain';
import { type Birth, beginSession, endSession, newSession, type Session } from './session.ts';

/** What one sender may have us remember: a device has one node in it, a site a building full, a broker a fleet. */
interface Allowance {
  readonly nodes: number;
  /** Metrics of all its births together. */
  readonly metrics: number;
}

const ALLOWANCES: Readonly<Record<'device' | 'site' | 'broker', Allowance>> = {
  device: { nodes: 4, metrics: 20_000 },
  site: { nodes: 1_000, metrics: 200_000 },
  broker: { nodes: 20_000, metrics: 2_000_000 },
};

/** JSON-serialisable: maps are lists of pairs. */
export type StoredSession = Omit<Session, 'births'> & {
  readonly births: readonly {
    readonly device: string;
    readonly at: Instant;
    readonly types: readonly [string, number | null][];
    readonly names: readonly [number, string][];
    readonly units: readonly [string, string][];
  }[];
};

interface Sender {
  readonly nodes: Map<string, Session>;
  /** Metrics of all births of all its nodes. */
  metrics: number;
}

/** The sessions of all edge nodes, by who sends and what the node is called: a sender cannot touch another's. */
export class SparkplugSessions {
  private readonly senders = new Map<string, Sender>();

  find(from: string, group: string, node: string): Session | undefined {
    return this.senders.get(from)?.nodes.get(`${group}/${node}`);
  }

  /** The session of this node; a new one when there is none; undefined when the sender has too many. */
  of(from: string, group: string, node: string): Session | undefined {
    const sender = this.sender(from);
    const key = `${group}/${node}`;
    const known = sender.nodes.get(key);
    if (known) return known;
    if (sender.nodes.size >= allowanceOf(from).nodes && !forgetOffline(sender)) return undefined;
    const session = newSession(from, group, node);
    sender.nodes.set(key, session);
    return session;
  }

  /** Remembers a birth in place of an earlier one; false when the sender has named too many metrics. */
  bear(session: Session, device: string, birth: Birth): boolean {
    const sender = this.sender(session.from);
    this.bury(session, device);
    if (sender.metrics + birth.types.size > allowanceOf(session.from).metrics) return false;
    sender.metrics += birth.types.size;
    session.births.set(device, birth);
    return true;
  }

  bury(session: Session, device: string): void {
    this.sender(session.from).metrics -= session.births.get(device)?.types.size ?? 0;
    session.births.delete(device);
  }

  /** The node is born: everything before is over; its metrics and devices are to be named anew. */
  begin(session: Session, bdSeq: number | null, seq: number | null): void {
    this.buryAll(session);
    beginSession(session, bdSeq, seq);
  }

  /** The node is dead: what it called things is forgotten with it, its next birth may name them otherwise. */
  end(session: Session): void {
    this.buryAll(session);
    endSession(session);
  }

  private buryAll(session: Session): void {
    for (const device of [...session.births.keys()]) this.bury(session, device);
  }

  *all(): Iterable<Session> {
    for (const { nodes } of this.senders.values()) yield* nodes.values();
  }

  restore(sessions: Iterable<StoredSession>): void {
    this.senders.clear();
    for (const { births, ...stored } of sessions) {
      const session = this.of(stored.from, stored.group, stored.node);
      if (!session) continue;
      Object.assign(session, stored);
      for (const { device, at, types, names, units } of births)
        this.bear(session, device, { at, types: new Map(types), names: new Map(names), units: new Map(units) });
    }
  }

  /** What of this was so already at that time: for reading a journal again whose earlier records are gone. */
  bornBefore(time: Instant): SparkplugSessions {
    const earlier = new SparkplugSessions();
    const known = [...this.all()].map(storedSession).filter(({ births }) => births.some(({ at }) => at < time));
    earlier.restore(known.map((session) => ({ ...session, births: session.births.filter(({ at }) => at < time) })));
    return earlier;
  }

  private sender(from: string): Sender {
    let sender = this.senders.get(from);
    if (!sender) {
      sender = { nodes: new Map(), metrics: 0 };
      this.senders.set(from, sender);
    }
    return sender;
  }
}

/** Plain data for a snapshot. */
export const storedSession = (session: Session): StoredSession => ({
  ...session,
  missing: [...session.missing],
  births: [...session.births].map(([device, { at, types, names, units }]) => ({
    device,
    at,
    types: [...types],
    names: [...names],
    units: [...units],
  })),
});

function allowanceOf(from: string): Allowance {
  if (from.startsWith('broker:')) return ALLOWANCES.broker;
  return from.startsWith('site_') ? ALLOWANCES.site : ALLOWANCES.device;
}

/** Makes room by forgetting a node that is offline, the earliest known first; false when all are there. */
function forgetOffline({ nodes }: Sender): boolean {
  for (const [key, session] of nodes)
    if (!session.online) {
      nodes.delete(key);
      return true;
    }
  return false;
}

/** The session that a message belongs to, if it is one of Sparkplug. */
export function sparkplugSessionOf(sessions: SparkplugSessions, topic: string, from: string): Session | undefined {
  if (!topic.startsWith('spBv1.0/')) return undefined;
  const parsed = parseSparkplugTopic(topic);
  return parsed && sessions.find(from, parsed.group, parsed.node);
}
