import { type Engineer, type Instant, type Interval, overlapMs, type Site } from '@uptower/domain';
import { addDays, localDay, zonedInstant } from './zone.ts';

/** A stretch of work of one engineer, with what is busy in it. `busy` is sorted, apart and inside the stretch. */
export interface WorkingTime extends Interval {
  readonly busy: readonly Interval[];
}

/** The shifts of an engineer that reach into [from, to), whole, merged where they touch, oldest first. */
export function workingTimes(engineer: Engineer, from: Instant, to: Instant): WorkingTime[] {
  const shifts: Interval[] = [];
  const yesterday = addDays(localDay(engineer.timeZone, from), -1);
  for (let i = 0; ; i++) {
    const { year, month, day, weekday } = addDays(yesterday, i);
    if (zonedInstant(engineer.timeZone, year, month, day, 0) >= to) break;
    for (const shift of engineer.shifts) {
      if (shift.weekday !== weekday) continue;
      const begins = zonedInstant(engineer.timeZone, year, month, day, shift.fromMinute);
      const ends = zonedInstant(engineer.timeZone, year, month, day, shift.toMinute);
      if (begins < ends && ends > from && begins < to) shifts.push({ from: begins, to: ends });
    }
  }
  const absences = merged(engineer.absences);
  return merged(shifts).map((shift) => ({
    ...shift,
    busy: absences
      .filter((absence) => overlapMs(absence, shift) > 0)
      .map((absence) => ({ from: Math.max(absence.from, shift.from), to: Math.min(absence.to, shift.to) })),
  }));
}

/** Working time without absences inside [from, to): what the planner, the API and the screens all call free. */
export function freeTime(engineer: Engineer, from: Instant, to: Instant): Interval[] {
  const free: Interval[] = [];
  for (const { busy, ...shift } of workingTimes(engineer, from, to)) {
    let begin = Math.max(shift.from, from);
    const end = Math.min(shift.to, to);
    for (const absence of busy) {
      if (absence.from > begin) free.push({ from: begin, to: Math.min(absence.from, end) });
      begin = Math.max(begin, absence.to);
    }
    if (begin < end) free.push({ from: begin, to: end });
  }
  return free.filter((interval) => interval.from < interval.to);
}

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

/** Sorted; intervals that touch or overlap become one. */
export function merged(intervals: readonly Interval[]): Interval[] {
  const result: { from: Instant; to: Instant }[] = [];
  for (const { from, to } of [...intervals].sort((a, b) => a.from - b.from || a.to - b.to)) {
    const last = result.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else result.push({ from, to });
  }
  return result;
}
