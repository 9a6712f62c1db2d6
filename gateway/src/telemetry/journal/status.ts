import type { Instant } from '@uptower/domain';

/**
 * How the journal does. `ok`; `low`: the disk is nearly full, nothing is held up yet; `limit`: too much waits for a
 * consumer; `full`: the disk is; `failing`: writes fail for another reason; `broken`: a sync failed, nothing is taken
 * until the next start. In `limit`, `full` and `failing` nothing is acknowledged, and it goes on by itself.
 */
export type JournalState = 'ok' | 'low' | 'limit' | 'full' | 'failing' | 'broken';

/** The journal as screens, metrics and tests see it. */
export interface JournalStatus {
  readonly state: JournalState;
  /** Since when, by the clock handed in; null when `ok`. */
  readonly since: Instant | null;
  /** In words what is wrong, for log and command line; what the system said in `full`, `failing`, `broken`; empty when `ok`. */
  readonly detail: string;
  readonly head: number;
  readonly first: number;
  /** Bytes of all segments; of those that not every consumer has passed. */
  readonly bytes: number;
  readonly unreadBytes: number;
  /** So many unread bytes are allowed. */
  readonly limitBytes: number;
  /** Free on its disk when last looked at; null when that cannot be told. */
  readonly freeBytes: number | null;
  /** Appends that wait for the disk. */
  readonly waiting: number;
  /** Records that could not be read any more. */
  readonly damaged: number;
  /** Where, and when it was found; the last hundred. */
  readonly damages: readonly (Damage & { readonly at: Instant })[];
  readonly consumers: Readonly<Record<string, number>>;
}

/** Records `from`…`to` cannot be read: the file holds something else there. */
export interface Damage {
  readonly file: string;
  readonly offset: number;
  readonly from: number;
  readonly to: number;
}

/** Refused without being stored: the sender keeps the message and sends it again. */
export class JournalUnavailable extends Error {}
