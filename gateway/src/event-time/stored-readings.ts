import { DAY, type Instant, type Reading } from '@uptower/domain';
import type { Moment } from './past.ts';

/** Days of single devices that are remembered at once; a re-sent week takes seven. */
const DAYS_KEPT = 32;

/**
 * Whether a late reading without a number is in the store already: a device that sends its buffer again must not double
 * it. A day of a device is read once and remembered for what else comes of that day.
 */
export class StoredReadings {
  private readonly days = new Map<string, Map<Instant, Moment['values']>>();

  /** `history`: a device's stored moments of `[from, to)`, everything taken so far among them; null when too many. */
  constructor(private readonly history: (deviceId: string, from: Instant, to: Instant) => Promise<Moment[] | null>) {}

  /** True when every value of it is there. Rejects while the store does not answer. */
  async has({ deviceId, ts, values }: Reading): Promise<boolean> {
    const day = Math.floor(ts / DAY) * DAY;
    const key = `${deviceId} ${day}`;
    let moments = this.days.get(key);
    if (!moments) {
      const stored = (await this.history(deviceId, day, day + DAY)) ?? [];
      moments = new Map(stored.map((moment) => [moment.ts, moment.values]));
    }
    // The last used stays longest.
    this.days.delete(key);
    this.days.set(key, moments);
    for (const oldest of this.days.keys()) {
      if (this.days.size <= DAYS_KEPT) break;
      this.days.delete(oldest);
    }
    const there = moments.get(ts);
    return there !== undefined && Object.keys(values).every((metric) => there[metric] === values[metric]);
  }

  /** Stored now. */
  note({ deviceId, ts, values }: Reading): void {
    if (this.days.size === 0) return;
    const moments = this.days.get(`${deviceId} ${Math.floor(ts / DAY) * DAY}`);
    moments?.set(ts, { ...moments.get(ts), ...values });
  }
}
