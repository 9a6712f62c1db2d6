import { z } from 'zod';
import { DeviceId } from './ids.ts';
import { type Instant, Instant as InstantSchema, type Interval, overlapMs } from './time.ts';

/** `unknown`: nobody can say; never counted as up nor as down. `planned`: agreed maintenance. */
export const Availability = z.enum(['up', 'partial', 'down', 'planned', 'unknown']);
export type Availability = z.infer<typeof Availability>;

/** One entry of the uptime ledger; `to` null while it lasts. */
export const UptimeInterval = z.strictObject({
  deviceId: DeviceId,
  from: InstantSchema,
  to: InstantSchema.nullable(),
  state: Availability,
  /**
   * Short machine-readable reason: device-report, failure, planned-visit, first-contact; of `unknown`: session-lost,
   * gateway-lost, silent, clock-jumped, sensor-stuck, server-down.
   */
  cause: z.string().min(1).max(64),
});
export type UptimeInterval = z.infer<typeof UptimeInterval>;

export interface UptimeFigures {
  /** Milliseconds in each state inside the period. */
  readonly ms: Readonly<Record<Availability, number>>;
  /**
   * (known − planned − down − partial × weight) / (known − planned), where known = period − unknown.
   * Null when nothing is known. Source: HTM community "Downtime" formula, planned time out of both sides.
   */
  readonly uptime: number | null;
}

export function uptimeFigures(
  intervals: readonly UptimeInterval[],
  period: Interval,
  partialWeight: number,
  now: Instant,
): UptimeFigures {
  const ms: Record<Availability, number> = { up: 0, partial: 0, down: 0, planned: 0, unknown: 0 };
  for (const interval of intervals)
    ms[interval.state] += overlapMs({ from: interval.from, to: interval.to ?? now }, period);
  const base = ms.up + ms.partial + ms.down;
  return { ms, uptime: base > 0 ? (base - ms.down - ms.partial * partialWeight) / base : null };
}
