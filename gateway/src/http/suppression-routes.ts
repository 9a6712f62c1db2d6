import {
  decideSuppression,
  decideSuppressionEnd,
  SuppressBody,
  type Suppression,
  type SuppressionEvent,
  SuppressionId,
  streams,
} from '@uptower/domain';
import { answer, HttpProblem, parse, requireViewer } from '@uptower/platform';
import { json, type Router } from 'express';
import type { Services } from './services.ts';

/** Alarms taken out of service, and announced maintenance: staff see them, who handles alerts sets and ends them. */
export function suppressionRoutes(router: Router, services: Services): void {
  const { suppressions, registry, clock, events, ids } = services;

  router.get(
    '/alarms/suppressions',
    answer((request) => {
      requireViewer(request, 'see-fleet');
      const { state } = request.query;
      if (state !== undefined && state !== 'open' && state !== 'all')
        throw new HttpProblem('bad-request', undefined, [{ path: 'state', message: 'open or all' }]);
      return suppressions.list(state ?? 'open');
    }),
  );

  const write = async (event: SuppressionEvent, expectedVersion: number, actor: string): Promise<Suppression> => {
    const stream = streams.suppression(event.suppressionId);
    await events.append([{ stream, expectedVersion, events: [event] }], { at: clock.now(), actor });
    const booked = suppressions.find(event.suppressionId);
    if (!booked) throw new Error(`suppression ${event.suppressionId} was written and is not in the book`);
    return booked.suppression;
  };

  router.post(
    '/alarms/suppressions',
    json(),
    answer(async (request, response) => {
      const viewer = requireViewer(request, 'handle-alerts');
      const body = parse(SuppressBody, request.body);
      const { deviceId, modelId, ruleId } = body.scope;
      const device = deviceId && registry.devices.get(deviceId);
      if (deviceId && !device) throw new HttpProblem('bad-request', undefined, unknown('scope.deviceId', 'device'));
      const model = registry.models.get((device ? device.modelId : modelId) as NonNullable<typeof modelId>);
      if (!model) throw new HttpProblem('bad-request', undefined, unknown('scope.modelId', 'device model'));
      if (ruleId && !model.rules.some(({ id }) => id === ruleId))
        throw new HttpProblem('bad-request', undefined, unknown('scope.ruleId', 'rule of that model'));
      const id = SuppressionId.parse(ids.next('sup'));
      const owner = body.owner ?? viewer.name.en;
      const decided = decideSuppression(id, { ...body, owner }, viewer.accountId, clock.now());
      if (typeof decided === 'string') throw new HttpProblem(decided);
      response.status(201);
      return write(decided, 0, viewer.accountId);
    }),
  );

  router.post(
    '/alarms/suppressions/:id/end',
    json(),
    answer(async (request) => {
      const viewer = requireViewer(request, 'handle-alerts');
      const booked = suppressions.find(String(request.params.id));
      if (!booked) throw new HttpProblem('not-found');
      const decided = decideSuppressionEnd(booked.suppression, viewer.accountId, clock.now());
      if (typeof decided === 'string') throw new HttpProblem(decided);
      return write(decided, booked.version, viewer.accountId);
    }),
  );
}

const unknown = (path: string, what: string) => [{ path, message: `there is no such ${what}` }];
