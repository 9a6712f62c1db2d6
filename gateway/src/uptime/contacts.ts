import type { Instant, Principal } from '@uptower/domain';
import type { Contact } from './silence.ts';

/** Which broker sessions there are now, counted by whom they speak for. Not kept over a restart: sessions are not either. */
export class Contacts {
  private readonly sessions = new Map<string, number>();
  private readonly lost = new Map<string, Instant>();

  connected(principal: Principal): void {
    const key = keyOf(principal);
    this.sessions.set(key, (this.sessions.get(key) ?? 0) + 1);
    this.lost.delete(key);
  }

  disconnected(principal: Principal, now: Instant): void {
    const key = keyOf(principal);
    const left = (this.sessions.get(key) ?? 1) - 1;
    if (left > 0) this.sessions.set(key, left);
    else {
      this.sessions.delete(key);
      this.lost.set(key, now);
    }
  }

  count(): number {
    let total = 0;
    for (const count of this.sessions.values()) total += count;
    return total;
  }

  /** For a device: whether it has a session of its own, and when the last one that spoke for it ended. */
  of(deviceId: string, siteId: string): Omit<Contact, 'reportingIntervalSeconds'> {
    const connected = this.sessions.has(deviceId);
    if (connected || this.sessions.has(siteId)) return { connected, hasSession: true, lostAt: null };
    const [device, site] = [this.lost.get(deviceId), this.lost.get(siteId)];
    const known = device !== undefined || site !== undefined;
    return { connected: false, hasSession: false, lostAt: known ? Math.max(device ?? 0, site ?? 0) : null };
  }
}

const keyOf = (principal: Principal) => (principal.kind === 'device' ? principal.deviceId : principal.siteId);
