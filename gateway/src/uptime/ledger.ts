import type {
  Availability,
  AvailabilityChanged,
  DeviceId,
  Instant,
  UptimeInterval,
  UptowerEvent,
} from '@uptower/domain';
import type { StoredEvent } from '@uptower/platform';
import type { Judgement } from './evidence.ts';

interface Account {
  readonly intervals: UptimeInterval[];
  version: number;
  journalPosition: number;
}

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
      account = { intervals: [], version: 0, journalPosition: 0 };
      this.accounts.set(event.deviceId, account);
    }
    if (version <= account.version) return false;
    const { deviceId, at, state, cause } = event;
    const last = account.intervals.at(-1);
    if (last && last.from === at) account.intervals.pop();
    else if (last) account.intervals[account.intervals.length - 1] = { ...last, to: at };
    account.intervals.push({ deviceId, from: at, to: null, state, cause });
    account.version = version;
    account.journalPosition = Math.max(account.journalPosition, event.journalPosition ?? 0);
    return true;
  }

  applyStored(stored: StoredEvent<UptowerEvent>): DeviceId | undefined {
    const { event, version } = stored;
    if (event.type !== 'availability.changed') return undefined;
    return this.apply(event, version) ? event.deviceId : undefined;
  }

  /** The next entry for a judgement: null when nothing changes, or when a replay brings what was already decided. */
  next(deviceId: DeviceId, judged: Judgement | null, at: Instant, position: number, replayed: boolean) {
    const account = this.accounts.get(deviceId);
    const last = account?.intervals.at(-1);
    if (!judged || last?.state === judged.state) return null;
    if (account && replayed && position <= account.journalPosition) return null;
    const event: AvailabilityChanged = {
      type: 'availability.changed',
      deviceId,
      at: Math.max(at, last?.from ?? at),
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
