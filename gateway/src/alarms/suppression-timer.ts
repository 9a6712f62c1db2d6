import type { Clock, SuppressionEvent } from '@uptower/domain';
import type { BookedSuppression } from './suppression-book.ts';

/** Says when a suppression begins that was announced ahead, and when its time is over. One timer each. */
export class SuppressionTimer {
  private readonly waiting = new Map<string, () => void>();

  /** `due`: what is to be written now, by this server. */
  constructor(
    private readonly clock: Clock,
    private readonly by: string,
    private readonly due: (event: SuppressionEvent, version: number) => void,
  ) {}

  follow({ suppression, version }: BookedSuppression): void {
    const { id, begun, endedAt, from, until } = suppression;
    this.waiting.get(id)?.();
    this.waiting.delete(id);
    if (endedAt !== null) return;
    const event: SuppressionEvent = begun
      ? { type: 'suppression.ended', suppressionId: id, at: until, by: this.by }
      : { type: 'suppression.began', suppressionId: id, at: from };
    this.waiting.set(
      id,
      this.clock.at(event.at, () => {
        this.waiting.delete(id);
        this.due(event, version);
      }),
    );
  }

  stop(): void {
    for (const cancel of this.waiting.values()) cancel();
    this.waiting.clear();
  }
}
