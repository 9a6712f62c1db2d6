import type { Fleet } from './fleet.ts';

/** What a generator process is asked to do. */
export interface Load {
  readonly port: number;
  readonly fleet: Fleet;
  readonly connections: number;
  readonly messages: number;
  /** Unacknowledged messages a connection may have: 1 as simple firmware, 20 as a gateway. */
  readonly inFlight: number;
  /** Messages a second over all connections; as fast as acknowledgements come when left out. */
  readonly rate?: number;
  /** Sequence numbers begin here, so that no round repeats another's. */
  readonly firstSeq: number;
}

export interface LoadResult {
  readonly acknowledged: number;
  /** When the first message was sent, ms since the epoch. */
  readonly startedAt: number;
  readonly seconds: number;
  /** Milliseconds from sending to the acknowledgement. */
  readonly p50: number;
  readonly p99: number;
}
