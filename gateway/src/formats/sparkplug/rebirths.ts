import { type Instant, MINUTE, SECOND, sparkplugCommandTopic } from '@uptower/domain';
import type { Outgoing } from '../../incoming.ts';
import { rebirthPayload } from './payload.ts';
import { needsBirth, type Session } from './session.ts';

/** Between two requests to one node; twice as long after each that was not answered. */
const FIRST_PAUSE_MS = 10 * SECOND;
const LONGEST_PAUSE_MS = 10 * MINUTE;

interface Asked {
  readonly at: Instant;
  readonly pauseMs: number;
}

/**
 * Asks nodes for their births. Apart from the sessions themselves: what was asked belongs to this run of the server, the
 * sessions to the journal.
 */
export class Rebirths {
  private readonly asked = new WeakMap<Session, Asked>();

  /**
   * `reorderMs`: how long messages that were overtaken may take to come before they count as lost. `speed`: milliseconds
   * of the clock in a real one; nodes live in real time.
   */
  constructor(
    private readonly send: (message: Outgoing) => void,
    private readonly reorderMs: number,
    private readonly speed: number,
  ) {}

  consider(session: Session, now: Instant): void {
    if (!needsBirth(session, now, this.reorderMs * this.speed)) {
      this.asked.delete(session);
      return;
    }
    const before = this.asked.get(session);
    if (before && now - before.at < before.pauseMs * this.speed) return;
    const pauseMs = before ? Math.min(before.pauseMs * 2, LONGEST_PAUSE_MS) : FIRST_PAUSE_MS;
    this.asked.set(session, { at: now, pauseMs });
    const topic = sparkplugCommandTopic(session.group, session.node);
    // QoS 0 and not retained: a request that waited would ask for a birth that was long given.
    this.send({ topic, payload: rebirthPayload(now), retain: false, qos: 0 });
  }
}
