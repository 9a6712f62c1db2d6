import { answer, requireViewer } from '@uptower/platform';
import { Router } from 'express';
import { alertRoutes } from './alert-routes.ts';
import { deviceRoutes } from './device-routes.ts';
import { registryRoutes } from './registry-routes.ts';
import type { Services } from './services.ts';
import { uptimeRoutes } from './uptime-routes.ts';

/** The gateway's part of `/api/v1`. */
export function createRouter(services: Services): Router {
  const router = Router();
  registryRoutes(router, services);
  deviceRoutes(router, services);
  uptimeRoutes(router, services);
  alertRoutes(router, services);
  router.get(
    '/quarantine',
    answer((request) => {
      requireViewer(request, 'see-operations');
      return services.quarantine();
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
