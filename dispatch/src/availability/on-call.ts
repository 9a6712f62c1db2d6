import type { Instant, Interval, OnCallRota } from '@uptower/domain';
import type { EngineerCalendar } from './calendar.ts';
import { awayTimes, workingTimes } from './free-time.ts';
import { clipped, merged, without } from './intervals.ts';
import { dayNumber, localDay, parseDay, zonedInstant } from './zone.ts';

export interface Turn extends Interval {
  readonly engineerId: OnCallRota['engineers'][number];
}

/** Whose turn it is in `[from, to)` by the rota alone, whole turns, oldest first. Swaps are not in it. */
export function turns(rota: OnCallRota, from: Instant, to: Instant): Turn[] {
  const { year, month, day } = parseDay(rota.startsOn);
  const at = (k: number) => zonedInstant(rota.timeZone, year, month, day + k * rota.daysEach, rota.handoverMinute);
  const passed = dayNumber(localDay(rota.timeZone, from)) - dayNumber({ year, month, day });
  const found: Turn[] = [];
  // The handover of the day itself may be still to come: the turn before is the first that can reach in.
  for (let k = Math.max(0, Math.floor(passed / rota.daysEach) - 1); at(k) < to; k++) {
    const engineerId = rota.engineers[k % rota.engineers.length];
    const turn = { from: at(k), to: at(k + 1) };
    if (engineerId && turn.to > from) found.push({ ...turn, engineerId });
  }
  return found;
}

/** When an engineer is on duty in one rota inside `[from, to)`: turns and swaps, of which later ones win. */
export function dutyTimes(rota: OnCallRota, engineerId: Turn['engineerId'], from: Instant, to: Instant): Interval[] {
  const own = turns(rota, from, to).filter((turn) => turn.engineerId === engineerId);
  let duty = merged(own);
  for (const swap of rota.swaps)
    duty = swap.engineerId === engineerId ? merged([...duty, swap.when]) : without(duty, [swap.when]);
  return clipped(duty, from, to);
}

/** When an engineer may be called out inside `[from, to)`: on duty, not in working time (that comes first), not away. */
export function onCallTimes(calendar: EngineerCalendar, rota: OnCallRota, from: Instant, to: Instant): Interval[] {
  const duty = dutyTimes(rota, calendar.engineer.id, from, to);
  if (duty.length === 0) return [];
  return without(duty, [...workingTimes(calendar, from, to), ...awayTimes(calendar, from, to)]);
}
