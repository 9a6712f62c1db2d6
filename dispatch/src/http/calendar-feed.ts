import { HttpProblem } from '@uptower/platform';
import { Router } from 'express';
import { writeCalendar } from '../availability/ical/write-calendar.ts';
import { visitsCalendar } from '../calendar/visits-feed.ts';
import type { DispatchState } from '../state.ts';
import { hashOf } from './calendar.ts';

/** `GET /calendar/<token>.ics`: an engineer's visits, for whoever has the address; calendar programs cannot sign in. */
export function calendarFeed(state: DispatchState): Router {
  const router = Router();
  router.get('/calendar/:file', (request, response, next) => {
    const token = /^([\w-]{20,64})\.ics$/.exec(request.params.file)?.[1];
    const tokenHash = token && hashOf(token);
    const found = [...state.calendars.engineers].find(([, { feed }]) => feed && feed.tokenHash === tokenHash);
    const engineer = found && state.registry.engineers.get(found[0]);
    const feed = found?.[1].feed;
    if (!engineer || !feed) return next(new HttpProblem('not-found'));
    response
      .set('cache-control', 'private, no-cache')
      .type('text/calendar; charset=utf-8')
      .set('content-disposition', 'inline; filename="visits.ics"')
      .send(writeCalendar(visitsCalendar(state, engineer, feed.language)));
  });
  return router;
}
