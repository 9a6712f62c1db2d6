import type { Engineer, Instant, PartId } from '@uptower/domain';
import { startOfLocalDay } from '../availability/zone.ts';
import type { PartUse } from '../state.ts';

/**
 * What is in the van now: the registry says what it is loaded with, and it is refilled every night, so only what was used
 * since the last midnight of the engineer's zone is missing.
 */
export function vanStockNow(engineer: Engineer, used: readonly PartUse[], now: Instant): Record<PartId, number> {
  const loaded = startOfLocalDay(engineer.timeZone, now);
  const stock: Record<string, number> = { ...engineer.vanStock };
  for (const { partId, quantity, at } of used)
    if (at >= loaded) stock[partId] = Math.max(0, (stock[partId] ?? 0) - quantity);
  return stock as Record<PartId, number>;
}
