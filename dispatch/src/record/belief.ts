import { type Belief, type Claim, calibrationOf, HOUR, type Instant, MINUTE, type UptowerEvent } from '@uptower/domain';
import type { CollectedRecord } from './collect.ts';

/** Without a record every rule is believed. */
export const asClaimed: Belief = (_, claimed) => claimed;

/**
 * What the record makes of claims. A repair because of the order, confirmed by telemetry, counts as a failure here: the
 * engineer found and mended something, and had it been left out, a rule whose warnings are all heeded would be judged by
 * its false ones alone. (In the figures people read it counts as neither.)
 */
export function beliefFrom({ orders }: Pick<CollectedRecord, 'orders'>): Belief {
  const claims = orders.flatMap(({ order, grade }): Claim[] => {
    if (grade === 'open' || grade === 'repeated') return [];
    return [{ ruleId: order.ruleId, probability: order.probability, failed: grade !== 'false' }];
  });
  return calibrationOf(claims);
}

/** A record that changed is looked at again after this; and every hour, because horizons pass. Time of the clock. */
const CHANGED_MS = 10 * MINUTE;
const ALWAYS_MS = HOUR;

/** The present belief. Learning it from the whole record takes milliseconds a thousand orders, so it is not done for every event. */
export class Beliefs {
  private belief: Belief = asClaimed;
  private madeAt = Number.NEGATIVE_INFINITY;
  private changed = true;

  constructor(private readonly record: () => CollectedRecord) {}

  apply({ type }: UptowerEvent): void {
    if (type === 'work-order.closed' || type === 'work-order.cancelled' || type === 'device.fact') this.changed = true;
  }

  at(now: Instant): Belief {
    const age = now - this.madeAt;
    if (age < 0 || age >= ALWAYS_MS || (this.changed && age >= CHANGED_MS)) {
      this.belief = beliefFrom(this.record());
      this.madeAt = now;
      this.changed = false;
    }
    return this.belief;
  }
}
