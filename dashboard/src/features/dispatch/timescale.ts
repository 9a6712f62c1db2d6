import { DAY, HOUR, type Instant, type Interval, MINUTE } from '@uptower/domain';
import { startOfDay } from '../../shared/format/zone.ts';

/** Drops land on quarters of an hour. */
export const SNAP_MS = 15 * MINUTE;
export const BOARD_DAYS = 3;

/** Today and the days after it, each cut to the hours in which something happens. */
export interface TimeScale {
  readonly days: readonly {
    readonly start: Instant;
    readonly from: Instant;
    readonly to: Instant;
    /** Where its column begins and how wide it is, 0..1 of the board. */
    readonly left: number;
    readonly width: number;
  }[];
  readonly fromHour: number;
  readonly toHour: number;
}

const USUAL = { from: 8, to: 18 };
/** Today is twice as wide as a day to come: that is where work is moved. */
const WIDTHS = [0.5, 0.25, 0.25];

export function timeScale(now: Instant, zone: string, busy: readonly Interval[]): TimeScale {
  const today = startOfDay(now, zone);
  const starts = Array.from({ length: BOARD_DAYS }, (_, i) => startOfDay(today + i * DAY + 12 * HOUR, zone));
  const end = (starts.at(-1) ?? today) + DAY;
  let fromHour = USUAL.from;
  let toHour = USUAL.to;
  for (const interval of busy) {
    for (const start of starts) {
      const from = Math.max(interval.from, start);
      const to = Math.min(interval.to, start + DAY, end);
      if (from >= to) continue;
      fromHour = Math.min(fromHour, Math.floor((from - start) / HOUR));
      toHour = Math.max(toHour, Math.ceil((to - start) / HOUR));
    }
  }
  return {
    fromHour,
    toHour,
    days: starts.map((start, i) => ({
      start,
      from: start + fromHour * HOUR,
      to: start + toHour * HOUR,
      left: WIDTHS.slice(0, i).reduce((sum, width) => sum + width, 0),
      width: WIDTHS[i] ?? 0,
    })),
  };
}

/** Where an instant lies, 0..1 of the board's width. Hours that are not shown fall on the border of their day. */
export function positionOf(scale: TimeScale, at: Instant): number {
  for (const day of scale.days) {
    if (at < day.from) return day.left;
    if (at < day.to) return day.left + ((at - day.from) / (day.to - day.from)) * day.width;
  }
  return 1;
}

/** The quarter of an hour at a place on the board. */
export function instantAt(scale: TimeScale, position: number): Instant {
  const within = Math.min(0.999_999, Math.max(0, position));
  const day = scale.days.findLast((each) => within >= each.left) ?? scale.days[0];
  if (!day) return 0;
  const at = day.from + ((within - day.left) / day.width) * (day.to - day.from);
  return day.start + Math.round((at - day.start) / SNAP_MS) * SNAP_MS;
}

export function isShown(scale: TimeScale, interval: Interval): boolean {
  return scale.days.some((day) => interval.from < day.to && interval.to > day.from);
}
