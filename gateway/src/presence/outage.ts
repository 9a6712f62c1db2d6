import { Instant } from '@uptower/domain';
import { z } from 'zod';

/** What this server last wrote of its own being there. */
const PulseNote = z.object({ aliveAt: Instant, servingSince: Instant });
const NAME = 'gateway/heartbeat';

interface TextStore {
  saveSnapshot(name: string, body: string): Promise<void>;
  loadSnapshot(name: string): Promise<string | null>;
}

/** A stretch in which this server did not run, and nobody could be heard. */
export interface Outage {
  readonly from: Instant;
  readonly to: Instant;
}

/**
 * Knows when this server itself was away: it notes now and then that it is there, and finds the last note at its next
 * start. An absence shorter than `graceMs` is a restart, not an outage.
 */
export class Pulse {
  /** The end of the last outage, or of the last hold: before it nobody could be heard. */
  servingSince: Instant = 0;
  private holding = false;

  constructor(private readonly store: TextStore) {}

  async begin(now: Instant, graceMs: number): Promise<Outage | null> {
    const text = await this.store.loadSnapshot(NAME);
    const last = text === null ? undefined : parsed(text);
    if (!last) {
      this.servingSince = now;
      return null;
    }
    const away = now - last.aliveAt > graceMs;
    this.servingSince = away ? now : last.servingSince;
    return away ? { from: last.aliveAt, to: now } : null;
  }

  /** This server holds senders back, or does no more: time to be heard begins anew when that ends. */
  hold(holding: boolean, now: Instant): void {
    if (holding || this.holding) this.servingSince = now;
    this.holding = holding;
  }

  beat(now: Instant): Promise<void> {
    const { servingSince } = this;
    return this.store.saveSnapshot(NAME, JSON.stringify({ aliveAt: now, servingSince }));
  }
}

function parsed(text: string) {
  try {
    return PulseNote.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
