import { type Alert, type AlertCommand, decideAlert, ShelveBody, type Viewer } from '@uptower/domain';
import { answer, HttpProblem, parse, requireViewer } from '@uptower/platform';
import { json, type Router } from 'express';
import type { Services } from './services.ts';

export function alertRoutes(router: Router, services: Services): void {
  const { alerts, clock } = services;

  router.get(
    '/alerts',
    answer((request) => {
      requireViewer(request, 'see-fleet');
      const { state } = request.query;
      if (state !== undefined && state !== 'open' && state !== 'all')
        throw new HttpProblem('bad-request', undefined, [{ path: 'state', message: 'open or all' }]);
      return alerts.list(state ?? 'open');
    }),
  );

  router.get(
    '/alerts/:id',
    answer((request) => {
      requireViewer(request, 'see-fleet');
      const found = alerts.find(String(request.params.id));
      if (!found) throw new HttpProblem('not-found');
      return found.alert;
    }),
  );

  const command = (name: AlertCommand['type'], make: (viewer: Viewer, body: unknown) => AlertCommand) =>
    router.post(
      `/alerts/:id/${name}`,
      json(),
      answer(async (request): Promise<Alert> => {
        const viewer = requireViewer(request, 'handle-alerts');
        const id = String(request.params.id);
        const found = alerts.find(id);
        if (!found) throw new HttpProblem('not-found');
        const decided = decideAlert(found.alert, make(viewer, request.body), clock.now());
        if (typeof decided === 'string') throw new HttpProblem(decided);
        await services.events.append([{ stream: found.stream, expectedVersion: found.version, events: decided }], {
          at: clock.now(),
          actor: viewer.accountId,
        });
        return alerts.find(id)?.alert ?? found.alert;
      }),
    );

  command('acknowledge', (viewer) => ({ type: 'acknowledge', by: viewer.accountId }));
  command('shelve', (viewer, body) => ({ type: 'shelve', by: viewer.accountId, ...parse(ShelveBody, body) }));
  command('unshelve', (viewer) => ({ type: 'unshelve', by: viewer.accountId }));
}
