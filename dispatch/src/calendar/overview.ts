import type { CalendarRow, CalendarVisit, Engineer, Interval, Viewer, WorkOrder } from '@uptower/domain';
import { calendarOf } from '../availability/calendar.ts';
import { clipped } from '../availability/intervals.ts';
import { parseDay, zonedInstant } from '../availability/zone.ts';
import type { DispatchState } from '../state.ts';
import { calendarView } from './views.ts';

/** Rows of engineers in a period: the same times the planner uses, with the visits in them. */
export function overviewRows(
  state: DispatchState,
  engineers: readonly Engineer[],
  period: Interval,
  viewer: Viewer,
): CalendarRow[] {
  const visits = visitsIn(state, period);
  return engineers.map((engineer) => {
    const { engineerId, timeZone, sight, free, holes, working, onCall, imported } = calendarView(
      state,
      engineer,
      period,
      viewer,
      null,
    );
    return {
      engineerId,
      name: engineer.name,
      timeZone,
      sight,
      working,
      free,
      holes,
      onCall,
      visits: visits.get(engineer.id) ?? [],
      holidays: holidaysIn(state, engineer, period),
      importFailing: imported?.failure != null,
    };
  });
}

/** Visits made, under way and to come, by engineer and time. An order that ended has the visit it ended with. */
function visitsIn(state: DispatchState, { from, to }: Interval): Map<Engineer['id'], CalendarVisit[]> {
  const found = new Map<Engineer['id'], CalendarVisit[]>();
  for (const { order } of state.orders.values()) {
    const visit = visitOf(order);
    if (!visit || visit.departAt >= to || visit.endAt <= from) continue;
    const { id: workOrderId, number, priority, title, state: orderState } = order;
    const times = { from: visit.departAt, to: visit.endAt, startAt: visit.startAt };
    const row = { workOrderId, number, priority, title, state: orderState, ...times };
    const own = found.get(visit.engineerId);
    if (own) own.push(row);
    else found.set(visit.engineerId, [row]);
  }
  for (const own of found.values()) own.sort((a, b) => a.from - b.from);
  return found;
}

const visitOf = (order: WorkOrder) => ('visit' in order ? order.visit : null);

function holidaysIn(state: DispatchState, engineer: Engineer, period: Interval): CalendarRow['holidays'] {
  const days = calendarOf(state.calendars, engineer).holidays?.days ?? [];
  const whole = days.map(({ date, name, worksAs }) => {
    const { year, month, day } = parseDay(date);
    const midnight = (add: number) => zonedInstant(engineer.timeZone, year, month, day + add, 0);
    return { from: midnight(0), to: midnight(1), name, working: worksAs !== null };
  });
  return clipped(whole, period.from, period.to);
}
