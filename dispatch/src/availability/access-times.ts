import { type Instant, type Interval, overlapMs, type Site } from '@uptower/domain';
import { merged } from './intervals.ts';
import { addDays, localDay, zonedInstant } from './zone.ts';

/** When a site lets an engineer in, inside [from, to); null when it always does. Hours may run over midnight (20:00 to 06:00). */
export function accessTimes(site: Site, from: Instant, to: Instant): Interval[] | null {
  const { fromMinute, toMinute } = site.access;
  if (fromMinute === 0 && toMinute === 1440) return null;
  const times: Interval[] = [];
  const yesterday = addDays(localDay(site.timeZone, from), -1);
  for (let i = 0; ; i++) {
    const { year, month, day } = addDays(yesterday, i);
    if (zonedInstant(site.timeZone, year, month, day, 0) >= to) break;
    const closes = toMinute <= fromMinute ? toMinute + 1440 : toMinute;
    const open = {
      from: zonedInstant(site.timeZone, year, month, day, fromMinute),
      to: zonedInstant(site.timeZone, year, month, day, closes),
    };
    if (overlapMs(open, { from, to }) > 0) times.push(open);
  }
  return merged(times);
}
