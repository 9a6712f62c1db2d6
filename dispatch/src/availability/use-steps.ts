import type { ClinicalUse, Instant } from '@uptower/domain';
import { addDays, localDay, zonedInstant } from './zone.ts';

/** From `from` on this share of an hour down is missed, until the next step. */
export interface UseStep {
  readonly from: Instant;
  readonly share: number;
}

export const FULL_USE: readonly UseStep[] = [{ from: Number.NEGATIVE_INFINITY, share: 1 }];

/** Clinical use as steps in order of time, each of another share than the one before; right inside [from, to). Pure. */
export function useSteps(
  use: ClinicalUse | undefined,
  timeZone: string,
  from: Instant,
  to: Instant,
): readonly UseStep[] {
  if (use === undefined) return FULL_USE;
  const times: { readonly from: Instant; readonly to: Instant; readonly share: number }[] = [];
  const yesterday = addDays(localDay(timeZone, from), -1);
  for (let i = 0; ; i++) {
    const { year, month, day, weekday } = addDays(yesterday, i);
    if (zonedInstant(timeZone, year, month, day, 0) >= to) break;
    for (const { weekdays, fromMinute, toMinute, share } of use.hours) {
      if (!weekdays.includes(weekday)) continue;
      const ends = toMinute <= fromMinute ? toMinute + 1440 : toMinute;
      const begins = zonedInstant(timeZone, year, month, day, fromMinute);
      times.push({ from: begins, to: zonedInstant(timeZone, year, month, day, ends), share });
    }
  }
  const shareAt = (at: Instant) => {
    const there = times.filter((time) => time.from <= at && at < time.to).map(({ share }) => share);
    return there.length > 0 ? Math.max(...there) : use.otherwise;
  };
  const moments = [...new Set(times.flatMap((time) => [time.from, time.to]))].sort((a, b) => a - b);
  const steps: UseStep[] = [{ from: Number.NEGATIVE_INFINITY, share: shareAt(from) }];
  for (const at of moments) {
    const share = shareAt(at);
    if (at > from && at < to && share !== steps.at(-1)?.share) steps.push({ from: at, share });
  }
  return steps;
}
