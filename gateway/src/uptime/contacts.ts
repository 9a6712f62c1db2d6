import { type Instant, type Speaker, usernameOf } from '@uptower/domain';
import type { Session } from './silence.ts';

/** Which broker sessions there are now, counted by whom they speak for. Not kept over a restart: sessions are not either. */
export class Contacts {
  private readonly sessions = new Map<string, number>();
  private readonly lost = new Map<string, Instant>();

  connected(speaker: Speaker): void {
    const key = usernameOf(speaker);
    this.sessions.set(key, (this.sessions.get(key) ?? 0) + 1);
    this.lost.delete(key);
  }

  disconnected(speaker: Speaker, now: Instant): void {
    const key = usernameOf(speaker);
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

  /** All sessions of one credential together. */
  session(username: string): Session {
    return this.sessions.has(username)
      ? { open: true, lostAt: null }
      : { open: false, lostAt: this.lost.get(username) ?? null };
  }
}
