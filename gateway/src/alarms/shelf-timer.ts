import type { Alert, Clock } from '@uptower/domain';

/** Calls back when a shelved alert's time is over. One timer an alert; forgets it when the alert leaves the shelf. */
export class ShelfTimer {
  private readonly waiting = new Map<string, () => void>();

  constructor(
    private readonly clock: Clock,
    private readonly expired: (alertId: string) => void,
  ) {}

  follow(alert: Alert): void {
    this.waiting.get(alert.id)?.();
    this.waiting.delete(alert.id);
    if (alert.state !== 'shelved') return;
    const { id, until } = alert;
    this.waiting.set(
      id,
      this.clock.at(until, () => {
        this.waiting.delete(id);
        this.expired(id);
      }),
    );
  }

  stop(): void {
    for (const cancel of this.waiting.values()) cancel();
    this.waiting.clear();
  }
}
