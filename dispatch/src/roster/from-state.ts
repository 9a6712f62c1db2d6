import {
  DAY,
  type DemandForecast,
  type Engineer,
  type EngineerId,
  HOUR,
  type PatternShift,
  type ProposalBody,
} from '@uptower/domain';
import { calendarOf, type EngineerCalendar } from '../availability/calendar.ts';
import { awayTimes } from '../availability/free-time.ts';
import { clipped, merged } from '../availability/intervals.ts';
import { dutyTimes } from '../availability/on-call.ts';
import { shiftsOfDay } from '../availability/shifts.ts';
import { type LocalDay, parseDay, zonedInstant } from '../availability/zone.ts';
import type { DispatchState } from '../state.ts';
import type { TravelTimes } from '../travel.ts';
import { clockOf, demandBlocks, mostUsed, presentCover, type ShiftKindOf } from './demand-blocks.ts';
import { dayNumber, isoDate, type RosterProblem, readRoster } from './problem.ts';

/** A day on which an engineer is away for so long is a day of leave for a rota. */
const AWAY_MS = 4 * HOUR;
/** Days before the first that count for rest and for days in a row. */
const BEFORE_DAYS = 14;
/** A rota's fairness looks back so far. */
const ON_CALL_BACK_MS = 8 * 7 * DAY;
const MOST_KINDS = 12;
/** In a shift longer than this whose breaks nobody recorded, an unpaid hour is taken to be one. */
const LONG_SHIFT_MINUTES = 8 * 60;

export interface RosterBase {
  readonly problem: RosterProblem;
  readonly kinds: readonly ShiftKindOf[];
}

type DayShifts = ReturnType<typeof shiftsOfDay>;

