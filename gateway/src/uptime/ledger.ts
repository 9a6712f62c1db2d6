import {
  type Availability,
  type AvailabilityAmended,
  type AvailabilityChanged,
  type DeviceId,
  HOUR,
  type Instant,
  type UptimeInterval,
  type UptowerEvent,
} from '@uptower/domain';
import type { StoredEvent } from '@uptower/platform';
import type { Absence } from '../event-time/words.ts';
import type { Judgement } from './evidence.ts';

/** A time of which nothing was known when it passed. */
export interface Unheard extends Absence {
  readonly cause: string;
}

/** Nothing was heard: what the device sends later of that time says how it was. Other causes remain unknown. */
const ABSENCES: readonly string[] = ['session-lost', 'gateway-lost', 'silent', 'server-down'];
export const isAbsence = ({ cause }: { readonly cause: string }): boolean => ABSENCES.includes(cause);

/** So many are remembered of a device, for late data; and so many of its amendments are shown. */
const UNHEARD_KEPT = 64;
const AMENDMENTS_KEPT = 16;

interface Account {
  intervals: UptimeInterval[];
  /** As they were told when they passed, oldest first. */
  readonly unheard: { since: Instant; until: Instant | null; cause: string }[];
  /** Of before this, some of `unheard` were let go. */
  unheardSince: Instant;
  amendments: AvailabilityAmended[];
  version: number;
  journalPosition: number;
  /** When the last `CHANGES_AN_HOUR` entries say that something changed, also those that were replaced. */
  recent: Instant[];
}

/** When and on what grounds an entry is made. */
export interface Occasion {
  /** When the change happened. */
  readonly at: Instant;
  /** Up to when the device itself has spoken: so long the open interval is known to have lasted. */
  readonly knownUntil: Instant | undefined;
  /** The time it is now for the limit on changes; `at` if left out. */
  readonly now?: Instant;
  /** When this server heard the device again. */
  readonly heardAt?: Instant;
  readonly position: number;
  /** Decided from the journal, so a replay may bring it again. */
  readonly replayed: boolean;
}

/**
 * A flapping device writes at most so many entries within an hour of event time. Further changes are held back: its
 * first word after the hour, or the pipeline's tick when it says no more, writes the state that stands then.
 */
export const CHANGES_AN_HOUR = 30;

/** The uptime ledger, folded from the event log: per device intervals that touch and never overlap. */
export class Ledger {
  private readonly accounts = new Map<string, Account>();

  /**
   * Takes an event of the log, or one that is about to be written (then `version` is the one it will get). Applied
   * twice it changes nothing. Returns whether it did.
   */
  apply(event: AvailabilityChanged | AvailabilityAmended, version: number): boolean {
    let account = this.accounts.get(event.deviceId);
    if (!account) {
      const unheardSince = Number.NEGATIVE_INFINITY;
      account = {
        intervals: [],
        unheard: [],
        unheardSince,
        amendments: [],
        version: 0,
        journalPosition: 0,
        recent: [],
      };
      this.accounts.set(event.deviceId, account);
    }
    if (version <= account.version) return false;
    if (event.type === 'availability.amended') {
      account.version = version;
      account.journalPosition = Math.max(account.journalPosition, event.journalPosition);
      account.amendments = [...account.amendments, event].slice(-AMENDMENTS_KEPT);
      account.intervals = amended(account.intervals, event);
      return true;
    }
    const { deviceId, at, state, cause } = event;
    const silence = account.unheard.at(-1);
    if (silence?.until === null) silence.until = isAbsence(silence) ? (event.heardAt ?? at) : at;
    if (state === 'unknown') account.unheard.push({ since: at, until: null, cause });
    if (account.unheard.length > UNHEARD_KEPT)
      account.unheardSince = Math.max(account.unheardSince, account.unheard.shift()?.until ?? at);
    const last = account.intervals.at(-1);
    if (last && last.from === at) account.intervals.pop();
    else if (last) account.intervals[account.intervals.length - 1] = { ...last, to: at };
    account.intervals.push({ deviceId, from: at, to: null, state, cause });
    account.version = version;
    account.recent = [...account.recent, at].slice(-CHANGES_AN_HOUR);
    account.journalPosition = Math.max(account.journalPosition, event.journalPosition ?? 0);
    return true;
  }

  applyStored(stored: StoredEvent<UptowerEvent>): DeviceId | undefined {
    const { event, version } = stored;
    if (event.type !== 'availability.changed' && event.type !== 'availability.amended') return undefined;
    return this.apply(event, version) ? event.deviceId : undefined;
  }

