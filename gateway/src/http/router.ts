import { answer, requireViewer } from '@uptower/platform';
import { Router } from 'express';
import { alertRoutes } from './alert-routes.ts';
import { backtestRoutes } from './backtest-routes.ts';
import { deviceRoutes } from './device-routes.ts';
import { draftRoutes } from './draft-routes.ts';
import { exportRoutes } from './export-routes.ts';
import { learnedRoutes } from './learned-routes.ts';
import { performanceRoutes } from './performance-routes.ts';
import { registryRoutes } from './registry-routes.ts';
import { ruleRoutes } from './rule-routes.ts';
import type { Services } from './services.ts';
import { suppressionRoutes } from './suppression-routes.ts';
import { unknownMetrics } from './telemetry-facts.ts';
import { uptimeRoutes } from './uptime-routes.ts';

/** The gateway's part of `/api/v1`. */
export function createRouter(services: Services): Router {
  const router = Router();
  registryRoutes(router, services);
  deviceRoutes(router, services);
  exportRoutes(router, services);
  uptimeRoutes(router, services);
  alertRoutes(router, services);
  ruleRoutes(router, services);
  draftRoutes(router, services);
  backtestRoutes(router, services);
  learnedRoutes(router, services);
  suppressionRoutes(router, services);
  performanceRoutes(router, services);
  router.get(
    '/quarantine',
    answer((request) => {
      requireViewer(request, 'see-operations');
      return services.quarantine();
    }),
  );
  router.get(
    '/intake/unknown-metrics',
    answer((request) => {
      requireViewer(request, 'see-operations');
      return unknownMetrics(services);
    }),
  );
  router.get(
    '/intake',
    answer((request) => {
      requireViewer(request, 'see-operations');
      return services.intake();
    }),
  );
  return router;
}
