import { type Instant, MINUTE } from '@uptower/domain';

/**
 * After somebody worked on a component, its alert ends only when healthy data were seen: at least this long and this
 * many readings in a row, in event time. Silence proves nothing.
 */
const RECOVERY_MS = 10 * MINUTE;
const RECOVERY_READINGS = 5;

/** A stretch of consecutive readings on the healthy side; null when the last one was not. */
export type Stretch = { readonly since: Instant; readonly readings: number } | null;

export function prolong(stretch: Stretch, healthy: boolean, ts: Instant): Stretch {
  if (!healthy) return null;
  return stretch ? { since: stretch.since, readings: stretch.readings + 1 } : { since: ts, readings: 1 };
}

export const isRecovered = (stretch: Stretch, ts: Instant): boolean =>
  stretch !== null && ts - stretch.since >= RECOVERY_MS && stretch.readings >= RECOVERY_READINGS;
