import { z } from 'zod';
import { InputError } from '../exchange/input-error.ts';
import { pathOf } from '../exchange/vroom/request.ts';

/**
 * What a rota is to be made of. Times of day are `HH:MM` on the wall of the place, days are ISO dates; the night clocks
 * change is as long as any other here. Weekdays are 1 (Monday) to 7.
 */
const date = z.iso.date();
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'is HH:MM, 00:00 to 24:00');
const weekday = z.int().min(1).max(7);
const name = z.string().min(1).max(80);
const weight = z.int().min(0).max(1_000_000);
const count = z.int().min(0).max(10_000);

const ShiftKind = z.strictObject({
  id: name,
  from: clock,
  /** Not after `from`: the next day. */
  to: clock,
  /** Unpaid, inside the shift; does not count as hours. */
  breakMinutes: z.int().min(0).max(600).default(0),
});

/** `minimum` must and `desired` should be on duty at the same time, all through `from` to `to`. */
const Demand = z.strictObject({
  weekdays: z.array(weekday).min(1),
  from: clock,
  to: clock,
  region: name.optional(),
  skill: name.optional(),
  level: z.int().min(1).max(3).default(1),
  minimum: count,
  desired: count.optional(),
});

const Engineer = z.strictObject({
  id: name,
  /** Not given: every region. */
  regions: z.array(name).optional(),
  skills: z.record(name, z.int().min(1).max(3)).default({}),
  hoursPerWeek: z.strictObject({ least: z.number().min(0).max(168), most: z.number().min(0).max(168) }),
  /** First and last day. */
  leave: z.array(z.strictObject({ from: date, to: date })).default([]),
  onCall: z.boolean().default(false),
  /** Weeks on call before this rota, so that fairness has a memory. */
  onCallBefore: count.default(0),
  weekendsBefore: count.default(0),
  /** Rather not: on that weekday, in that kind of shift, or both. */
  avoids: z
    .array(z.strictObject({ weekday: weekday.optional(), shift: name.optional(), weight: weight.default(1) }))
    .default([]),
});

/** Price of each thing that is not as it should be; hours are counted by the minute. */
const Weights = z.strictObject({
  belowMinimumMinute: weight.default(50),
  belowDesiredMinute: weight.default(5),
  underContractMinute: weight.default(1),
  /** Of the difference between who has most weekends (weeks on call) and who has fewest. */
  weekendSpread: weight.default(600),
  onCallSpread: weight.default(600),
  noOnCall: weight.default(50_000),
  /** Times the weight of what is avoided. */
  avoided: weight.default(60),
  /** A day of somebody that differs from the present rota. */
  changedDay: weight.default(120),
});

const Problem = z.strictObject({
  from: date,
  weeks: z.int().min(1).max(6),
  shifts: z.array(ShiftKind).min(1).max(12),
  demand: z.array(Demand).max(500),
  engineers: z.array(Engineer).min(1).max(150),
  rules: z
    .strictObject({
      restHours: z.number().min(0).max(48).default(11),
      longestRunDays: z.int().min(1).max(14).default(6),
      /** One engineer on call each week, never two weeks in a row. */
      onCallWeekly: z.boolean().default(false),
    })
    .prefault({}),
  /** What is published, also of the days just before, which count for rest and for days in a row. */
  present: z.array(z.strictObject({ engineer: name, date, shift: name })).default([]),
  weights: Weights.prefault({}),
});

export type RosterProblem = z.output<typeof Problem>;
export type RosterEngineer = RosterProblem['engineers'][number];
export type RosterDemand = RosterProblem['demand'][number];
export type ShiftKind = RosterProblem['shifts'][number];

/** One shift of one engineer. */
export interface Duty {
  readonly engineer: string;
  readonly date: string;
  readonly shift: string;
}

export interface Rota {
  /** By date, then by engineer as the problem lists them. */
  readonly duties: readonly Duty[];
  /** Who is on call in the week that begins at `from`. */
  readonly onCall: readonly { readonly from: string; readonly engineer: string }[];
}

/** Throws an `InputError` that names the path of everything refused. */
export function readRoster(json: unknown): RosterProblem {
  const parsed = Problem.safeParse(json);
  if (!parsed.success)
    throw new InputError(parsed.error.issues.map(({ path, message }) => ({ path: pathOf(path), message })));
  const problems = contradictions(parsed.data);
  if (problems.length > 0) throw new InputError(problems);
  return parsed.data;
}

