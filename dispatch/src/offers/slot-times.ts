import { type Instant, type Interval, MINUTE, type Site } from '@uptower/domain';
import { accessTimes } from '../availability/free-time.ts';
import { addDays, localDay, zonedInstant } from '../availability/zone.ts';

/** A time that could be offered; `half` is the same for all of one morning, or one afternoon, at the site. */
export interface SlotTime extends Interval {
  readonly half: number;
}

const NOON = 12 * 60;

/**
 * The times between two moments that a hospital could be offered: `minutes` long, one after the other from local midnight, as
 * far as the site lets somebody in from beginning to end. Days on which clocks change have the times their clocks show. Pure.
 */
export function slotTimes(site: Site, from: Instant, to: Instant, minutes: number): SlotTime[] {
  // Where nothing can be offered, neither is a calendar reckoned: the moments may be any.
  if (from >= to) return [];
  const access = accessTimes(site, from - 2 * 24 * 60 * MINUTE, to + 2 * 24 * 60 * MINUTE);
  const letsIn = (slot: Interval) => access?.some((open) => open.from <= slot.from && slot.to <= open.to) ?? true;
  const times: SlotTime[] = [];
  const today = localDay(site.timeZone, from);
  for (let k = 0; ; k++) {
    const { year, month, day } = addDays(today, k);
    const at = (minute: number) => zonedInstant(site.timeZone, year, month, day, minute);
    if (at(0) >= to) return times;
    for (let minute = 0; minute + minutes <= 24 * 60; minute += minutes) {
      const slot = { from: at(minute), to: at(minute + minutes) };
      if (slot.from < from || slot.to > to || slot.from >= slot.to || !letsIn(slot)) continue;
      times.push({ ...slot, half: 2 * k + (minute < NOON ? 0 : 1) });
    }
  }
}
