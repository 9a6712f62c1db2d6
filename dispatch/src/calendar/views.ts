import {
  type BusyImport,
  CalendarPeriodQuery,
  type CalendarView,
  DAY,
  type Engineer,
  type EngineerId,
  type FreeTimeView,
  type ImportView,
  type Instant,
  type Interval,
  type OnCallRota,
  type Viewer,
} from '@uptower/domain';
import { parse } from '@uptower/platform';
import { calendarOf } from '../availability/calendar.ts';
import { freeTime, workingTimes } from '../availability/free-time.ts';
import { clipped } from '../availability/intervals.ts';
import { dutyTimes, onCallTimes } from '../availability/on-call.ts';
import { type CalendarSight, shownHole, sightOf } from '../availability/visibility.ts';
import type { DispatchState } from '../state.ts';

/** `?from&to` of a request; the next seven days when left out. */
export function periodOf(query: unknown, now: Instant): Interval {
  const { from = now, to = from + 7 * DAY } = parse(CalendarPeriodQuery, query);
  return parse(CalendarPeriodQuery, { from, to }) as Interval;
}

/** When an engineer is free, and why not; the same intervals the planner uses. */
export function freeTimeView(state: DispatchState, engineer: Engineer, period: Interval, viewer: Viewer): FreeTimeView {
  const sight = sightOf(viewer, engineer.id);
  const calendar = calendarOf(state.calendars, engineer);
  const { from, to } = period;
  const holes = clipped(
    workingTimes(calendar, from, to).flatMap((shift) => shift.holes),
    from,
    to,
  );
  return {
    engineerId: engineer.id,
    timeZone: engineer.timeZone,
    period,
    free: freeTime(calendar, from, to),
    holes: holes.map((hole) => shownHole(hole, sight)),
  };
}

export function calendarView(
  state: DispatchState,
  engineer: Engineer,
  period: Interval,
  viewer: Viewer,
  goodAt: Instant | null,
): CalendarView {
  const sight = sightOf(viewer, engineer.id) === 'all' ? 'all' : 'busy';
  const calendar = calendarOf(state.calendars, engineer);
  const { facts, rotas } = calendar;
  const { from, to } = period;
  return {
    ...freeTimeView(state, engineer, period, viewer),
    sight,
    working: clipped(workingTimes(calendar, from, to), from, to).map((shift) => ({ from: shift.from, to: shift.to })),
    onCall: rotas.flatMap((rota) =>
      onCallTimes(calendar, rota, from, to).map((duty) => ({ ...duty, rota: rota.key, name: rota.name })),
    ),
    settings: facts.settings,
    patterns: facts.patterns,
    absences:
      sight === 'all'
        ? facts.absences
        : facts.absences.filter(({ id }) => facts.enteredBy.get(id) === viewer.accountId),
    imported: importView(facts.imported, goodAt, sight),
    feed: facts.feed && { issuedAt: facts.feed.issuedAt, language: facts.feed.language },
  };
}

/** An import with the age of what is in use. The path of an address is mostly its secret. */
export function importView(
  imported: BusyImport | null,
  goodAt: Instant | null,
  sight: CalendarSight,
): ImportView | null {
  if (!imported) return null;
  const { source, copy, copiedAt, failure } = imported;
  const address = source.kind === 'url' ? (sight === 'all' ? source.url : new URL(source.url).host) : null;
  return {
    kind: source.kind,
    address,
    busyTimes: copy?.busy.length ?? 0,
    copiedAt,
    goodAt: failure ? failure.goodAt : (goodAt ?? copiedAt),
    failure: failure && { since: failure.since, reason: failure.reason },
    // An event's name may be in the reason; its UID says who wrote it.
    aside: sight === 'all' ? (copy?.aside ?? []) : [],
    asideCount: copy?.asideCount ?? 0,
  };
}

/** Who is on duty when, oldest first. */
export function turnsView(
  rota: OnCallRota,
  { from, to }: Interval,
): (Interval & { readonly engineerId: EngineerId })[] {
  const engineers = new Set([...rota.engineers, ...rota.swaps.map(({ engineerId }) => engineerId)]);
  return [...engineers]
    .flatMap((engineerId) => dutyTimes(rota, engineerId, from, to).map((duty) => ({ ...duty, engineerId })))
    .sort((a, b) => a.from - b.from);
}
