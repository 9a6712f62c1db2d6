import { join } from 'node:path';
import {
  type Alert,
  applyRegistryEvent,
  type Clock,
  decideAlert,
  emptyRegistry,
  type IntakeView,
  isRegistryEvent,
  MINUTE,
  type Principal,
  type QuarantineEntry,
  SECOND,
  type UptowerEvent,
  usernameOf,
} from '@uptower/domain';
import {
  type EventLog,
  follow,
  type IdSource,
  type LiveHub,
  type Logger,
  type Metrics,
  type StoredEvent,
} from '@uptower/platform';
import type { Router } from 'express';
import { openDuckdbReadingStore } from './adapters/duckdb-reading-store.ts';
import { AlertBook } from './alarms/alert-book.ts';
import { ShelfTimer } from './alarms/shelf-timer.ts';
import { authenticate } from './fleet/credentials.ts';
import { createRouter } from './http/router.ts';
import type { Incoming, Outgoing } from './incoming.ts';
import { IntakeCounts } from './intake.ts';
import { createLiveView } from './live/live-view.ts';
import { ACTOR, Pipeline } from './pipeline/pipeline.ts';
import type { ReadingStore } from './ports/reading-store.ts';
import { openJournal } from './telemetry/journal/journal.ts';
import { Quarantine } from './telemetry/quarantine.ts';
import { Contacts } from './uptime/contacts.ts';
import { Ledger } from './uptime/ledger.ts';
import type { SilenceLimits } from './uptime/silence.ts';

export interface GatewayOptions {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly events: EventLog<UptowerEvent>;
  readonly live: LiveHub;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly ids: IdSource;
}

export interface Gateway {
  start(): Promise<void>;
  /** Mirrors `start`: finishes what was accepted, saves, closes. */
  stop(): Promise<void>;
  /** Resolves when the message is durable. */
  accept(message: Incoming): Promise<void>;
  authenticate(username: string | undefined, password: Buffer | undefined): Promise<Principal | undefined>;
  refused(reason: string, from: string, topic: string, detail: string, payload?: Buffer): void;
  connected(principal: Principal): void;
  disconnected(principal: Principal): void;
  /** From now on what the gateway has to say to devices goes out here; before that there is nobody to hear it. */
  sendThrough(send: (message: Outgoing) => Promise<void>): void;
  /** Mounted at `/api/v1`. */
  readonly router: Router;
}

/** What tests may put in place of the real thing, and do to it. */
export interface Inside {
  readonly openStore?: () => Promise<ReadingStore>;
}
export interface TestableGateway extends Gateway {
  /** Everything accepted so far was worked on and stored. */
  settled(): Promise<void>;
  /** Dies without finishing anything, as in kill -9. */
  abandon(): Promise<void>;
}

/** A lost session may take this long to come back: a minute, and three real seconds when the clock runs fast. */
const GRACE = { ofClockMs: MINUTE, realMs: 3 * SECOND };
/** After a start everybody comes back at once, with the delays of their own reconnect loops. */
const START_GRACE = { ofClockMs: MINUTE, realMs: 30 * SECOND };
/** Refusals by the broker shown beside the quarantined messages; apart from them, so that a flood hides nothing. */
const REFUSALS_SHOWN = 100;

export const createGateway = (options: GatewayOptions): Promise<Gateway> => composeGateway(options);

