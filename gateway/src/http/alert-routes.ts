import {
  AcknowledgeManyBody,
  type Alert,
  type AlertCommand,
  type AlertId,
  decideAlert,
  groupAlerts,
  type ManyAlertsDone,
  ShelveBody,
  ShelveManyBody,
  type UptowerEvent,
  type Viewer,
} from '@uptower/domain';
import { type Append, answer, HttpProblem, parse, requireViewer } from '@uptower/platform';
import { json, type Router } from 'express';
import type { Services } from './services.ts';

export function alertRoutes(router: Router, services: Services): void {
  const { alerts, clock, registry } = services;

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
    '/alerts/groups',
    answer((request) => {
      requireViewer(request, 'see-fleet');
      return groupAlerts(alerts.list('open'), (deviceId) => registry.devices.get(deviceId)?.siteId);
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

  /** All that can be done is, in one transaction. */
  const many = async (
    ids: readonly AlertId[],
    viewer: Viewer,
    make: (by: string) => AlertCommand,
  ): Promise<ManyAlertsDone> => {
    const now = clock.now();
    const appends: Append<UptowerEvent>[] = [];
    const done: AlertId[] = [];
    const refused: ManyAlertsDone['refused'][number][] = [];
    for (const alertId of new Set(ids)) {
      const found = alerts.find(alertId);
      const decided = found ? decideAlert(found.alert, make(viewer.accountId), now) : 'not-found';
      if (!found || typeof decided === 'string') {
        refused.push({ alertId, code: typeof decided === 'string' ? decided : 'not-found' });
        continue;
      }
      appends.push({ stream: found.stream, expectedVersion: found.version, events: decided });
      done.push(alertId);
    }
    if (appends.length > 0) await services.events.append(appends, { at: now, actor: viewer.accountId });
    return { done, refused };
  };

  router.post(
    '/alerts/acknowledge',
    json(),
    answer((request) => {
      const viewer = requireViewer(request, 'handle-alerts');
      const { ids } = parse(AcknowledgeManyBody, request.body);
      return many(ids, viewer, (by) => ({ type: 'acknowledge', by }));
    }),
  );

  router.post(
    '/alerts/shelve',
    json(),
    answer((request) => {
      const viewer = requireViewer(request, 'handle-alerts');
      const { ids, reason, until } = parse(ShelveManyBody, request.body);
      return many(ids, viewer, (by) => ({ type: 'shelve', by, reason, until }));
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
