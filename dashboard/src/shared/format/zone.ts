import { DAY, type Instant } from '@uptower/domain';

/** What must be added to UTC to get the zone's own clock at that instant. */
export function zoneOffset(at: Instant, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at);
  const part = (type: string) => Number(parts.find((each) => each.type === type)?.value ?? 0);
  const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return local - Math.floor(at / 1000) * 1000;
}

export function startOfDay(at: Instant, zone: string): Instant {
  const offset = zoneOffset(at, zone);
  const midnight = Math.floor((at + offset) / DAY) * DAY;
  // At midnight another offset may have held than now: summer time changes in between.
  return midnight - zoneOffset(midnight - offset, zone);
}

/** The day it is in the zone, 2026-03-29, and what its clocks show, 08:30. */
export function wallClock(at: Instant, zone: string): { readonly date: string; readonly time: string } {
  const text = new Date(at + zoneOffset(at, zone)).toISOString();
  return { date: text.slice(0, 10), time: text.slice(11, 16) };
}

/** When clocks in the zone show this; a time they skip is as much later. NaN for what is no date or time. */
export function instantOf(date: string, time: string, zone: string): Instant {
  const wall = Date.parse(`${date}T${time}:00Z`);
  if (Number.isNaN(wall)) return Number.NaN;
  const before = zoneOffset(wall - DAY, zone);
  const after = zoneOffset(wall + DAY, zone);
  for (const offset of [Math.max(before, after), Math.min(before, after)])
    if (zoneOffset(wall - offset, zone) === offset) return wall - offset;
  return wall - before;
}

/** 2026-03-30 is the day after 2026-03-29, whatever clocks do. */
export const addDays = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);

/** The Monday of the week a day lies in. */
export function mondayOf(date: string): string {
  const weekday = (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7;
  return addDays(date, -weekday);
}
