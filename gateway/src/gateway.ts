import { join } from 'node:path';
import {
  type Alert,
  applyRegistryEvent,
  type Clock,
  type DeviceId,
  decideAlert,
  emptyRegistry,
  type Instant,
  type IntakeView,
  isRegistryEvent,
  MINUTE,
  type OrderJudge,
  type Principal,
  type QuarantineEntry,
  SECOND,
  streams,
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
import { keepTidy } from './adapters/keep-tidy.ts';
import { openStore, type StoreSettings } from './adapters/open-store.ts';
import { AlarmHistory } from './alarms/alarm-history.ts';
import { AlertBook } from './alarms/alert-book.ts';
import { ShelfTimer } from './alarms/shelf-timer.ts';
import { SuppressionBook } from './alarms/suppression-book.ts';
import { SuppressionTimer } from './alarms/suppression-timer.ts';
import { Backtests } from './backtest/backtests.ts';
import { isOfTelemetry, MarkBook } from './backtest/mark-book.ts';
import { Shadows } from './backtest/shadows.ts';
import { BACKUP_CONSUMER, type BackedUp, type BackupOrder, backUp } from './backup.ts';
import { FactBook } from './event-time/fact-book.ts';
import { reached } from './event-time/past.ts';
import { Authenticator, type Origin } from './fleet/authenticator.ts';
import { DeviceNames } from './fleet/device-names.ts';
import { hostState } from './formats/sparkplug/host-state.ts';
import type { IntakeLimits } from './http/intake-request.ts';
import { createIntakeRouter } from './http/intake-routes.ts';
import { createRouter } from './http/router.ts';
import type { Incoming, Outgoing } from './incoming.ts';
import { IntakeCounts } from './intake.ts';
import { createLiveView } from './live/live-view.ts';
import { openBacklog } from './pipeline/backlog.ts';
import { ACTOR } from './pipeline/event-writer.ts';
import { Pipeline } from './pipeline/pipeline.ts';
import type { ReadingStore, Retention } from './ports/reading-store.ts';
import { wordsOf } from './prediction/device-words.ts';
import { isLearnedEvent, LearnedModels } from './prediction/learned-models.ts';
import { VersionBook } from './rules/version-book.ts';
import { IntakeStatus } from './status/intake-status.ts';
import { openJournal } from './telemetry/journal/journal.ts';
import { journalMetrics } from './telemetry/journal/journal-metrics.ts';
import { damageEntries } from './telemetry/journal/journal-view.ts';
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
  /** Telemetry that may wait for a consumer; beyond it senders wait. */
  readonly journalMaxBytes?: number;
  /** Less free disk than this is a warning. */
  readonly diskLowBytes?: number;
  readonly sparkplug?: SparkplugHost;
  /** Which store keeps the telemetry (DuckDB in the data directory when left out), and for how long. */
  readonly store?: StoreSettings | undefined;
  readonly retention?: Retention | undefined;
  /** How much a device's clock may be ahead of ours before its readings are refused; five minutes when left out. */
  readonly futureToleranceMs?: number;
  /** A client certificate named like a device or site speaks for it without being registered. */
  readonly trustCommonNames?: boolean;
  /** Who decides which alert gets an order, for back-tests; undefined while there is nobody. */
  readonly orders?: () => OrderJudge | undefined;
  /** Bounds of messages over HTTP; see `IntakeLimits`. */
  readonly httpIntake?: Partial<IntakeLimits>;
}

/** How this server takes part in Sparkplug. */
export interface SparkplugHost {
  /** The name under which nodes find it: `spBv1.0/STATE/{hostId}`. */
  readonly hostId: string;
  /** How long messages of a node that were overtaken may take to come before its birth is asked for. */
  readonly reorderMs: number;
}

/** A quarter of single values, five years of hours. */
const RETENTION: Retention = { rawDays: 90, rollupDays: 5 * 365 };

const SPARKPLUG: SparkplugHost = { hostId: 'uptower', reorderMs: 2 * SECOND };

