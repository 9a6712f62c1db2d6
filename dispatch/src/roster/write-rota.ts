import {
  type AccountId,
  type CalendarEvent,
  DAY,
  type Engineer,
  type EngineerId,
  type Instant,
  type OnCallRota,
  type PatternShift,
  type RotaResult,
  type WorkPattern,
} from '@uptower/domain';
import type { EngineerCalendar } from '../availability/calendar.ts';
import { shiftsOfDay } from '../availability/shifts.ts';
import { parseDay, zonedInstant } from '../availability/zone.ts';
import type { ShiftKindOf } from './demand-blocks.ts';
import { dayNumber, isoDate, weekdayOf } from './problem.ts';

interface Written {
  readonly from: string;
  readonly weeks: number;
  readonly at: Instant;
  readonly by: AccountId;
}

/**
 * What writing a rota into one engineer's calendar takes: a pattern for its weeks, and after it again what was worked before.
 * On days of leave stays what the pattern has: who gives leave back works as always.
 */
export function patternEvents(
  calendar: EngineerCalendar,
  engineerId: EngineerId,
  duties: RotaResult['duties'],
  leaveDays: readonly string[],
  kinds: readonly ShiftKindOf[],
  { from, weeks, at, by }: Written,
): CalendarEvent[] {
  const first = dayNumber(from);
  const end = isoDate(first + 7 * weeks);
  const own = new Map(duties.filter((duty) => duty.engineerId === engineerId).map(({ date, shift }) => [date, shift]));
  const shiftsOn = (date: string): PatternShift[] => {
    const weekday = weekdayOf(dayNumber(date));
    if (leaveDays.includes(date))
      return shiftsOfDay({ ...calendar, holidays: null }, parseDay(date)).map((shift) => ({
        ...shift,
        breaks: [...(shift.breaks ?? [])],
      }));
    const kind = kinds.find(({ id }) => id === own.get(date));
    if (!kind) return [];
    return [{ weekday, fromMinute: kind.fromMinute, toMinute: kind.toMinute, breaks: kind.breaks }];
  };
  const { patterns } = calendar.facts;
  const before = patterns.findLast(({ startsOn }) => startsOn <= from);
  const pattern: WorkPattern = {
    startsOn: from,
    weeks: Array.from({ length: weeks }, (_, week) =>
      Array.from({ length: 7 }, (_, day) => isoDate(first + 7 * week + day)).flatMap(shiftsOn),
    ),
    worksHolidays: before?.worksHolidays ?? false,
  };
  const ref = { engineerId, at, by };
  const over = patterns.filter(({ startsOn }) => startsOn > from && startsOn < end);
  const after = patternAfter(patterns, calendar.engineer, end);
  return [
    ...over.map(({ startsOn }) => ({ type: 'calendar.pattern-removed' as const, ...ref, startsOn })),
    { type: 'calendar.pattern-set', ...ref, pattern },
    ...(after ? [{ type: 'calendar.pattern-set' as const, ...ref, pattern: after }] : []),
  ];
}

/** What would be worked from `end` on, as a pattern of its own; null where one begins on that day anyway. */
function patternAfter(
  patterns: readonly WorkPattern[],
  { shifts }: Pick<Engineer, 'shifts'>,
  end: string,
): WorkPattern | null {
  const inForce = patterns.findLast(({ startsOn }) => startsOn <= end);
  if (inForce?.startsOn === end) return null;
  if (!inForce)
    return { startsOn: end, weeks: [shifts.map((shift) => ({ ...shift, breaks: [] }))], worksHolidays: false };
  const start = dayNumber(inForce.startsOn);
  const monday = start - (weekdayOf(start) - 1);
  // The rotation goes on where it would have been.
  const turn = ((dayNumber(end) - monday) / 7) % inForce.weeks.length;
  return { ...inForce, startsOn: end, weeks: [...inForce.weeks.slice(turn), ...inForce.weeks.slice(0, turn)] };
}

const SWAPS_KEPT_MS = 8 * 7 * DAY;

/** The rota with the proposed weeks as swaps; each is handed over at the rota's own time of day. */
export function onCallEvent(rota: OnCallRota, onCall: RotaResult['onCall'], { at, by }: Written): CalendarEvent {
  const handover = (date: string, add: number) => {
    const { year, month, day } = parseDay(date);
    return zonedInstant(rota.timeZone, year, month, day + add, rota.handoverMinute);
  };
  const swaps = [
    ...rota.swaps.filter(({ when }) => when.to > at - SWAPS_KEPT_MS),
    ...onCall.map(({ from, engineerId }) => ({
      engineerId,
      when: { from: handover(from, 0), to: handover(from, 7) },
    })),
  ];
  return { type: 'calendar.rota-set', at, by, rota: { ...rota, swaps } };
}
