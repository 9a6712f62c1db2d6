import type { Server } from 'node:http';
import { availableParallelism } from 'node:os';
import { InputError, RoutingError, type SolveJob, SolverThreads, TooLargeError } from '@uptower/dispatch';
import express, { type ErrorRequestHandler, type Express, type Response } from 'express';
import { Turns } from './turns.ts';

export interface ServeSolverOptions {
  readonly port: number;
  readonly host: string;
  /** Wall-clock seconds at exploration level 5. */
  readonly seconds: number;
  readonly threads: number;
  readonly maxLocations: number;
  readonly maxVehicles: number;
  readonly maxBody: number;
  readonly maxWaiting: number;
  /** Seconds. */
  readonly timeout: number;
  readonly check?: boolean;
  readonly routing?: string;
}

/** VROOM's codes; 4 is of its HTTP wrapper, vroom-express. */
const CODES = { internal: 1, input: 2, routing: 3, tooLarge: 4 } as const;
const NO_PROBLEM = 'Invalid JSON object in request, please add vehicles and jobs or shipments to the object body';
/** VROOM's effort, 0 to 5, as a share of the time; and how long a search may find nothing better. */
const LEVELS = 6;

/** Starts the server; it stops on SIGINT and SIGTERM. */
export async function serveSolver(options: ServeSolverOptions): Promise<{ url: string; stop: () => Promise<void> }> {
  const server = await new Promise<Server>((resolve, reject) => {
    const starting = solverApp(options).listen(options.port, options.host, (error?: Error) =>
      error ? reject(error) : resolve(starting),
    );
  });
  server.requestTimeout = options.timeout * 1_000;
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const onSignal = () => void stop().then(() => process.exit(0));
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  const shown = options.host.includes(':') ? `[${options.host}]` : options.host;
  return { url: `http://${shown}:${port}`, stop };
}

export function solverApp(options: ServeSolverOptions): Express {
  const app = express();
  const turns = new Turns(Math.max(1, Math.floor(availableParallelism() / options.threads)), options.maxWaiting);
  const solver = new SolverThreads();
  app.disable('x-powered-by');
  app.use((_request, response, next) => {
    // As vroom-express has it: any page may ask a solver, which knows and changes nothing.
    response.set('Access-Control-Allow-Origin', '*');
    response.set('Access-Control-Allow-Headers', 'Origin, X-Requested-With, Content-Type, Accept');
    next();
  });
  app.options('/', (_request, response) => void response.sendStatus(204));
  app.use(express.text({ type: () => true, limit: options.maxBody }));
  app.post('/', async (request, response) => {
    const left = new AbortController();
    const timer = setTimeout(() => left.abort(), options.timeout * 1_000);
    response.on('close', () => left.abort()); // nobody waits for the answer any more
    await answer(response, () =>
      solve(typeof request.body === 'string' ? request.body : '', options, { solver, turns }, left.signal),
    );
    clearTimeout(timer);
  });
  app.get('/health', async (_request, response) => {
    const healthy =
      '{"vehicles":[{"id":1,"start_index":0}],"jobs":[{"id":1,"location_index":1}],"matrix":[[0,1],[1,0]]}';
    await answer(response, () => solve(healthy, options, { solver, turns }, new AbortController().signal));
  });
  const onError: ErrorRequestHandler = (error, _request, response, _next) => {
    const tooLarge = (error as { type?: string }).type === 'entity.too.large';
    if (tooLarge) refuse(response, 413, CODES.tooLarge, `the request is larger than ${options.maxBody} bytes`);
    else refuse(response, 400, CODES.input, (error as Error).message);
  };
  app.use((_request, response) => refuse(response, 404, CODES.input, 'POST / with a request, or GET /health'));
  app.use(onError);
  return app;
}

class Busy extends Error {}

interface Means {
  readonly solver: SolverThreads;
  readonly turns: Turns;
}

async function solve(
  text: string,
  options: ServeSolverOptions,
  { solver, turns }: Means,
  signal: AbortSignal,
): Promise<unknown> {
  const wanted = wantedOptions(text);
  const job: SolveJob = {
    text,
    format: 'vroom',
    seed: 1,
    milliseconds: (wanted.l ?? (options.seconds * (1 + wanted.x)) / LEVELS) * 1_000,
    ...(wanted.l === undefined && { stallPerTask: 50 * (1 + wanted.x) }),
    limits: { locations: options.maxLocations, vehicles: options.maxVehicles },
    ...(options.check && { planMode: true }),
  };
  const turn = turns.take();
  if (turn === null) throw new Busy(`${options.maxWaiting} requests are waiting already`);
  const leave = await turn;
  try {
    const { routing } = options;
    const began = performance.now();
    const { answer, engine } = await solver.solve(job, {
      threads: Math.min(wanted.t ?? options.threads, availableParallelism()),
      clock: 'wall',
      signal,
      ...(routing !== undefined && { routing }),
    });
    const computing_times = { loading: 0, solving: Math.round(performance.now() - began), routing: 0 };
    return { ...answer, summary: { ...answer.summary, computing_times }, engine };
  } finally {
    leave();
  }
}

/** What the request says about the search; what is wrong with it is for the reader of the request to say. */
function wantedOptions(text: string): { t?: number; x: number; l?: number } {
  let json: { options?: { t?: unknown; x?: unknown; l?: unknown } } | null;
  try {
    json = JSON.parse(text);
  } catch {
    throw new InputError([{ path: 'body', message: NO_PROBLEM }]);
  }
  if (typeof json !== 'object' || json === null || !('vehicles' in json) || !('jobs' in json || 'shipments' in json))
    throw new InputError([{ path: 'body', message: NO_PROBLEM }]);
  const { t, x, l } = json.options ?? {};
  const number = (value: unknown, least: number, most: number) =>
    typeof value === 'number' && value >= least && value <= most ? value : undefined;
  const [threads, limit] = [number(t, 1, 1024), number(l, 0, 86_400)];
  return {
    x: number(x, 0, 5) ?? 5,
    ...(threads !== undefined && { t: threads }),
    ...(limit !== undefined && { l: limit }),
  };
}

async function answer(response: Response, work: () => Promise<unknown>): Promise<void> {
  try {
    const body = await work();
    if (!response.headersSent) response.json(body);
  } catch (error) {
    if (response.headersSent || response.destroyed) return;
    if (error instanceof TooLargeError) refuse(response, 413, CODES.tooLarge, error.message);
    else if (error instanceof InputError)
      refuse(response, 400, CODES.input, error.problems[0]?.path === 'body' ? NO_PROBLEM : error.message);
    else if (error instanceof RoutingError) refuse(response, 500, CODES.routing, error.message);
    else if (error instanceof Busy) refuse(response, 503, CODES.internal, error.message);
    else refuse(response, 500, CODES.internal, 'Internal error');
  }
}

function refuse(response: Response, status: number, code: number, error: string): void {
  response.status(status).json({ code, error });
}
