import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  AccountId,
  eventsOfUpload,
  HOUR,
  type HospitalId,
  streams,
  type UptowerEvent,
  type Viewer,
} from '@uptower/domain';
import {
  countingIds,
  createLiveHub,
  createMetrics,
  openSqliteEventLog,
  problemHandler,
  scaledClock,
  silentLogger,
} from '@uptower/platform';
import express from 'express';
import { createDispatch, type DispatchPolicy, defaultPolicy } from '../../../dispatch/src/index.ts';
import type { PlanVisits } from '../../../dispatch/src/planning/port.ts';
import { solverThread } from '../../../dispatch/src/planning/solver-thread.ts';
import { MONDAY_6, type Region } from './region.ts';

export const dispatcher: Viewer = viewer('dispatcher', null);
export const hospital = (id: HospitalId): Viewer => viewer('hospital', id);

function viewer(role: Viewer['role'], hospitalId: HospitalId | null): Viewer {
  const name = { en: role, zh: role };
  return { accountId: AccountId.parse(`acc_${role}`), name, role, hospitalId, engineerId: null };
}

export interface Answer<T> {
  readonly status: number;
  readonly body: T;
  /** From the request to the whole answer, real milliseconds. */
  readonly ms: number;
}

/** `search`: whether the planner goes on searching behind its first answers. */
export const planningOver = (days: number, search = true): DispatchPolicy => ({
  ...defaultPolicy,
  planning: {
    ...defaultPolicy.planning,
    horizonMs: days * 24 * HOUR,
    ...(search ? {} : { iterations: 0 }),
  },
});

export type Bench = Awaited<ReturnType<typeof startService>>;

/** Dispatch as the app runs it (its threads, its HTTP, records in memory), in this process; the clock goes on from Monday 06:00. */
export async function startService(region: Region, days: number, search = true) {
  const clock = scaledClock({ start: MONDAY_6, speed: 1 });
  const events = openSqliteEventLog<UptowerEvent>(':memory:');
  await events.append([{ stream: streams.registry, events: eventsOfUpload(region.registry) }], {
    at: clock.now(),
    actor: 'bench',
  });
  // Where the search is left out the planner can be held back too, so that what a promise takes is measured alone.
  const inner = solverThread();
  let release = () => {};
  let gate: Promise<void> = Promise.resolve();
  const held: PlanVisits = {
    solve: async (plain, limits) => {
      await gate;
      return inner.solve(plain, limits);
    },
    stop: () => inner.stop(),
  };
  const live = createLiveHub(silentLogger());
  const dispatch = await createDispatch({
    dataDir: '',
    clock,
    events,
    live,
    metrics: createMetrics(),
    log: silentLogger(),
    ids: countingIds(),
    policy: planningOver(days, search),
    solver: search ? inner : held,
  });
  const app = express();
  app.use((request, _response, next) => {
    request.viewer = JSON.parse(request.get('bench-viewer') ?? 'null');
    next();
  });
  app.use('/api/v1', dispatch.router);
  app.use(problemHandler(silentLogger()));
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    clock,
    dispatch,
    async call<T>(who: Viewer, method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown): Promise<Answer<T>> {
      const began = performance.now();
      const response = await fetch(`http://127.0.0.1:${port}/api/v1${path}`, {
        method,
        headers: { 'content-type': 'application/json', 'bench-viewer': JSON.stringify(who) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const ms = performance.now() - began;
      return { status: response.status, body: text ? JSON.parse(text) : undefined, ms };
    },
    /** Whether the planner waits. */
    hold(on: boolean) {
      release();
      if (on && !search)
        gate = new Promise((resolve) => {
          release = resolve;
        });
    },
    async stop() {
      release();
      await dispatch.stop();
      await live.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