export interface Gateway {
  start(): Promise<void>;
  /** Mirrors `start`: finishes what was accepted, saves, closes. */
  stop(): Promise<void>;
  /** Whether messages can be made durable at all; false until a restart once a sync failed. */
  ready(): boolean;
  /** Resolves when the message is durable. */
  accept(message: Incoming): Promise<void>;
  /** The same for several of one sender, in their order: all are durable, or it rejects. */
  acceptAll(messages: readonly Incoming[]): Promise<void>;
  /** Who these credentials speak for; undefined when they are wrong. Rejects with `NotLookedAt` after too many failures from there. */
  authenticate(
    username: string | undefined,
    password: Buffer | undefined,
    origin?: Origin,
  ): Promise<Principal | undefined>;
  refused(reason: string, from: string, topic: string, detail: string, payload?: Buffer): void;
  connected(principal: Principal): void;
  disconnected(principal: Principal): void;
  /**
   * From now on what the gateway has to say to devices goes out here; before that there is nobody to hear it. Resolves
   * when the first is out: that this Sparkplug host is there.
   */
  sendThrough(send: (message: Outgoing) => Promise<void>): Promise<void>;
  /** Says that this Sparkplug host is there, or is not: as a greeting, a goodbye, or a last will. */
  hostState(online: boolean): Outgoing;
  /** Other names a credential may use in topics: aliases; for a site, the ids and aliases of its devices. */
  namesOf(principal: Principal): Iterable<string>;
  /** Newest event time of what was measured or said by a device; null before the first. */
  lastMeasured(deviceId: DeviceId): Instant | null;
  /** Copies what it keeps, in a consistent state, while it works. */
  backUp(order: BackupOrder): Promise<BackedUp>;
  /** Mounted at `/api/v1`. */
  readonly router: Router;
  /** Mounted at `/`, ahead of everything that asks people to sign in: messages of devices over HTTP. */
  readonly intakeRouter: Router;
}

const isLedgerEvent = (event: UptowerEvent) =>
  event.type === 'availability.changed' || event.type === 'availability.amended';

