import { createServer } from 'node:http';
import { join } from 'node:path';
import { createBroker } from '@uptower/broker';
import { createDispatch } from '@uptower/dispatch';
import type { Clock, ClockView, UptowerEvent } from '@uptower/domain';
import { createGateway } from '@uptower/gateway';
import {
  createLiveHub,
  createMetrics,
  createTokens,
  type EventLog,
  type Logger,
  listenOnFreePort,
  loadSigningKey,
  lockDirectory,
  openSqliteEventLog,
  randomIds,
  removeRuntime,
  wallClock,
  writeRuntime,
} from '@uptower/platform';
import type { Router } from 'express';
import { type Accounts, type NewAccount, openAccounts } from './accounts/accounts.ts';
import { identify, serviceToken, sessionRouter, viewerOfCookie } from './accounts/session.ts';
import type { Config } from './config.ts';
import { createWeb } from './web.ts';

/** How often screens are told the time; between, they count on by themselves. */
const CLOCK_REAL_MS = 2_000;

export interface ServerOptions {
  readonly config: Config;
  readonly log: Logger;
  /** Given the records, makes the clock everything runs on; the wall clock when left out. */
  readonly makeClock?: (events: EventLog<UptowerEvent>) => Promise<{ readonly clock: Clock; stop(): void }>;
  readonly dashboard?: string;
  /** What the demo adds: accounts that exist from the start, and routes of its own. */
  readonly demo?: {
    readonly accounts: readonly NewAccount[];
    readonly router: (parts: { readonly clock: Clock; readonly events: EventLog<UptowerEvent> }) => Promise<Router>;
  };
}

export interface RunningServer {
  readonly mqttPort: number;
  readonly webPort: number;
  readonly clock: Clock;
  readonly events: EventLog<UptowerEvent>;
  readonly accounts: Accounts;
  /** Bearer tokens for programs in this process. */
  readonly integrationToken: string;
  readonly adminToken: string;
  stop(): Promise<void>;
}

/** Composes broker, gateway, dispatch and web server into this process. `stop` takes them down in the opposite order. */
export async function startServer({ config, log, makeClock, dashboard, demo }: ServerOptions): Promise<RunningServer> {
  const undo: (() => unknown)[] = [];
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    undo.push(lockDirectory(config.dataDir));
    const events = openSqliteEventLog<UptowerEvent>(join(config.dataDir, 'records.db'));
    undo.push(() => events.close());
    const time = (await makeClock?.(events)) ?? { clock: wallClock(), stop: () => undefined };
    undo.push(() => time.stop());
    const { clock } = time;
    const ids = randomIds();
    const metrics = createMetrics();
    const live = createLiveHub(log);
    // Sessions live in real hours, whatever the demo's clock does.
    const realTime = wallClock();
    const tokens = createTokens(loadSigningKey(join(config.dataDir, 'signing.key')), () =>
      Math.floor(realTime.now() / 1000),
    );
    const accounts = await openAccounts(events, ids, clock.now);
    for (const account of demo?.accounts ?? []) if (!accounts.has(account.username)) await accounts.create(account);
    const shared = { dataDir: config.dataDir, clock, events, live, metrics, log, ids };

    const gateway = await createGateway(shared);
    await gateway.start();
    undo.push(() => gateway.stop());
    const dispatch = await createDispatch(shared);
    await dispatch.start();
    undo.push(() => dispatch.stop());

    const broker = await createBroker(gateway, {
      host: config.host,
      port: config.mqttPort,
      maxPayloadBytes: config.maxPayloadBytes,
      log,
    });
    undo.push(() => broker.close());
    gateway.sendThrough(broker.publish);
    // A credential that was revoked or replaced ends the connection that was made with it.
    undo.push(
      events.onAppended(({ event }) => {
        if (event.type === 'credential.revoked' || event.type === 'credential.issued')
          broker.disconnect(event.username);
      }),
    );

    const clockView = (): ClockView => ({
      id: 'clock',
      now: clock.now(),
      speed: clock.speed,
      demo: demo !== undefined,
    });
    const clocks = live.register<ClockView>({
      name: 'clock',
      audienceOf: () => 'all',
      items: () => [clockView()],
      sees: () => true,
    });
    undo.push(clock.every(CLOCK_REAL_MS * clock.speed, () => clocks.upsert(clockView())));

    let ready = false;
    const web = createWeb({
      identify: identify(tokens, accounts),
      routers: [
        sessionRouter({ tokens, accounts, ids, demo: demo !== undefined, log }),
        ...(demo ? [await demo.router({ clock, events })] : []),
        gateway.router,
        dispatch.router,
      ],
      metrics,
      log,
      dashboard,
      ready: () => ready,
    });
    const http = createServer(web);
    live.attach(http, viewerOfCookie(tokens, accounts));
    const webPort = await listenOnFreePort(http, config.host, config.webPort);
    undo.push(
      () =>
        new Promise<void>((resolve) => {
          http.close(() => resolve());
          http.closeAllConnections();
        }),
    );
    undo.push(() => live.close());
    const adminToken = await serviceToken(tokens, 'admin', 'command-line');
    writeRuntime(config.dataDir, {
      pid: process.pid,
      mqttPort: broker.port,
      webPort,
      token: adminToken,
    });
    undo.push(() => removeRuntime(config.dataDir));
    ready = true;
    const integrationToken = await serviceToken(tokens, 'integration', 'simulators');
    return { mqttPort: broker.port, webPort, clock, events, accounts, integrationToken, adminToken, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
