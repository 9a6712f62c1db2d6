import { type CalendarEvent, can, HolidayCalendar, Key, OnCallRota, streams, type Viewer } from '@uptower/domain';
import { answer, HttpProblem, parse, requireViewer } from '@uptower/platform';
import type { Router } from 'express';
import { periodOf, turnsView } from '../calendar/views.ts';
import type { RouteContext } from './context.ts';

/** Public holidays by region and on-call rotas: seen by staff, set by who manages calendars. */
export function calendarRuleRoutes(router: Router, { state, events, clock }: RouteContext): void {
  const { calendars, registry } = state;
  const write = (viewer: Viewer, event: CalendarEvent) =>
    events.append([{ stream: streams.calendarRules, events: [event] }], { at: clock.now(), actor: viewer.accountId });
  const by = (viewer: Viewer) => ({ at: clock.now(), by: viewer.accountId });

  router.get(
    '/calendars/holidays',
    answer((request) => {
      requireViewer(request, 'see-fleet');
      return [...calendars.holidays.values()].sort((a, b) => (a.region < b.region ? -1 : 1));
    }),
  );
  router.put(
    '/calendars/holidays/:region',
    answer(async (request) => {
      const viewer = requireViewer(request, 'manage-calendars');
      const region = parse(Key, request.params.region);
      const calendar = parse(HolidayCalendar.omit({ region: true }), request.body);
      await write(viewer, { type: 'calendar.holidays-set', ...by(viewer), calendar: { region, ...calendar } });
      return calendars.holidays.get(region);
    }),
  );

  router.get(
    '/calendars/on-call',
    answer((request) => {
      const viewer = requireViewer(request, 'see-fleet');
      const period = periodOf(request.query, clock.now());
      return [...calendars.rotas.values()]
        .sort((a, b) => (a.key < b.key ? -1 : 1))
        .map((rota) => ({
          rota: can(viewer, 'manage-calendars') ? rota : { key: rota.key, name: rota.name },
          turns: turnsView(rota, period),
        }));
    }),
  );
  router.put(
    '/calendars/on-call/:key',
    answer(async (request) => {
      const viewer = requireViewer(request, 'manage-calendars');
      const key = parse(Key, request.params.key);
      const rota = { key, ...parse(OnCallRota.omit({ key: true }), request.body) };
      const unknown = [...rota.engineers, ...rota.swaps.map(({ engineerId }) => engineerId)].filter(
        (id) => !registry.engineers.has(id),
      );
      if (unknown.length > 0)
        throw new HttpProblem(
          'bad-request',
          undefined,
          unknown.map((id) => ({ path: 'engineers', message: `${id} is not known` })),
        );
      await write(viewer, { type: 'calendar.rota-set', ...by(viewer), rota });
      return rota;
    }),
  );
  router.delete(
    '/calendars/on-call/:key',
    answer(async (request) => {
      const viewer = requireViewer(request, 'manage-calendars');
      const key = parse(Key, request.params.key);
      if (!calendars.rotas.has(key)) throw new HttpProblem('not-found');
      await write(viewer, { type: 'calendar.rota-removed', ...by(viewer), key });
    }),
  );
}
