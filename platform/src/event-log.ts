import type { Instant } from '@uptower/domain';

/** One event as it stands in the log. */
export interface StoredEvent<E> {
  /** 1, 2, 3 … over the whole log. */
  readonly position: number;
  readonly stream: string;
  /** 1, 2, 3 … inside its stream. */
  readonly version: number;
  /** When it was written (this system's clock). */
  readonly recordedAt: Instant;
  readonly actor: string;
  readonly event: E;
  /** SHA-256 over the previous hash and this row: changing any row breaks every later hash. */
  readonly hash: string;
}

export interface Append<E> {
  readonly stream: string;
  /** The stream's version the decision was made on; another one → VersionConflict and nothing is written. Left out: whatever it is. */
  readonly expectedVersion?: number;
  readonly events: readonly E[];
}

export interface AppendMeta {
  readonly at: Instant;
  /** Account or service: `acc_…`, `gateway`, `dispatch`. */
  readonly actor: string;
  /** How far this consumer has now read another stream of facts; moved in the same transaction. */
  readonly cursor?: { readonly consumer: string; readonly position: number };
}

export class VersionConflict extends Error {
  constructor(
    readonly stream: string,
    readonly expected: number,
    readonly actual: number,
  ) {
    super(`stream ${stream} is at version ${actual}, not ${expected}`);
  }
}

/** Append-only, hash-chained, the truth of the service process. What `append` resolved is on disk. */
export interface EventLog<E> {
  /** All or nothing, one transaction, in the order given. Listeners have been called when it resolves. */
  append(appends: readonly Append<E>[], meta: AppendMeta): Promise<readonly StoredEvent<E>[]>;
  /** Oldest first, `position > after`, at most `limit`. */
  read(after: number, limit: number): Promise<readonly StoredEvent<E>[]>;
  readStream(stream: string): Promise<readonly StoredEvent<E>[]>;
  /** Position of the last event; 0 when empty. */
  head(): number;
  cursor(consumer: string): Promise<number>;
  /** Called for every appended event after it is on disk, in log order. Returns the way to stop. */
  onAppended(listener: (stored: StoredEvent<E>) => void): () => void;
  /** A small blob a service wants back after a restart; replaced whole. */
  saveSnapshot(name: string, body: string): Promise<void>;
  loadSnapshot(name: string): Promise<string | null>;
  close(): Promise<void>;
}

/** Feeds a projection everything from the beginning, then everything new, without gap or overlap. */
export async function follow<E>(log: EventLog<E>, apply: (stored: StoredEvent<E>) => void): Promise<() => void> {
  let last = 0;
  const take = (stored: StoredEvent<E>) => {
    if (stored.position <= last) return;
    last = stored.position;
    apply(stored);
  };
  for (;;) {
    const batch = await log.read(last, 5_000);
    for (const stored of batch) take(stored);
    // `head` moves only inside append, which cannot interleave between this check and the subscription.
    if (last >= log.head()) return log.onAppended(take);
  }
}
