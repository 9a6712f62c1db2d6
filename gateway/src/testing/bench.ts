import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AccountId,
  type Alert,
  buildTopic,
  type Channel,
  eventsOfUpload,
  type RegistryUpload,
  streams,
  type UptowerEvent,
  type Viewer,
} from '@uptower/domain';
import {
  countingIds,
  createLiveHub,
  createMetrics,
  type EventLog,
  manualClock,
  openSqliteEventLog,
  problemHandler,
  silentLogger,
} from '@uptower/platform';
import express from 'express';
import { createMemoryReadingStore, emptyDisk, type MemoryDisk } from '../adapters/memory-reading-store.ts';
import { composeGateway, type Inside, type TestableGateway } from '../gateway.ts';
import { everyAlert } from './every-alert.ts';
import { MONDAY, principalOf, smallFleet } from './fixtures.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers whose shape they state themselves
export type Json = any;

/** A gateway on a real journal and event log, a clock moved by hand, and a store in memory that outlives a crash. */
export interface Bench {
  gateway: TestableGateway;
  readonly clock: ReturnType<typeof manualClock>;
  readonly events: EventLog<UptowerEvent>;
  readonly disk: MemoryDisk;
  readonly dataDir: string;
  /** A device says something; resolves when it is durable. */
  say(deviceId: string, channel: Channel, body: unknown): Promise<void>;
  /** kill -9 and a new start on the same data; at `at`, if given. */
  crash(at?: number): Promise<void>;
  /** A proper stop and start; the clock goes on by `awayMs` in between. */
  restart(awayMs?: number): Promise<void>;
  /** Where its routes are served, without `/api/v1`. */
  readonly url: string;
  log(): Promise<UptowerEvent[]>;
  /** Lets timers that fell due finish their work. */
  settle(): Promise<void>;
  /** The gateway's routes over real HTTP, as an administrator unless somebody else is named. */
  request(method: string, path: string, body?: unknown, viewer?: Viewer): Promise<{ status: number; body: Json }>;
  get(path: string): Promise<Json>;
  post(path: string, body: unknown): Promise<Json>;
  alerts(): Promise<Alert[]>;
  /** As Prometheus reads them. */
  metrics(): Promise<string>;
  close(): Promise<void>;
}

/** `duckdb`: the real store in place of the one in memory; `disk` stays empty then. */
export async function openBench(
  fleet: RegistryUpload | null = smallFleet(),
  start = MONDAY,
  store: 'memory' | 'duckdb' = 'memory',
  bounds: Pick<Inside, 'maxLag'> = {},
): Promise<Bench> {
  const dataDir = mkdtempSync(join(tmpdir(), 'uptower-gateway-'));
  const clock = manualClock(start);
  const events = openSqliteEventLog<UptowerEvent>(':memory:');
  const disk = emptyDisk();
  const ids = countingIds();
  if (fleet)
    await events.append([{ stream: streams.registry, events: eventsOfUpload(fleet) }], { at: start, actor: 'test' });
  let metrics = createMetrics();
  const build = async () => {
    const log = silentLogger();
    metrics = createMetrics();
    const options = { dataDir, clock, events, live: createLiveHub(log), metrics, log, ids, orders: () => everyAlert };
    const inside = store === 'duckdb' ? {} : { openStore: async () => createMemoryReadingStore(disk) };
    const gateway = await composeGateway(options, { ...inside, ...bounds });
    await gateway.start();
    return gateway;
  };
  const http = await serve(() => bench.gateway);
  const request: Bench['request'] = async (method, path, body, viewer = admin) => {
    const headers = { 'content-type': 'application/json', 'x-test-viewer': encodeURIComponent(JSON.stringify(viewer)) };
    const answer = await fetch(`${http.url}/api/v1${path}`, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await answer.text();
    return { status: answer.status, body: text ? JSON.parse(text) : undefined };
  };
  const wanted = async (method: string, path: string, body?: unknown) => {
    const answer = await request(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const bench: Bench = {
    gateway: await build(),
    clock,
    events,
    disk,
    dataDir,
    url: http.url,
    async say(deviceId, channel, body) {
      const principal = principalOf(deviceId);
      const topic = buildTopic({ siteId: principal.siteId, deviceId: deviceId as never, channel });
      const payload = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
      await bench.gateway.accept({ principal, topic, payload, retain: false, qos: 1 });
    },
    async crash(at) {
      await bench.gateway.abandon();
      if (at !== undefined) clock.set(at);
      bench.gateway = await build();
    },
    async restart(awayMs = 0) {
      await bench.gateway.stop();
      clock.advance(awayMs);
      bench.gateway = await build();
    },
    metrics: () => metrics.metrics(),
    log: async () => (await events.read(0, 1_000_000)).map((stored) => stored.event),
    async alerts() {
      const { AlertBook } = await import('../alarms/alert-book.ts');
      const book = new AlertBook();
      for (const stored of await events.read(0, 1_000_000)) book.apply(stored);
      return book.list('all').reverse();
    },
    async settle() {
      for (let i = 0; i < 20; i += 1) await new Promise((resolve) => setImmediate(resolve));
      await bench.gateway.settled();
    },
    request,
    get: (path) => wanted('GET', path),
    post: (path, body) => wanted('POST', path, body),
    async close() {
      await http.close();
      await bench.gateway.abandon();
      await events.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
  return bench;
}

export const admin: Viewer = {
  accountId: AccountId.parse('acc_admin'),
  name: { en: 'Admin', zh: '管理员' },
  role: 'admin',
  hospitalId: null,
  engineerId: null,
};

/** Express around a router that may be exchanged; the viewer comes in a header instead of a session. */
async function serve(gateway: () => TestableGateway): Promise<{ readonly url: string; close(): Promise<void> }> {
  const app = express();
  app.use((request, _response, next) => {
    const header = request.get('x-test-viewer');
    if (header && header !== 'null') request.viewer = JSON.parse(decodeURIComponent(header));
    next();
  });
  app.use((request, response, next) => gateway().intakeRouter(request, response, next));
  app.use('/api/v1', (request, response, next) => gateway().router(request, response, next));
  app.use(problemHandler(silentLogger()));
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
