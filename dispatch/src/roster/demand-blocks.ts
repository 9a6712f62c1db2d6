import type { DemandForecast, PatternShift, ProposalBody } from '@uptower/domain';
import { countToExpect } from './levels.ts';
import { type Duty, dayNumber, isoDate, weekdayOf } from './problem.ts';

/** A kind of shift as calendars have it. */
export interface ShiftKindOf {
  readonly id: string;
  readonly fromMinute: number;
  readonly toMinute: number;
  readonly breaks: PatternShift['breaks'];
  /** Unpaid. */
  readonly breakMinutes: number;
}

interface Block {
  readonly weekdays: number[];
  readonly from: string;
  readonly to: string;
  readonly region?: string;
  readonly skill?: string;
  readonly level?: number;
  readonly minimum: number;
  readonly desired: number;
}

const two = (value: number) => String(value).padStart(2, '0');
/** 24:00 is the end of a day, what is later is on the next. */
export function clockOf(minute: number): string {
  const within = minute > 1_440 ? minute - 1_440 : minute;
  return `${two(Math.floor(within / 60))}:${two(within % 60)}`;
}

/** The hours in which most work is done: those of the first kind that ends on the same day. */
export function mostUsed(kinds: readonly ShiftKindOf[]): { fromMinute: number; toMinute: number } {
  return kinds.find(({ toMinute }) => toMinute <= 1_440) ?? { fromMinute: 480, toMinute: 1_020 };
}

/** An hour of the day is no work: breaks, and the first way. */
const NO_WORK_MINUTES = 60;
/** Travel to a visit, as long as nobody has said where it is. */
const TRAVEL_MINUTES = 45;
/** Expected visits a day from which somebody must be there, and not only should. */
const MUST = 0.5;

/**
 * Engineers on duty by day: for each region and skill, and for each skill in all regions together, where a single region is
 * too small to keep somebody for it. The minimum is for the mean day, what is desired for four days in five.
 */
export function demandBlocks(
  { rows }: DemandForecast,
  usual: { readonly fromMinute: number; readonly toMinute: number },
): Block[] {
  const blocks: Block[] = [];
  const hours = { from: clockOf(usual.fromMinute), to: clockOf(usual.toMinute) };
  const work = usual.toMinute - usual.fromMinute - NO_WORK_MINUTES;
  const perDay = (minutes: number) => Math.max(1, Math.floor(work / (minutes + TRAVEL_MINUTES)));
  const add = (
    days: readonly { weekday: number; mean: number; p80: number }[],
    minutes: number,
    of: Partial<Block>,
  ) => {
    const byNeed = new Map<string, Block>();
    for (const { weekday, mean, p80 } of days) {
      const minimum = mean < MUST ? 0 : Math.ceil(mean / perDay(minutes) - 1e-9);
      const desired = Math.max(minimum, Math.ceil(p80 / perDay(minutes)));
      if (desired === 0) continue;
      const known = byNeed.get(`${minimum} ${desired}`);
      if (known) known.weekdays.push(weekday);
      else byNeed.set(`${minimum} ${desired}`, { weekdays: [weekday], ...hours, ...of, minimum, desired });
    }
    blocks.push(...byNeed.values());
  };
  for (const skill of new Set(rows.map((row) => row.skill))) {
    const own = rows.filter((row) => row.skill === skill);
    const minutes = minutesOf(own);
    const level = Math.min(...own.map((row) => row.level));
    add(
      Array.from({ length: 7 }, (_, k) => {
        const means = own.map((row) => row.days[k]?.visits.mean ?? 0);
        const mean = means.reduce((sum, each) => sum + each, 0);
        // As if all regions together were one Poisson process: what is believed of each differs less in sum.
        return { weekday: k + 1, mean, p80: countToExpect(mean, 100, 0.8) };
      }),
      minutes,
      { skill, level },
    );
  }
  for (const row of rows) {
    const days = row.days.map(({ weekday, visits }) => ({ weekday, ...visits }));
    add(days, minutesOf([row]), { region: row.region, skill: row.skill, level: row.level });
  }
  return blocks;
}

function minutesOf(rows: DemandForecast['rows']): number {
  const visits = rows.reduce((sum, row) => sum + row.visits.mean, 0);
  return visits === 0 ? 0 : (60 * rows.reduce((sum, row) => sum + row.hours.mean, 0)) / visits;
}

/** Hours of the week in which now somebody is always on duty stay so: nobody has forgotten the evenings. */
export function presentCover(
  kinds: readonly ShiftKindOf[],
  duties: readonly Duty[],
  { from, weeks }: Pick<ProposalBody, 'from' | 'weeks'>,
): Block[] {
  const edges = [...new Set([0, 1_440, ...kinds.flatMap((kind) => [kind.fromMinute, kind.toMinute % 1_440])])].sort(
    (a, b) => a - b,
  );
  const first = dayNumber(from);
  const byId = new Map(kinds.map((kind) => [kind.id, kind]));
  const onDay = new Map<number, ShiftKindOf[]>();
  for (const { date, shift } of duties) {
    const kind = byId.get(shift);
    if (kind) onDay.set(dayNumber(date), [...(onDay.get(dayNumber(date)) ?? []), kind]);
  }
  const covered = (day: number, low: number, high: number) =>
    (onDay.get(day) ?? []).some((kind) => kind.fromMinute <= low && kind.toMinute >= high) ||
    (onDay.get(day - 1) ?? []).some((kind) => kind.toMinute >= high + 1_440);
  return edges.slice(1).flatMap((high, k) => {
    const low = edges[k] as number;
    const weekdays = [1, 2, 3, 4, 5, 6, 7].filter((weekday) =>
      Array.from({ length: weeks }, (_, week) => first + 7 * week + weekday - weekdayOf(first)).every((day) =>
        covered(day, low, high),
      ),
    );
    const times = { from: clockOf(low), to: clockOf(high) };
    return weekdays.length === 0 ? [] : [{ weekdays, ...times, minimum: 1, desired: 1 }];
  });
}

/** The days of a rota, oldest first. */
export const daysOf = ({ from, weeks }: Pick<ProposalBody, 'from' | 'weeks'>): string[] =>
  Array.from({ length: 7 * weeks }, (_, day) => isoDate(dayNumber(from) + day));