/** The problem a rota is proposed for: who could work when, what is worked now, and what is expected. */
export function rosterProblem(
  state: DispatchState,
  travel: TravelTimes,
  asked: ProposalBody,
  forecast: DemandForecast,
): RosterBase {
  const first = dayNumber(asked.from);
  const days = Array.from({ length: BEFORE_DAYS + 7 * asked.weeks }, (_, k) => isoDate(first - BEFORE_DAYS + k));
  const engineers = [...state.registry.engineers.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const onDays = engineers.map((engineer) => {
    const calendar = calendarOf(state.calendars, engineer);
    return { engineer, calendar, days: days.map((date) => dayOf(calendar, date)) };
  });
  const kinds = kindsIn(onDays.flatMap((one) => one.days.flatMap((day) => day.shifts)));
  const duties = onDays.flatMap((one) =>
    one.days.flatMap(({ date, shifts, leave }) => {
      const kind = leave ? undefined : kinds.find(({ id }) => id === idOf(longest(shifts)));
      return kind ? [{ engineer: one.engineer.id, date, shift: kind.id }] : [];
    }),
  );
  const rota = asked.onCall === null ? undefined : state.calendars.rotas.get(asked.onCall);
  const paid = new Map(kinds.map((kind) => [kind.id, kind.toMinute - kind.fromMinute - kind.breakMinutes]));
  const usual = mostUsed(kinds);
  const problem = readRoster({
    from: asked.from,
    weeks: asked.weeks,
    shifts: kinds.map((kind) => ({
      id: kind.id,
      from: clockOf(kind.fromMinute),
      to: clockOf(kind.toMinute),
      breakMinutes: kind.breakMinutes,
    })),
    demand: [...presentCover(kinds, duties, asked), ...demandBlocks(forecast, usual)].slice(0, MOST_DEMANDS),
    engineers: onDays.map((one) => {
      const own = one.days.slice(BEFORE_DAYS);
      // Days of leave are worked in another week: the usual week is what calendars have without them.
      const minutes = own.reduce((sum, { shifts }) => sum + (paid.get(idOf(longest(shifts)) ?? '') ?? 0), 0);
      const usualHours = minutes / 60 / asked.weeks;
      const most = Math.min(asked.rules.mostHoursPerWeek, Math.ceil(usualHours));
      const begin = first * DAY;
      const turns = rota ? dutyTimes(rota, one.engineer.id, begin - ON_CALL_BACK_MS, begin) : [];
      return {
        id: one.engineer.id,
        regions: regionsOf(one.engineer, forecast, travel, asked.reachMinutes),
        skills: Object.fromEntries(one.engineer.skills.map(({ name, level }) => [name, level])),
        hoursPerWeek: { least: Math.min(most, Math.floor(usualHours * 0.9)), most },
        leave: own.filter(({ leave }) => leave).map(({ date }) => ({ from: date, to: date })),
        onCall: rota?.engineers.includes(one.engineer.id) ?? false,
        onCallBefore: Math.round(turns.reduce((sum, turn) => sum + turn.to - turn.from, 0) / (7 * DAY)),
      };
    }),
    rules: {
      restHours: asked.rules.restHours,
      longestRunDays: asked.rules.longestRunDays,
      onCallWeekly: rota !== undefined,
    },
    present: duties,
  });
  return { problem, kinds };
}

const MOST_DEMANDS = 400;

/** Whether a rota made for `a` may be written into the calendars that `b` was made from. Demand may have changed. */
export function sameCalendars(a: RosterProblem, b: RosterProblem): boolean {
  const parts = ({ shifts, engineers, present }: RosterProblem) => JSON.stringify([shifts, engineers, present]);
  return parts(a) === parts(b);
}

/** A day of one engineer: the shifts of the pattern in force, and whether it is a day off for another reason. */
function dayOf(calendar: EngineerCalendar, date: string): { date: string; shifts: DayShifts; leave: boolean } {
  const day: LocalDay = parseDay(date);
  const midnight = (add: number) => zonedInstant(calendar.engineer.timeZone, day.year, day.month, day.day + add, 0);
  const [from, to] = [midnight(0), midnight(1)];
  const away = merged(clipped(awayTimes(calendar, from, to), from, to)).reduce(
    (sum, hole) => sum + hole.to - hole.from,
    0,
  );
  // Public holidays, and days worked as others, are what their calendar makes of them, not the rota.
  const holiday = calendar.holidays?.days.some((known) => known.date === date) ?? false;
  const works = calendar.facts.patterns.findLast(({ startsOn }) => startsOn <= date)?.worksHolidays ?? false;
  return {
    date,
    shifts: shiftsOfDay({ ...calendar, holidays: null }, day),
    leave: away >= AWAY_MS || (holiday && !works),
  };
}

const longest = (shifts: DayShifts) =>
  shifts.reduce<DayShifts[number] | undefined>(
    (best, shift) =>
      best === undefined || shift.toMinute - shift.fromMinute > best.toMinute - best.fromMinute ? shift : best,
    undefined,
  );
const idOf = (shift: DayShifts[number] | undefined) =>
  shift && `${clockOf(shift.fromMinute)}–${clockOf(shift.toMinute)}`;

/** The kinds of shift there are, most frequent first; one with breaks stands for the same hours without. */
function kindsIn(shifts: readonly DayShifts[number][]): ShiftKindOf[] {
  const kinds = new Map<string, { shift: DayShifts[number]; count: number }>();
  for (const shift of shifts) {
    const id = idOf(shift) as string;
    const known = kinds.get(id);
    if (!known) kinds.set(id, { shift, count: 1 });
    else
      kinds.set(id, {
        shift: (known.shift.breaks?.length ?? 0) >= (shift.breaks?.length ?? 0) ? known.shift : shift,
        count: known.count + 1,
      });
  }
  return [...kinds]
    .sort(([a, m], [b, n]) => n.count - m.count || (a < b ? -1 : 1))
    .slice(0, MOST_KINDS)
    .map(([id, { shift }]) => {
      const breaks: PatternShift['breaks'] = [...(shift.breaks ?? [])];
      const minutes = breaks.reduce((sum, rest) => sum + rest.minutes, 0);
      const long = shift.toMinute - shift.fromMinute > LONG_SHIFT_MINUTES;
      const { fromMinute, toMinute } = shift;
      return { id, fromMinute, toMinute, breaks, breakMinutes: breaks.length === 0 && long ? 60 : minutes };
    });
}

/** Regions near enough to an engineer's home; the nearest always is. */
function regionsOf(engineer: Engineer, forecast: DemandForecast, travel: TravelTimes, reachMinutes: number): string[] {
  const near = forecast.regions
    .map(({ region, place }) => ({ region, minutes: travel.between(engineer.home, place).seconds / 60 }))
    .sort((a, b) => a.minutes - b.minutes);
  return near.filter(({ minutes }, k) => k === 0 || minutes <= reachMinutes).map(({ region }) => region);
}

/** Days of leave by engineer, for people. */
export const leaveDaysOf = ({ engineers }: RosterProblem) =>
  engineers.map(({ id, leave }) => ({ engineerId: id as EngineerId, leaveDays: leave.map(({ from }) => from) }));
