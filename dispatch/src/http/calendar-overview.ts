import { type CalendarOverview, can } from '@uptower/domain';
import { answer, HttpProblem, requireViewer } from '@uptower/platform';
import type { Router } from 'express';
import { overviewRows } from '../calendar/overview.ts';
import { periodOf } from '../calendar/views.ts';
import type { RouteContext } from './context.ts';

/** Calendars side by side: everybody's for who manages calendars, the own for an engineer. */
export function calendarOverviewRoutes(router: Router, { state, clock }: RouteContext): void {
  router.get(
    '/calendars/overview',
    answer((request): CalendarOverview => {
      const viewer = requireViewer(request);
      const all = can(viewer, 'manage-calendars');
      if (!all && viewer.engineerId === null)
        throw new HttpProblem('not-allowed', `${viewer.role} lacks manage-calendars`);
      const period = periodOf(request.query, clock.now());
      const engineers = [...state.registry.engineers.values()]
        .filter(({ id }) => all || id === viewer.engineerId)
        .sort((a, b) => (a.id < b.id ? -1 : 1));
      return { period, rows: overviewRows(state, engineers, period, viewer) };
    }),
  );
}
