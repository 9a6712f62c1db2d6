import { evolveSuppression, isSuppressionEvent, type Suppression, type UptowerEvent } from '@uptower/domain';
import type { StoredEvent } from '@uptower/platform';

export interface BookedSuppression {
  readonly suppression: Suppression;
  /** Of its stream. */
  readonly version: number;
}

/** All suppressions by people, folded from the event log. */
export class SuppressionBook {
  private readonly byId = new Map<string, BookedSuppression>();

  /** Takes any event of the log; returns the suppression it changed. */
  apply({ event, version }: StoredEvent<UptowerEvent>): BookedSuppression | undefined {
    if (!isSuppressionEvent(event)) return undefined;
    const before = this.byId.get(event.suppressionId);
    if (before && version <= before.version) return undefined;
    const booked = { suppression: evolveSuppression(before?.suppression, event), version };
    this.byId.set(event.suppressionId, booked);
    return booked;
  }

  find(id: string): BookedSuppression | undefined {
    return this.byId.get(id);
  }

  /** Newest first; `open`: in force or announced. */
  list(which: 'open' | 'all'): Suppression[] {
    const all = [...this.byId.values()].map(({ suppression }) => suppression).reverse();
    return which === 'all' ? all : all.filter(({ endedAt }) => endedAt === null);
  }
}