  /**
   * The next entry for a judgement: null when nothing changes, when a replay brings what was already decided, or when
   * there were too many of late. A change older than the open interval never takes its place: it is dated where the
   * knowledge of that interval ends, so that only an interval of no length is replaced.
   */
  next(deviceId: DeviceId, judged: Judgement | null, occasion: Occasion) {
    const { position, replayed, knownUntil } = occasion;
    const account = this.accounts.get(deviceId);
    const last = account?.intervals.at(-1);
    if (!judged || last?.state === judged.state) return null;
    if (account && replayed && position <= account.journalPosition) return null;
    const late = last && occasion.at <= last.from;
    const at = late ? Math.max(last.from, knownUntil ?? last.from) : occasion.at;
    const [oldest, count] = [account?.recent[0] ?? 0, account?.recent.length ?? 0];
    if (count >= CHANGES_AN_HOUR && (occasion.now ?? at) - oldest < HOUR) return null;
    const event: AvailabilityChanged = {
      type: 'availability.changed',
      deviceId,
      at,
      ...judged,
      journalPosition: position,
      ...(last?.state === 'unknown' && occasion.heardAt !== undefined ? { heardAt: occasion.heardAt } : {}),
    };
    return { event, version: (account?.version ?? 0) + 1 };
  }

  /**
   * An amendment that is about to be written, with the version it will get; null when the ledger says so already. `entries`:
   * how it was in order, as far back as that can be told; what the ledger says of before stays.
   */
  amendment(
    deviceId: DeviceId,
    entries: AvailabilityAmended['entries'],
    why: Pick<AvailabilityAmended, 'at' | 'late' | 'journalPosition'>,
  ): { readonly event: AvailabilityAmended; readonly version: number } | null {
    const account = this.accounts.get(deviceId);
    const since = entries[0]?.from ?? Number.POSITIVE_INFINITY;
    const intervals = (account?.intervals ?? []).filter(({ to }) => to === null || to > since);
    const told = intervals.map(({ from, state, cause }) => ({ from: Math.max(from, since), state, cause }));
    const same = (i: number) => {
      const [a, b] = [told[i], entries[i]];
      if (!a || !b || a.from !== b.from || a.state !== b.state) return false;
      // It lasted already: what it began with was told of before.
      return a.cause === b.cause || (intervals[i] as UptimeInterval).from < since;
    };
    let first = 0;
    while (same(first)) first += 1;
    const [was, is] = [told.slice(first), entries.slice(first)];
    if (was.length === 0 && is.length === 0) return null;
    const from = Math.min(was[0]?.from ?? Number.POSITIVE_INFINITY, is[0]?.from ?? Number.POSITIVE_INFINITY);
    // What the last common entry says lasts now over what stood there.
    const last = entries[first - 1];
    const begin = is[0]?.from === from || !last ? [] : [{ ...last, from }];
    const event: AvailabilityAmended = {
      type: 'availability.amended',
      deviceId,
      from,
      entries: [...begin, ...is],
      before: was,
      ...why,
    };
    return event.entries.length > 0 ? { event, version: (account?.version ?? 0) + 1 } : null;
  }

  /** Times of which nothing was known when they passed, oldest first; as many as are remembered. */
  unheard(deviceId: string): readonly Unheard[] {
    return this.accounts.get(deviceId)?.unheard ?? [];
  }

  /** The same, and since when they are all there. */
  silences(deviceId: string): { readonly unheard: readonly Unheard[]; readonly unheardSince: Instant } {
    const unheardSince = this.accounts.get(deviceId)?.unheardSince ?? Number.NEGATIVE_INFINITY;
    return { unheard: this.unheard(deviceId), unheardSince };
  }

  amendments(deviceId: string): readonly AvailabilityAmended[] {
    return this.accounts.get(deviceId)?.amendments ?? [];
  }

  /** Journal position of the last record that led to an entry. */
  toldAt(deviceId: string): number {
    return this.accounts.get(deviceId)?.journalPosition ?? 0;
  }

  intervals(deviceId: string): readonly UptimeInterval[] {
    return this.accounts.get(deviceId)?.intervals ?? [];
  }

  /** The interval that is open; undefined before the first. */
  newest(deviceId: string): UptimeInterval | undefined {
    return this.accounts.get(deviceId)?.intervals.at(-1);
  }

  present(deviceId: string): { readonly state: Availability; readonly since: Instant; readonly cause: string } | null {
    const last = this.newest(deviceId);
    return last ? { state: last.state, since: last.from, cause: last.cause } : null;
  }
}

/**
 * The intervals with what the amendment says in the place of everything from its first entry on; equal neighbours are one.
 * Amendments written before they kept to what is remembered have a `from` of long before that: of that time they say nothing.
 */
function amended(
  intervals: readonly UptimeInterval[],
  { deviceId, from, entries }: AvailabilityAmended,
): UptimeInterval[] {
  const begin = entries[0]?.from ?? from;
  const result = intervals.filter((interval) => interval.from < begin);
  for (const entry of entries) {
    const last = result.at(-1);
    if (last?.state === entry.state) {
      result[result.length - 1] = { ...last, to: null };
      continue;
    }
    if (last) result[result.length - 1] = { ...last, to: entry.from };
    result.push({ deviceId, from: entry.from, to: null, state: entry.state, cause: entry.cause });
  }
  return result;
}
