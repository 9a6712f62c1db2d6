import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Instant, UptowerEvent, Viewer } from '@uptower/domain';
import {
  countingIds,
  createLiveHub,
  createMetrics,
  type EventLog,
  type LiveHub,
  manualClock,
  openSqliteEventLog,
  problemHandler,
  silentLogger,
} from '@uptower/platform';
import express from 'express';
import { readCalendar } from '../availability/ical/read-calendar.ts';
import { FetchError, type Fetched } from '../calendar/fetch-feed.ts';
import { explainInline } from '../explain/port.ts';
import { createDispatch } from '../index.ts';
import { offersInline } from '../offers/port.ts';
import type { PlanVisits } from '../planning/port.ts';
import { solverInline } from '../planning/solver-inline.ts';
import { type DispatchPolicy, policyWith } from '../policy.ts';
import type { ProposeRotas } from '../roster/port.ts';
import { gatewayOf } from './gateway.ts';
import { aSmallWorld, MONDAY_9, register } from './world.ts';

export interface AnswerOf {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many shapes
  readonly body: any;
}

export interface ServiceOptions {
  readonly policy?: Partial<DispatchPolicy>;
  readonly events?: EventLog<UptowerEvent>;
  /** Other people's calendars are read in this thread, and nobody is asked for them unless given. */
  readonly fetch?: (url: string, etag: string | undefined) => Promise<Fetched>;
  readonly at?: Instant;
  readonly started?: boolean;
  readonly live?: LiveHub;
  /** Journal position the gateway goes on from. */
  readonly journal?: number;
  /** Wraps the search, to make it fail or to let something happen meanwhile. */
  readonly solver?: (inner: PlanVisits) => PlanVisits;
  readonly rotas?: ProposeRotas;
}

/** Dispatch as the app runs it, with a clock moved by hand, records in memory and the search limited by iterations. */
export async function aService(given: ServiceOptions = {}) {
  const { policy, at = MONDAY_9, started = true, solver = (inner: PlanVisits) => inner } = given;
  const clock = manualClock(at);
  const events = given.events ?? openSqliteEventLog<UptowerEvent>(':memory:');
  if (!given.events) await register(events, aSmallWorld(), at);
  const live = given.live ?? createLiveHub(silentLogger());
  const metrics = createMetrics();
  const findOffers = { ...offersInline };
  const dispatch = await createDispatch({
    dataDir: '',
    clock,
    events,
    live,
    metrics,
    log: silentLogger(),
    ids: countingIds(),
    solver: solver(solverInline()),
    explain: explainInline,
    findOffers,
    policy,
    ...(given.rotas && { rotas: given.rotas }),
    calendars: {
      read: async (text, options) => readCalendar(text, options),
      fetch: given.fetch ?? (() => Promise.reject(new FetchError('nobody is asked'))),
    },
  });
  const app = express();
  app.use((request, _response, next) => {
    const viewer = request.get('test-viewer');
    if (viewer) request.viewer = JSON.parse(viewer);
    next();
  });
  app.use('/api/v1', dispatch.router);
  app.use(dispatch.feeds);
  app.use(problemHandler(silentLogger()));
  const server = createServer(app);
  // A slow machine is silent for longer than the usual five seconds between two calls of a test.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  if (started) await dispatch.start();

  const call = async (
    viewer: Viewer,
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<AnswerOf> => {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(viewer ? { 'test-viewer': JSON.stringify(viewer) } : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text ? JSON.parse(text) : undefined };
  };

  return {
    policy: policyWith(policy),
    /** Where it listens. */
    url: `http://127.0.0.1:${port}`,
    clock,
    events,
    metrics,
    /** To be replaced by what a test wants to happen meanwhile. */
    findOffers,
    dispatch,
    state: dispatch.state,
    gateway: gatewayOf(events, clock.now, given.journal),
    call,
    /** Lets time pass in steps, each with everything it causes. */
    async pass(ms: number, step = 30_000) {
      await dispatch.idle();
      for (let left = ms; left > 0; left -= step) {
        clock.advance(Math.min(step, left));
        await dispatch.idle();
      }
    },
    settle: () => dispatch.idle(),
    orders: () => [...dispatch.state.orders.values()].map(({ order }) => order),
    async stop() {
      await dispatch.stop();
      await live.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type Service = Awaited<ReturnType<typeof aService>>;