/** What tests may put in place of the real thing, and do to it. */
export interface Inside {
  readonly openStore?: () => Promise<ReadingStore>;
  /** Records the pipeline may be behind before acknowledgements are held back. */
  readonly maxLag?: number;
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
/** Records the pipeline may be behind, some seconds of full load: beyond it the picture would be too old to raise alarms from. */
const MAX_LAG = 20_000;
/** The disk's free space is looked at so often (real time). */
const DISK_CHECK_MS = 5 * SECOND;

/** Late data changed what had been told. */
const isAmendment = (event: UptowerEvent): boolean =>
  event.type === 'availability.amended' ||
  event.type === 'alert.recorded' ||
  ('amendment' in event && event.amendment !== undefined);

export const createGateway = (options: GatewayOptions): Promise<Gateway> => composeGateway(options);

export async function composeGateway(options: GatewayOptions, inside: Inside = {}): Promise<TestableGateway> {
  const { dataDir, clock, events, live, metrics, log, ids, sparkplug = SPARKPLUG, retention = RETENTION } = options;
  const registry = emptyRegistry();
  const names = new DeviceNames();
  const authenticator = new Authenticator(registry, {
    monotonicMs: () => performance.now(),
    trustCommonNames: options.trustCommonNames,
  });
  const alerts = new AlertBook();
  const suppressions = new SuppressionBook();
  const alarmHistory = new AlarmHistory((id) => registry.devices.get(id)?.service ?? 'full');
  const ledger = new Ledger();
  const contacts = new Contacts();
  const facts = new FactBook();
  const rules = new VersionBook();
  const marks = new MarkBook();
  const learned = new LearnedModels();
  const refusals = new Quarantine(REFUSALS_SHOWN);
  let refusalCount = 0;
  let startedAt = clock.now();
  /** Set by `sendThrough`; until then there is nobody to hear. */
  const outgoing: { send(message: Outgoing): Promise<void> } = { send: async () => undefined };
  let following: (() => void) | undefined;
  let watching: (() => void) | undefined;
  let running = false;

  const journal = await openJournal(join(dataDir, 'journal'), {
    log,
    ballast: true,
    maxBytes: options.journalMaxBytes,
    lowBytes: options.diskLowBytes,
    now: clock.now,
  });
  const store = await (inside.openStore ?? (() => openStore({ ...options, retention })))().catch(async (error) => {
    await journal.close();
    throw error;
  });
  const backlog = await openBacklog(join(dataDir, 'backlog'), log).catch(async (error) => {
    await store.close();
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
  const status = new IntakeStatus({
    journal,
    counts,
    metrics,
    clock,
    connections: () => contacts.count(),
    maxLag: inside.maxLag ?? MAX_LAG,
    pipeline: () => pipeline,
  });
  const keeper = keepTidy({ store, clock, log, retention });
  journalMetrics(metrics, () => journal.status());
  const limits = (): Omit<SilenceLimits, 'servingSince'> => ({
    startedAt,
    graceMs: Math.max(GRACE.ofClockMs, GRACE.realMs * clock.speed),
    startGraceMs: Math.max(START_GRACE.ofClockMs, START_GRACE.realMs * clock.speed),
  });
  const sources = {
    registry,
    alerts,
    ledger,
    state: (id: string) => pipeline.state(id),
    connected: (id: string) => contacts.session(id).open,
  };
  const intake = (): IntakeView => status.view();
  const view = createLiveView(live, clock, sources, intake);
  const pipeline: Pipeline = new Pipeline({
    journal,
    store,
    backlog,
    events,
    alerts,
    ledger,
    contacts,
    facts,
    counts,
    clock,
    log,
    ids,
    limits,
    holding: () => status.holding(),
    onReading: view.reading,
    onDevice: view.deviceSeen,
    appended: (ms) => status.events.add(ms),
    send: (message) =>
      void outgoing.send(message).catch((error) => log.warn({ err: error, topic: message.topic }, 'outgoing.failed')),
    sparkplugReorderMs: sparkplug.reorderMs,
    futureToleranceMs: options.futureToleranceMs,
  });
  const shelf = new ShelfTimer(clock, (alertId) => void unshelve(alertId));

  const suppressionTimer = new SuppressionTimer(clock, ACTOR, (event, expectedVersion) => {
    const stream = streams.suppression(event.suppressionId);
    events
      .append([{ stream, expectedVersion, events: [event] }], { at: clock.now(), actor: ACTOR })
      .catch((error) => log.warn({ err: error, suppressionId: event.suppressionId }, 'suppression.not-written'));
  });

  /** The gateway's folds of the event log; everything is here before anybody is told. */
  const apply = (stored: StoredEvent<UptowerEvent>) => {
    const { event } = stored;
    rules.apply(stored);
    marks.apply(stored);
    if (isLearnedEvent(event)) learned.apply(event);
    if (isRegistryEvent(event)) {
      applyRegistryEvent(registry, event);
      if (event.type === 'device.put') names.put(event.device);
      if (event.type === 'device.put' && running) view.deviceChanged(event.device.id);
    } else if (event.type === 'device.fact') facts.apply(event);
    if (running && isAmendment(event)) counts.amended();
    const changed = ledger.applyStored(stored) ?? (isLedgerEvent(event) ? event.deviceId : undefined);
    if (changed && running) view.deviceChanged(changed);
    const suppression = suppressions.apply(stored);
    if (suppression) suppressionTimer.follow(suppression);
    const alert = alerts.apply(stored);
    alarmHistory.apply(stored, alert);
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

  const acceptAll = async (messages: readonly Incoming[]): Promise<void> => {
    const receivedAt = clock.now();
    const records = messages.map(({ principal, topic, payload }) => ({
      kind: 'message' as const,
      receivedAt,
      from: usernameOf(principal),
      topic,
      payload,
    }));
    await status.take(records.length, () => journal.appendAll(records));
    counts.messagesTaken(records.length);
  };

  const quarantine = (): readonly QuarantineEntry[] =>
    [...pipeline.quarantine.list(), ...refusals.list(), ...damageEntries(journal.status())].sort(
      (a, b) => b.at - a.at || (a.id < b.id ? 1 : -1),
    );

  const history = async () => {
    await pipeline.flushStore();
    return store;
  };
  const backtests = new Backtests(
    join(dataDir, 'backtests'),
    () => {
      const orders = options.orders?.();
      if (!orders) throw new Error('nobody is there yet to decide on orders');
      return {
        devicesOf: (model) => [...registry.devices.values()].filter(({ modelId }) => modelId === model.id),
        marksOf: (deviceId) => [
          ...marks.marksOf(deviceId),
          ...(pipeline.state(deviceId)?.past.marks.filter(isOfTelemetry) ?? []),
        ],
        suppressionsOf: (device) => pipeline.world.suppressionsOf(device),
        learned: learned.get,
        words: (device, model) => wordsOf(registry, device, model),
        store: history,
        orders,
        rest: (busyMs) => new Promise((resolve) => setTimeout(resolve, busyMs)),
        monotonicMs: () => performance.now(),
      };
    },
    log,
  );
  const shadows = new Shadows({
    clock,
    log,
    backtests,
    drafts: () => rules.allDrafts(),
    modelOf: ({ modelId }) => registry.models.get(modelId),
    monotonicMs: () => performance.now(),
  });

  const gateway: TestableGateway = {
    router: createRouter({
      ...sources,
      events,
      clock,
      ids,
      rules,
      learned,
      backtests,
      shadows,
      suppressions,
      alarmHistory,
      intake,
      quarantine,
      exportDir: join(dataDir, 'exports'),
      history,
    }),
    intakeRouter: createIntakeRouter(
      {
        authenticate: (...given) => gateway.authenticate(...given),
        accept: (message) => gateway.accept(message),
        refused: (...why) => gateway.refused(...why),
        fleet: () => pipeline.fleet(),
        now: clock.now,
      },
      options.httpIntake,
    ),
    async start() {
      startedAt = clock.now();
      journal.forget(BACKUP_CONSUMER); // of a backup that a crash cut short
      following = await follow(events, apply);
      running = true;
      await pipeline.start();
      view.start();
      shadows.start();
      watching = clock.every(DISK_CHECK_MS * clock.speed, () => void journal.check());
      log.info({ journal: journal.head(), stored: store.position() }, 'gateway.started');
    },
    async stop() {
      watching?.();
      status.stop();
      view.stop();
      shelf.stop();
      await shadows.stop();
      await backtests.stop();
      suppressionTimer.stop();
      await pipeline.stop();
      running = false;
      following?.();
      keeper.stop();
      await store.close();
      await backlog.close();
      await journal.close();
      log.info({ journal: journal.head() }, 'gateway.stopped');
    },
    ready: () => journal.status().state !== 'broken',
    accept: (message) => acceptAll([message]),
    acceptAll,
    authenticate: (username, password, origin) => authenticator.authenticate(username, password, origin),
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
      return send(hostState(sparkplug.hostId, true, clock.now()));
    },
    hostState: (online) => hostState(sparkplug.hostId, online, clock.now()),
    backUp: (order) => backUp({ dataDir, journal, store, atRest: (work) => pipeline.atRest(work) }, order),
    lastMeasured(deviceId) {
      const state = pipeline.state(deviceId);
      return state ? reached(state.past) : null;
    },
    namesOf: (principal) => names.of(principal),
    settled: () => pipeline.settled(),
    async abandon() {
      status.stop();
      watching?.();
      view.stop();
      shelf.stop();
      await shadows.stop();
      await backtests.stop();
      suppressionTimer.stop();
      await pipeline.abandon();
      running = false;
      following?.();
      keeper.stop();
      await journal.abandon();
      await backlog.close();
      await store.close();
    },
  };
  return gateway;
}