function contradictions({ shifts, demand, engineers, present }: RosterProblem): { path: string; message: string }[] {
  const problems: { path: string; message: string }[] = [];
  const say = (path: string, message: string) => problems.push({ path, message });
  const kinds = new Set(shifts.map(({ id }) => id));
  const names = new Set(engineers.map(({ id }) => id));
  const twice = (ids: readonly string[], path: string) =>
    ids.forEach((id, k) => {
      if (ids.indexOf(id) !== k) say(`${path}[${k}].id`, `${id} is there twice`);
    });
  twice(
    shifts.map(({ id }) => id),
    'shifts',
  );
  twice(
    engineers.map(({ id }) => id),
    'engineers',
  );
  demand.forEach(({ from, to, minimum, desired }, k) => {
    if (minutesOf(to) <= minutesOf(from)) say(`demand[${k}].to`, 'is not after from; a night is two blocks');
    if ((desired ?? minimum) < minimum) say(`demand[${k}].desired`, 'is less than the minimum');
  });
  engineers.forEach(({ hoursPerWeek, leave, avoids }, k) => {
    if (hoursPerWeek.most < hoursPerWeek.least) say(`engineers[${k}].hoursPerWeek.most`, 'is less than least');
    leave.forEach(({ from, to }, l) => {
      if (to < from) say(`engineers[${k}].leave[${l}].to`, 'is before from');
    });
    avoids.forEach(({ shift }, a) => {
      if (shift !== undefined && !kinds.has(shift)) say(`engineers[${k}].avoids[${a}].shift`, `no shift is ${shift}`);
    });
  });
  const days = new Set<string>();
  present.forEach(({ engineer, date: day, shift }, k) => {
    if (!names.has(engineer)) say(`present[${k}].engineer`, `no engineer is ${engineer}`);
    if (!kinds.has(shift)) say(`present[${k}].shift`, `no shift is ${shift}`);
    if (days.has(`${engineer} ${day}`)) say(`present[${k}].date`, `${engineer} has two shifts on ${day}`);
    days.add(`${engineer} ${day}`);
  });
  return problems;
}

/** Minutes after midnight. */
export function minutesOf(time: string): number {
  return 60 * Number(time.slice(0, 2)) + Number(time.slice(3, 5));
}

/** Days since 1970-01-01. */
export function dayNumber(isoDate: string): number {
  return Date.parse(`${isoDate}T00:00:00Z`) / 86_400_000;
}

export function isoDate(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}

/** 1 (Monday) to 7; 1970-01-01 was a Thursday. */
export function weekdayOf(day: number): number {
  return ((((day + 3) % 7) + 7) % 7) + 1;
}

/** From midnight of the day it begins; `end` is past 1440 for a night. */
export function spanOf({ from, to }: Pick<ShiftKind, 'from' | 'to'>): { start: number; end: number } {
  const [start, end] = [minutesOf(from), minutesOf(to)];
  return { start, end: end > start ? end : end + 1_440 };
}

export function meets(engineer: RosterEngineer, { region, skill, level }: RosterDemand): boolean {
  const there = region === undefined || engineer.regions === undefined || engineer.regions.includes(region);
  return there && (skill === undefined || (engineer.skills[skill] ?? 0) >= level);
}

/** A stretch of one demand on one day in which no shift begins or ends. Minutes on the axis that starts at `problem.from`. */
export interface Piece {
  readonly demand: number;
  readonly day: number;
  readonly from: number;
  readonly to: number;
}

export function piecesOf({ from, weeks, shifts, demand }: RosterProblem): Piece[] {
  const first = dayNumber(from);
  const edges = shifts.flatMap((shift) => {
    const { start, end } = spanOf(shift);
    return [start, end % 1_440];
  });
  return Array.from({ length: 7 * weeks }, (_, day) => day).flatMap((day) =>
    demand.flatMap((block, index) => {
      if (!block.weekdays.includes(weekdayOf(first + day))) return [];
      const [low, high] = [minutesOf(block.from), minutesOf(block.to)];
      const cuts = [...new Set([low, high, ...edges.filter((edge) => edge > low && edge < high)])].sort(
        (a, b) => a - b,
      );
      return cuts.slice(1).map((cut, k) => ({
        demand: index,
        day,
        from: day * 1_440 + cuts[k]!,
        to: day * 1_440 + cut,
      }));
    }),
  );
}
