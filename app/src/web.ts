import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { HttpProblem, type Logger, type Metrics, problemHandler } from '@uptower/platform';
import compression from 'compression';
import express, { type Express, type RequestHandler, type Router } from 'express';
import { rateLimit } from 'express-rate-limit';
import helmet from 'helmet';

export interface WebDeps {
  readonly identify: RequestHandler;
  readonly routers: readonly Router[];
  /** Messages of devices: credentials and body limits of its own, so ahead of everything that is for people. */
  readonly intake: Router;
  /** What programs fetch by an address that is a secret: no session, so ahead of the pages. */
  readonly feeds: Router;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** Folder of the built dashboard; left out: API only. */
  readonly dashboard?: string;
  readonly ready: () => boolean;
}

/** What people send fits easily; nested brackets of this length parse in under a millisecond. */
const MAX_BODY = '100kb';
/** Uploads of whole fleets, sets of rules, learned models, calendars: their routes check the permission first, then parse with a limit of their own. */
const OWN_BODY =
  /^\/(registry|credentials|predictions\/(models|drafts|backtests|learned)\b.*|engineers\/[^/]+\/calendar-import)$/;

/** One web server: API under /api/v1, health, metrics, and the dashboard for every other address. */
export function createWeb({ identify, routers, intake, feeds, metrics, log, dashboard, ready }: WebDeps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(compression());
  app.use(
    helmet({
      contentSecurityPolicy: {
        directives: {
          defaultSrc: ["'self'"],
          // Mantine sets style attributes and one style element at run time.
          styleSrc: ["'self'", "'unsafe-inline'"],
          imgSrc: ["'self'", 'data:', 'blob:'],
          workerSrc: ["'self'", 'blob:'],
          connectSrc: ["'self'", 'ws:', 'wss:'],
          // Plain HTTP on a private network is a supported set-up.
          upgradeInsecureRequests: null,
        },
      },
      strictTransportSecurity: false,
    }),
  );
  app.get('/healthz', (_request, response) => void response.json({ status: 'alive' }));
  app.get('/readyz', (_request, response) => void response.status(ready() ? 200 : 503).json({ ready: ready() }));
  app.get('/metrics', async (_request, response) => {
    response.type(metrics.contentType).send(await metrics.metrics());
  });
  app.use(intake);
  app.use('/api', (_request, response, next) => {
    response.set('cache-control', 'no-store');
    next();
  });
  const json = express.json({ limit: MAX_BODY });
  const body: RequestHandler = (request, response, next) =>
    OWN_BODY.test(request.path) ? next() : json(request, response, next);
  app.use('/api/v1', identify, body, ...routers);
  app.use('/api', (_request, _response, next) => next(new HttpProblem('not-found')));
  const limit = rateLimit({
    windowMs: 60_000,
    limit: 240,
    handler: (_request, _response, next) => next(new HttpProblem('too-many-requests')),
  });
  app.use('/calendar', limit);
  app.use(feeds);
  if (dashboard && existsSync(join(dashboard, 'index.html'))) {
    app.use('/assets', express.static(join(dashboard, 'assets'), { immutable: true, maxAge: '1y' }));
    app.use('/assets', (_request, _response, next) => next(new HttpProblem('not-found')));
    app.use(express.static(dashboard, { index: false, maxAge: 0 }));
    app.get('/{*path}', (_request, response) => response.sendFile(join(dashboard, 'index.html')));
  }
  app.use(problemHandler(log));
  return app;
}