export async function composeGateway(options: GatewayOptions, inside: Inside = {}): Promise<TestableGateway> {
  const { dataDir, clock, events, live, metrics, log, ids } = options;
  const registry = emptyRegistry();
  const alerts = new AlertBook();
  const ledger = new Ledger();
  const contacts = new Contacts();
  const factPositions = new Map<string, number>();
  const refusals = new Quarantine(REFUSALS_SHOWN);
  let refusalCount = 0;
  let startedAt = clock.now();
  /** Set by `sendThrough`; until then there is nobody to hear. */
  const outgoing: { send(message: Outgoing): Promise<void> } = { send: async () => undefined };
  let following: (() => void) | undefined;
  let running = false;

  const journal = await openJournal(join(dataDir, 'journal'), { log });
  const store = await (
    inside.openStore ?? (() => openDuckdbReadingStore(join(dataDir, 'telemetry.duckdb'), log))
  )().catch(async (error) => {
    await journal.close();
    throw error;
  });
  const figures = () => ({
    position: journal.head(),
    lag: journal.head() - pipeline.at(),
    connections: contacts.count(),
    alertsOpen: alerts.openCount(),
  });
  const counts = new IntakeCounts(metrics, figures);
  const limits = (): SilenceLimits => ({
    startedAt,
    graceMs: Math.max(GRACE.ofClockMs, GRACE.realMs * clock.speed),
    startGraceMs: Math.max(START_GRACE.ofClockMs, START_GRACE.realMs * clock.speed),
  });
  const sources = { registry, alerts, ledger, state: (id: string) => pipeline.state(id) };
  const intake = (): IntakeView => counts.view(figures());
  const view = createLiveView(live, clock, sources, intake);
  const pipeline: Pipeline = new Pipeline({
    journal,
    store,
    events,
    alerts,
    ledger,
    contacts,
    factPositions,
    counts,
    clock,
    log,
    ids,
    limits,
    onReading: view.reading,
    onDevice: view.deviceSeen,
  });
  const shelf = new ShelfTimer(clock, (alertId) => void unshelve(alertId));

  /** The gateway's folds of the event log; everything is here before anybody is told. */
  const apply = (stored: StoredEvent<UptowerEvent>) => {
    const { event } = stored;
    if (isRegistryEvent(event)) {
      applyRegistryEvent(registry, event);
      if (event.type === 'device.put' && running) view.deviceChanged(event.device.id);
    } else if (event.type === 'device.fact') factPositions.set(event.deviceId, event.journalPosition);
    const changed = ledger.applyStored(stored) ?? (event.type === 'availability.changed' ? event.deviceId : undefined);
    if (changed && running) view.deviceChanged(changed);
    const alert = alerts.apply(stored);
    if (alert) alertChanged(alert, event);
    if (running) pipeline.logAppended(event);
  };

  const alertChanged = (alert: Alert, event: UptowerEvent) => {
    shelf.follow(alert);
    if (!running) return;
    view.alertChanged(alert);
    view.deviceChanged(alert.deviceId);
    log.info({ alertId: alert.id, deviceId: alert.deviceId, component: alert.component }, event.type);
  };

  const unshelve = async (alertId: string) => {
    const found = alerts.find(alertId);
    const decided = found && decideAlert(found.alert, { type: 'unshelve', by: ACTOR }, clock.now());
    if (!found || typeof decided === 'string' || !decided) return;
    await events
      .append([{ stream: found.stream, expectedVersion: found.version, events: decided }], {
        at: clock.now(),
        actor: ACTOR,
      })
      .catch((error) => log.warn({ err: error, alertId }, 'alert.unshelve-failed'));
  };

  const quarantine = (): readonly QuarantineEntry[] =>
    [...pipeline.quarantine.list(), ...refusals.list()].sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1));

  return {
    router: createRouter({
      ...sources,
      events,
      clock,
      intake,
      quarantine,
      async history() {
        await pipeline.flushStore();
        return store;
      },
    }),
    async start() {
      startedAt = clock.now();
      following = await follow(events, apply);
      running = true;
      await pipeline.start();
      view.start();
      log.info({ journal: journal.head(), stored: store.position() }, 'gateway.started');
    },
    async stop() {
      view.stop();
      shelf.stop();
      await pipeline.stop();
      running = false;
      following?.();
      await store.close();
      await journal.close();
      log.info({ journal: journal.head() }, 'gateway.stopped');
    },
    async accept({ principal, topic, payload }) {
      await journal.append({ kind: 'message', receivedAt: clock.now(), from: usernameOf(principal), topic, payload });
      counts.message();
    },
    authenticate: async (username, password) => authenticate(registry, username, password),
    refused(reason, from, topic, detail, payload) {
      counts.refused(reason);
      refusalCount += 1;
      const id = `r_${startedAt}_${refusalCount}`;
      refusals.add({ id, at: clock.now(), reason, detail, from, topic }, payload ?? Buffer.alloc(0));
    },
    connected: (principal) => contacts.connected(principal),
    disconnected: (principal) => contacts.disconnected(principal, clock.now()),
    sendThrough(send) {
      outgoing.send = send;
    },
    settled: () => pipeline.settled(),
    async abandon() {
      view.stop();
      shelf.stop();
      await pipeline.abandon();
      running = false;
      following?.();
      await journal.abandon();
      await store.close();
    },
  };
}
