import { DemandQuery, ProposalBody } from '@uptower/domain';
import { answer, parse, requireViewer } from '@uptower/platform';
import type { Router } from 'express';
import { nextMonday } from '../roster/demand.ts';
import type { Proposals } from '../roster/proposals.ts';
import type { RouteContext } from './context.ts';

/** What is expected, for staff; rotas proposed for it, for who manages calendars. */
export function rosterRoutes(router: Router, { state, clock }: RouteContext, proposals: Proposals): void {
  router.get(
    '/roster/demand',
    answer((request) => {
      requireViewer(request, 'see-fleet');
      const { from, weeks } = parse(DemandQuery, request.query);
      const zone = [...state.registry.engineers.values()][0]?.timeZone ?? 'Etc/UTC';
      return proposals.forecast(from ?? nextMonday(zone, clock.now()), weeks);
    }),
  );
  router.get(
    '/roster/proposals',
    answer((request) => {
      requireViewer(request, 'manage-calendars');
      return proposals.list();
    }),
  );
  router.get(
    '/roster/proposals/:id',
    answer((request) => {
      requireViewer(request, 'manage-calendars');
      return proposals.get(request.params.id as string);
    }),
  );
  router.post(
    '/roster/proposals',
    answer((request, response) => {
      const viewer = requireViewer(request, 'manage-calendars');
      const asked = parse(ProposalBody, request.body);
      response.status(202);
      return proposals.ask(asked, viewer);
    }),
  );
  router.post(
    '/roster/proposals/:id/accept',
    answer((request) => {
      const viewer = requireViewer(request, 'manage-calendars');
      return proposals.accept(request.params.id as string, viewer);
    }),
  );
  router.delete(
    '/roster/proposals/:id',
    answer((request) => {
      requireViewer(request, 'manage-calendars');
      return proposals.discard(request.params.id as string);
    }),
  );
}
