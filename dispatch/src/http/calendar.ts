import { createHash } from 'node:crypto';
import {
  AbsenceBody,
  AbsenceId,
  type CalendarEvent,
  CalendarSettings,
  can,
  type Engineer,
  EngineerId,
  FeedBody,
  ImportBody,
  LocalDate,
  NO_FACTS,
  streams,
  type Viewer,
  WorkPattern,
} from '@uptower/domain';
import { answer, HttpProblem, parse, randomSecret, requireViewer } from '@uptower/platform';
import { json, type Request, type Router } from 'express';
import { CalendarError } from '../availability/ical/lines.ts';
import { sightOf } from '../availability/visibility.ts';
import type { CalendarImporter } from '../calendar/importer.ts';
import { calendarView, freeTimeView, importView, periodOf } from '../calendar/views.ts';
import { ENGINEER_HEADER, type RouteContext } from './context.ts';

/** A file of five million characters, each of up to six as JSON writes them. */
const IMPORT_BODY = '8mb';
export const IMPORT_PATH = /^\/engineers\/[^/]+\/calendar-import$/;

/** Engineers' calendars: seen and kept by the engineer and by who plans; free time by all staff; nothing by hospitals. */
export function calendarRoutes(router: Router, context: RouteContext, importer: CalendarImporter): void {
  const { state, events, clock, ids } = context;

  /** The engineer of the path; `own`: also the engineer may, not only who manages calendars. */
  const engineerFor = (request: Request, who: 'staff' | 'own' | 'manager'): { viewer: Viewer; engineer: Engineer } => {
    const viewer = requireViewer(request);
    const staff = who === 'staff' && can(viewer, 'see-fleet');
    const own = who !== 'manager' && isOwn(viewer, request);
    if (!staff && !own && !can(viewer, 'manage-calendars'))
      throw new HttpProblem('not-allowed', `${viewer.role} lacks manage-calendars`);
    const id = EngineerId.safeParse(request.params.id);
    const engineer = id.success ? state.registry.engineers.get(id.data) : undefined;
    if (!engineer) throw new HttpProblem('not-found');
    return { viewer, engineer };
  };
  const factsOf = (engineer: Engineer) => state.calendars.engineers.get(engineer.id) ?? NO_FACTS;
  const write = (viewer: Viewer, { id }: Engineer, ...written: CalendarEvent[]) =>
    events.append([{ stream: streams.calendar(id), events: written }], { at: clock.now(), actor: viewer.accountId });
  const by = (viewer: Viewer, engineer: Engineer) => ({
    engineerId: engineer.id,
    at: clock.now(),
    by: viewer.accountId,
  });

  router.get(
    '/engineers/:id/free-time',
    answer((request) => {
      const { viewer, engineer } = engineerFor(request, 'staff');
      return freeTimeView(state, engineer, periodOf(request.query, clock.now()), viewer);
    }),
  );
  router.get(
    '/engineers/:id/calendar',
    answer((request) => {
      const { viewer, engineer } = engineerFor(request, 'own');
      const period = periodOf(request.query, clock.now());
      return calendarView(state, engineer, period, viewer, importer.goodAt(engineer.id));
    }),
  );

  router.post(
    '/engineers/:id/absences',
    answer(async (request, response) => {
      const { viewer, engineer } = engineerFor(request, 'own');
      const absence = { id: AbsenceId.parse(ids.next('abs')), ...parse(AbsenceBody, request.body) };
      if (factsOf(engineer).absences.length >= MAX_ABSENCES)
        throw new HttpProblem('too-large', `${MAX_ABSENCES} absences are known: remove old ones`);
      await write(viewer, engineer, { type: 'calendar.absence-added', ...by(viewer, engineer), absence });
      response.status(201);
      return absence;
    }),
  );
  /** Somebody who sees only that the engineer is busy changes what they entered themselves. */
  router.put(
    '/engineers/:id/absences/:absenceId',
    answer(async (request) => {
      const { viewer, engineer } = engineerFor(request, 'own');
      const { absences, enteredBy } = factsOf(engineer);
      const known = absences.find(({ id }) => id === request.params.absenceId);
      const seen = known && (sightOf(viewer, engineer.id) === 'all' || enteredBy.get(known.id) === viewer.accountId);
      if (!seen) throw new HttpProblem('not-found');
      const absence = { id: known.id, ...parse(AbsenceBody, request.body) };
      const changed = by(viewer, engineer);
      await write(
        viewer,
        engineer,
        { type: 'calendar.absence-removed', ...changed, absenceId: known.id },
        { type: 'calendar.absence-added', ...changed, absence },
      );
      return absence;
    }),
  );
  router.delete(
    '/engineers/:id/absences/:absenceId',
    answer(async (request) => {
      const { viewer, engineer } = engineerFor(request, 'own');
      const known = factsOf(engineer).absences.find(({ id }) => id === request.params.absenceId);
      if (!known) throw new HttpProblem('not-found');
      const removed = { type: 'calendar.absence-removed' as const, absenceId: known.id };
      await write(viewer, engineer, { ...removed, ...by(viewer, engineer) });
    }),
  );
  router.put(
    '/engineers/:id/patterns',
    answer(async (request) => {
      const { viewer, engineer } = engineerFor(request, 'manager');
      const pattern = parse(WorkPattern, request.body);
      if (factsOf(engineer).patterns.length >= MAX_PATTERNS)
        throw new HttpProblem('too-large', `${MAX_PATTERNS} patterns are known: remove old ones`);
      await write(viewer, engineer, { type: 'calendar.pattern-set', ...by(viewer, engineer), pattern });
      return pattern;
    }),
  );
  router.delete(
    '/engineers/:id/patterns/:startsOn',
    answer(async (request) => {
      const { viewer, engineer } = engineerFor(request, 'manager');
      const startsOn = parse(LocalDate, request.params.startsOn);
      if (!factsOf(engineer).patterns.some((pattern) => pattern.startsOn === startsOn))
        throw new HttpProblem('not-found');
      await write(viewer, engineer, { type: 'calendar.pattern-removed', ...by(viewer, engineer), startsOn });
    }),
  );
  router.put(
    '/engineers/:id/calendar-settings',
    answer(async (request) => {
      const { viewer, engineer } = engineerFor(request, 'manager');
      const settings = parse(CalendarSettings, request.body);
      await write(viewer, engineer, { type: 'calendar.settings-set', ...by(viewer, engineer), settings });
      return settings;
    }),
  );

  const body = json({ limit: IMPORT_BODY });
  router.put(
    '/engineers/:id/calendar-import',
    (request, response, next) => {
      try {
        engineerFor(request, 'own');
        body(request, response, next);
      } catch (error) {
        next(error);
      }
    },
    answer(async (request) => {
      const { viewer, engineer } = engineerFor(request, 'own');
      const wanted = parse(ImportBody, request.body);
      const set = { type: 'calendar.import-set' as const, ...by(viewer, engineer) };
      if ('url' in wanted) {
        await write(viewer, engineer, { ...set, source: { kind: 'url', url: wanted.url } });
        await importer.refresh(engineer.id);
      } else {
        const copy = await importer.read(engineer.id, wanted.text).catch((error) => {
          throw error instanceof CalendarError ? new HttpProblem('calendar-not-read', error.message) : error;
        });
        const read = { type: 'calendar.busy-read' as const, engineerId: engineer.id, at: clock.now(), copy };
        await write(viewer, engineer, { ...set, source: { kind: 'file' } }, read);
      }
      return importView(factsOf(engineer).imported, importer.goodAt(engineer.id), 'all');
    }),
  );
  router.post(
    '/engineers/:id/calendar-import/refresh',
    answer(async (request) => {
      const { engineer, viewer } = engineerFor(request, 'own');
      if (factsOf(engineer).imported?.source.kind !== 'url') throw new HttpProblem('no-import');
      const refreshed = await importer.refresh(engineer.id);
      if (!refreshed.ok) throw new HttpProblem('calendar-not-read', refreshed.reason);
      return calendarView(state, engineer, periodOf({}, clock.now()), viewer, importer.goodAt(engineer.id)).imported;
    }),
  );
  router.delete(
    '/engineers/:id/calendar-import',
    answer(async (request) => {
      const { viewer, engineer } = engineerFor(request, 'own');
      if (!factsOf(engineer).imported) throw new HttpProblem('not-found');
      await write(viewer, engineer, { type: 'calendar.import-unset', ...by(viewer, engineer) });
    }),
  );

  router.post(
    '/engineers/:id/calendar-feed',
    answer(async (request, response) => {
      const { viewer, engineer } = engineerFor(request, 'own');
      const { language } = parse(FeedBody, request.body ?? {});
      const token = randomSecret();
      const tokenHash = hashOf(token);
      await write(viewer, engineer, { type: 'calendar.feed-issued', ...by(viewer, engineer), tokenHash, language });
      response.status(201);
      return { path: `/calendar/${token}.ics`, language };
    }),
  );
  router.delete(
    '/engineers/:id/calendar-feed',
    answer(async (request) => {
      const { viewer, engineer } = engineerFor(request, 'own');
      if (!factsOf(engineer).feed) throw new HttpProblem('not-found');
      await write(viewer, engineer, { type: 'calendar.feed-revoked', ...by(viewer, engineer) });
    }),
  );
}

/** SHA-256: 192 random bits cannot be guessed, stretched or not. */
export const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');

const MAX_ABSENCES = 500;
const MAX_PATTERNS = 50;

/** The engineer, or an integration that says for which engineer it acts. */
function isOwn(viewer: Viewer, request: Request): boolean {
  if (viewer.engineerId !== null) return viewer.engineerId === request.params.id;
  return viewer.role === 'integration' && request.get(ENGINEER_HEADER) === request.params.id;
}
