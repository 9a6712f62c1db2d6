import {
  type Availability,
  type AvailabilityChanged,
  type DeviceId,
  HOUR,
  type Instant,
  type UptimeInterval,
  type UptowerEvent,
} from '@uptower/domain';
import type { StoredEvent } from '@uptower/platform';
import type { Judgement } from './evidence.ts';

interface Account {
  readonly intervals: UptimeInterval[];
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
  apply(event: AvailabilityChanged, version: number): boolean {
    let account = this.accounts.get(event.deviceId);
    if (!account) {
      account = { intervals: [], version: 0, journalPosition: 0, recent: [] };
      this.accounts.set(event.deviceId, account);
    }
    if (version <= account.version) return false;
    const { deviceId, at, state, cause } = event;
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
    if (event.type !== 'availability.changed') return undefined;
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
    };
    return { event, version: (account?.version ?? 0) + 1 };
  }

  intervals(deviceId: string): readonly UptimeInterval[] {
    return this.accounts.get(deviceId)?.intervals ?? [];
  }

  present(deviceId: string): { readonly state: Availability; readonly since: Instant; readonly cause: string } | null {
    const last = this.accounts.get(deviceId)?.intervals.at(-1);
    return last ? { state: last.state, since: last.from, cause: last.cause } : null;
  }
}
