import { createServer } from 'node:http';
import { join } from 'node:path';
import type { Broker } from '@uptower/broker';
import { createDispatch } from '@uptower/dispatch';
import type { Clock, ClockView, OrderJudge, UptowerEvent } from '@uptower/domain';
import { createGateway } from '@uptower/gateway';
import {
  createLiveHub,
  createMetrics,
  createTokens,
  type EventLog,
  keepPrivate,
  type Logger,
  listenOnFreePort,
  loadSigningKey,
  lockDirectory,
  randomIds,
  removeRuntime,
  wallClock,
  writeRuntime,
} from '@uptower/platform';
import type { Router } from 'express';
import { type Accounts, type NewAccount, openAccounts } from './accounts/accounts.ts';
import { identify, serviceToken, sessionRouter, viewerOfCookie } from './accounts/session.ts';
import { backupRouter } from './backup-route.ts';
import type { Config } from './config.ts';
import { followCredentials, startEmbeddedBroker } from './embedded-broker.ts';
import { type JoinedBroker, joinExternalBroker } from './external-broker.ts';
import { roadServiceOf } from './road-settings.ts';
import { openRecords, storeOf } from './store-settings.ts';
import { createWeb } from './web.ts';

/** How often screens are told the time; between, they count on by themselves. */
const CLOCK_REAL_MS = 2_000;
/** Whoever may read the data directory. */
const COMMAND_LINE = 'command-line';

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
  /** The embedded broker's other ports; null where nothing listens. */
  readonly mqttPorts: Pick<Broker['ports'], 'tls' | 'ws' | 'wss'>;
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
    keepPrivate(config.dataDir, log);
    const events = await openRecords<UptowerEvent>(config, log);
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

    const sparkplug = { hostId: config.sparkplugHostId, reorderMs: config.sparkplugReorderSeconds * 1000 };
    // Back-tests ask which of the alerts would become orders; who decides that is made after.
    let orders: OrderJudge | undefined;
    const gateway = await createGateway({
      ...shared,
      orders: () => orders,
      sparkplug,
      store: storeOf(config),
      retention: { rawDays: config.rawDays, rollupDays: config.rollupDays },
      futureToleranceMs: config.futureToleranceSeconds * 1000,
      journalMaxBytes: config.journalMaxBytes,
      diskLowBytes: config.diskLowBytes,
      trustCommonNames: config.tlsTrustNames,
      httpIntake: { messageBytes: config.maxPayloadBytes, bodyBytes: config.maxHttpBodyBytes },
    });
    await gateway.start();
    undo.push(() => gateway.stop());
    const dispatch = await createDispatch({
      ...shared,
      roads: roadServiceOf(config),
      settings: config.dispatch,
      lastMeasured: gateway.lastMeasured,
      calendars: { allowPrivate: config.calendarPrivateAddresses },
    });
    orders = dispatch.judge;
    await dispatch.start();
    undo.push(() => dispatch.stop());

    const { externalBroker } = config;
    const embedded = externalBroker
      ? undefined
      : await startEmbeddedBroker(gateway, config, { log, metrics, clock: realTime });
    const broker: JoinedBroker =
      embedded ??
      joinExternalBroker(gateway, { ...config, externalBroker: externalBroker as string }, config, {
        log,
        metrics,
        now: realTime.now,
        hostId: config.sparkplugHostId,
      });
    undo.push(() => broker.close());
    await gateway.sendThrough(broker.publish);
    undo.push(() =>
      broker.publish(gateway.hostState(false)).catch((error) => log.warn({ err: error }, 'sparkplug.goodbye-failed')),
    );
    if (embedded) undo.push(events.onAppended(({ event }) => followCredentials(embedded, event)));

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
        backupRouter({ dataDir: config.dataDir, gateway, log, owner: `acc_service-${COMMAND_LINE}` }),
        gateway.router,
        dispatch.router,
      ],
      intake: gateway.intakeRouter,
      feeds: dispatch.feeds,
      metrics,
      log,
      dashboard,
      ready: () => ready && gateway.ready(),
    });
    const http = createServer(web);
    live.attach(http, viewerOfCookie(tokens, accounts));
    // MQTT over WebSocket on the web server's port; the live connection has its own path.
    if (embedded)
      http.on('upgrade', (request, socket, head) => {
        if (request.url?.split('?')[0] === '/mqtt') embedded.handleUpgrade(request, socket, head);
      });
    const webPort = await listenOnFreePort(http, config.host, config.webPort);
    undo.push(
      () =>
        new Promise<void>((resolve) => {
          http.close(() => resolve());
          http.closeAllConnections();
        }),
    );
    undo.push(() => live.close());
    undo.push(() => embedded?.retire());
    const adminToken = await serviceToken(tokens, 'admin', COMMAND_LINE);
    writeRuntime(config.dataDir, {
      pid: process.pid,
      mqttPort: broker.port,
      mqttsPort: embedded?.ports.tls ?? undefined,
      externalBroker: config.externalBroker,
      webPort,
      host: config.host,
      token: adminToken,
    });
    undo.push(() => removeRuntime(config.dataDir));
    ready = true;
    const integrationToken = await serviceToken(tokens, 'integration', 'simulators');
    const mqttPorts = embedded?.ports ?? { tls: null, ws: null, wss: null };
    return { mqttPort: broker.port, mqttPorts, webPort, clock, events, accounts, integrationToken, adminToken, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
