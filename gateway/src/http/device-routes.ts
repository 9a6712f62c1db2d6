import { can, type LatestValue, RecentQuery, SeriesQuery, seesHospital } from '@uptower/domain';
import { answer, HttpProblem, parse, requireViewer } from '@uptower/platform';
import type { Router } from 'express';
import { deviceView, deviceViews } from '../live/device-view.ts';
import type { Services } from './services.ts';
import { fromStore } from './store-answers.ts';
import { telemetryFacts } from './telemetry-facts.ts';
import { visibleDevice } from './visible.ts';

export function deviceRoutes(router: Router, services: Services): void {
  const { registry, alerts } = services;

  router.get(
    '/devices',
    answer((request) => {
      const viewer = requireViewer(request);
      return deviceViews(services, (device) => seesHospital(viewer, device.hospitalId));
    }),
  );

  router.get(
    '/devices/:id',
    answer((request) => {
      const viewer = requireViewer(request);
      const device = visibleDevice(services, viewer, request.params.id);
      const view = deviceView(device, services);
      if (!view) throw new HttpProblem('not-found');
      const latest = Object.entries(services.state(device.id)?.latest ?? {})
        .map(([metric, [value, ts]]): LatestValue => ({ metric, value, ts, stale: view.stale !== null }))
        .sort((a, b) => (a.metric < b.metric ? -1 : 1));
      return {
        device: view,
        latest,
        model: registry.models.get(device.modelId),
        ...telemetryFacts(device, services),
        // Alerts are for those who judge them; the hospital sees its orders.
        alerts: can(viewer, 'see-fleet') ? alerts.openOf(device.id) : [],
      };
    }),
  );

  router.get(
    '/devices/:id/readings',
    answer(async (request) => {
      const device = visibleDevice(services, requireViewer(request), request.params.id);
      const { metric, from, to, points } = parse(SeriesQuery, request.query);
      if (from >= to) throw new HttpProblem('bad-request', 'from must be before to');
      const store = await services.history();
      return fromStore(() => store.series(device.id, metric, from, to, points));
    }),
  );

  router.get(
    '/devices/:id/recent',
    answer(async (request) => {
      const device = visibleDevice(services, requireViewer(request), request.params.id);
      const { from, to, limit } = parse(RecentQuery, request.query);
      const store = await services.history();
      return fromStore(() => store.range(device.id, from, to, limit));
    }),
  );
}
