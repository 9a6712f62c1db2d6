import {
  AlertId,
  type Clock,
  type DeviceId,
  HOUR,
  type Instant,
  SECOND,
  streams,
  type UptowerEvent,
  type Value,
} from '@uptower/domain';
import type { Append, EventLog, IdSource, Logger } from '@uptower/platform';
import type { AlertBook } from '../alarms/alert-book.ts';
import type { IntakeCounts } from '../intake.ts';
import type { ReadingStore } from '../ports/reading-store.ts';
import type { Journal } from '../telemetry/journal/journal.ts';
import type { JournalEntry } from '../telemetry/journal/record.ts';
import { Quarantine } from '../telemetry/quarantine.ts';
import type { Contacts } from '../uptime/contacts.ts';
import { type Evidence, type Judgement, judge } from '../uptime/evidence.ts';
import type { Ledger } from '../uptime/ledger.ts';
import { type SilenceLimits, silenceOf } from '../uptime/silence.ts';
import { Snapshots } from './snapshot.ts';
import { type DeviceState, DeviceStates } from './state.ts';
import { StoreWriter } from './store-writer.ts';
import { type Context, type Message, take, takeLogEvent, visitsThatExplain } from './take.ts';
import { concernsPipeline, World } from './world.ts';

/** Who writes the machine's own events. */
export const ACTOR = 'gateway';
const SNAPSHOT_MS = 5 * SECOND;
/** A snapshot may take at most this share of the time: the next one waits so many times as long as the last one took. */
const SNAPSHOT_PAUSE_SHARE = 20;
/** So many readings are worked on before others get their turn: some 5–10 ms. */
const READINGS_A_TURN = 300;
const TICK_MS = 10 * SECOND;
const RETRY_MS = 1000;

export interface PipelineParts {
  readonly journal: Journal;
  readonly store: ReadingStore;
  readonly events: EventLog<UptowerEvent>;
  readonly alerts: AlertBook;
  readonly ledger: Ledger;
  readonly contacts: Contacts;
  readonly factPositions: ReadonlyMap<string, number>;
  readonly counts: IntakeCounts;
  readonly clock: Clock;
  readonly log: Logger;
  readonly ids: IdSource;
  readonly limits: () => SilenceLimits;
  /** The live view: what was measured, and that a device's row changed. */
  onReading(deviceId: DeviceId, ts: number, values: Readonly<Record<string, Value>>): void;
  onDevice(deviceId: DeviceId): void;
}

const pause = () => new Promise<void>((resolve) => setImmediate(resolve));

/**
 * Reads the journal from where the last snapshot ends and carries everything on from there: store, alerts, ledger. Work
 * is done one piece after the other (`serial`), so a snapshot always belongs to one position.
 */
export class Pipeline {
  readonly world = new World();
  readonly devices = new DeviceStates();
  readonly quarantine = new Quarantine();
  private position = 0;
  private logPosition = 0;
  private savedPosition = 0;
  private lastSnapshotMs = 0;
  private sinceSnapshotMs = 0;
  private queue: Promise<void> = Promise.resolve();
  private reading: Promise<void> | undefined;
  private readonly stopping = new AbortController();
  private readonly timers: (() => void)[] = [];
  private markerWanted = false;
  private outbox: Append<UptowerEvent>[] = [];
  private readonly writer: StoreWriter;
  private readonly context: Context;
  private readonly snapshots: Snapshots;

  constructor(private readonly parts: PipelineParts) {
    const { store, clock, log, ids, alerts, ledger, factPositions } = parts;
    this.writer = new StoreWriter(store, clock, log);
    this.snapshots = new Snapshots(parts.events, pause);
    this.context = {
      world: this.world,
      devices: this.devices,
      alerts,
      ledger,
      factPosition: (deviceId) => factPositions.get(deviceId) ?? 0,
      newAlertId: () => AlertId.parse(ids.next('alr')),
    };
  }

  /** Loads the snapshot, then reads on. The event log's own folds (alerts, ledger) are complete before this. */
  async start(): Promise<void> {
    const { journal, clock, log } = this.parts;
    const snapshot = await this.snapshots.load();
    // A snapshot ahead of the journal means the journal was lost or replaced: what it says of positions is void.
    if (snapshot && snapshot.position <= journal.head()) {
      for (const [id, state] of snapshot.devices) this.devices.byId.set(id, state);
      this.quarantine.restore(snapshot.quarantine);
      this.position = snapshot.position;
      this.logPosition = snapshot.logPosition;
    } else if (snapshot) log.error({ snapshot: snapshot.position, journal: journal.head() }, 'pipeline.snapshot-ahead');
    if (journal.first() > this.position + 1)
      log.warn({ from: this.position + 1, first: journal.first() }, 'pipeline.journal-begins-later');
    this.savedPosition = this.position;
    await this.eachLogEvent(0, this.logPosition, (event) => void this.world.apply(event));
    await this.markMissed();
    this.writer.start();
    this.reading = this.readOn();
    this.timers.push(
      clock.every(SNAPSHOT_MS * clock.speed, () => void this.serial(() => this.snapshotWhenDue())),
      clock.every(Math.max(TICK_MS, SECOND * clock.speed), () => void this.serial(() => this.tick())),
    );
  }

  /** What was appended after the last mark (a crash came between) is marked now, ahead of any new message. */
  private async markMissed(): Promise<void> {
    const { journal, events } = this.parts;
    let marked = this.logPosition;
    for (let last = this.position; ; ) {
      const entries = await journal.read(last);
      for (const entry of entries) if (entry.kind === 'log') marked = Math.max(marked, entry.logPosition);
      if (entries.length === 0) break;
      last = entries.at(-1)?.position ?? last;
    }
    let missed = false;
    await this.eachLogEvent(marked, events.head(), (event) => {
      missed ||= concernsPipeline(event);
    });
    if (missed) await this.mark();
  }

  /** The event log told of something the pipeline must know: noted in the journal, so that its place is fixed. */
  logAppended(event: UptowerEvent): void {
    if (concernsPipeline(event)) this.markLog();
  }

  private markLog(): void {
    if (this.markerWanted) return;
    this.markerWanted = true;
    // After this turn, so that an upload of thousands of items is one mark.
    queueMicrotask(() => {
      this.markerWanted = false;
      this.mark().catch((error) => this.parts.log.error({ err: error }, 'pipeline.log-mark-failed'));
    });
  }

  private mark(): Promise<number> {
    const { journal, events, clock } = this.parts;
    return journal.append({ kind: 'log', receivedAt: clock.now(), logPosition: events.head() });
  }

  state(deviceId: string): DeviceState | undefined {
    return this.devices.byId.get(deviceId);
  }

  at(): number {
    return this.position;
  }

  /** Resolves when everything durable in the journal now was worked on and is in the store. */
  async settled(): Promise<void> {
    const target = this.parts.journal.head();
    while (this.position < target && !this.stopping.signal.aborted) await pause();
    await this.serial(() => this.writer.flush());
  }

  /** What was measured until now can be queried. */
  flushStore(): Promise<void> {
    return this.writer.flush();
  }

  private serial(work: () => Promise<void>): Promise<void> {
    const run = this.queue.then(work);
    this.queue = run.catch((error) => this.parts.log.error({ err: error }, 'pipeline.failed'));
    return run;
  }

  private async readOn(): Promise<void> {
    for await (const entries of this.parts.journal.follow(this.position, this.stopping.signal)) {
      for (let next = 0; next < entries.length && !this.stopping.signal.aborted; ) {
        await this.serial(async () => {
          next = await this.turn(entries, next);
        }).catch(() => undefined);
        await this.writer.room();
        await pause();
      }
    }
  }

  /** Works on entries until enough readings were seen; returns the index of the next one. */
  private async turn(entries: readonly JournalEntry[], from: number): Promise<number> {
    let next = from;
    for (let readings = 0; next < entries.length && readings < READINGS_A_TURN; next += 1) {
      const entry = entries[next] as JournalEntry;
      if (entry.kind === 'log') await this.takeLog(entry.logPosition, entry.receivedAt, entry.position);
      else readings += 1 + (await this.takeMessage(entry));
      this.position = entry.position;
    }
    await this.sendOutbox();
    return next;
  }

  private async takeMessage(entry: Message): Promise<number> {
    const { counts, onReading, onDevice, clock, log } = this.parts;
    const outcome = takeSafely(entry, this.context, (error) =>
      log.error({ err: error, position: entry.position }, 'pipeline.message-failed'),
    );
    const { device, readings, refusals, alerts, facts, availability } = outcome;
    for (const [i, { reason, detail }] of refusals.entries()) {
      counts.quarantined(reason);
      const id = `q_${entry.position}_${i}`;
      this.quarantine.add(
        { id, at: entry.receivedAt, reason, detail, from: entry.from, topic: entry.topic },
        entry.payload,
      );
    }
    counts.taken(readings.length, outcome.duplicates, outcome.unknownMetrics);
    this.writer.add(readings, entry.position);
    for (const event of availability)
      this.outbox.push({ stream: streams.availability(event.deviceId), events: [event] });
    if (device) {
      for (const { ts, values } of readings) onReading(device.id, ts, values);
      onDevice(device.id);
      const appends: Append<UptowerEvent>[] = [
        ...facts.map((fact) => ({ stream: streams.facts(device.id), events: [fact] })),
        ...alerts.map(({ component, event }) => ({ stream: streams.alert(device.id, component), events: [event] })),
      ];
      if (appends.length > 0) await this.write([...this.outbox.splice(0), ...appends], clock.now());
    }
    return readings.length;
  }

  private async takeLog(target: number, receivedAt: number, position: number): Promise<void> {
    await this.eachLogEvent(this.logPosition, target, (event) => {
      const at = 'at' in event && typeof event.at === 'number' ? event.at : receivedAt;
      const { device, availability, alerts } = takeLogEvent(event, at, position, this.context);
      for (const change of availability)
        this.outbox.push({ stream: streams.availability(change.deviceId), events: [change] });
      if (device)
        for (const { component, event } of alerts)
          this.outbox.push({ stream: streams.alert(device.id, component), events: [event] });
    });
    // Before the next record: it decides on the alerts as they are in the event log.
    await this.sendOutbox();
    this.logPosition = Math.max(this.logPosition, target);
    this.writer.add([], position);
  }

  private async eachLogEvent(after: number, upTo: number, apply: (event: UptowerEvent) => void): Promise<void> {
    for (let last = after; last < upTo; ) {
      const batch = await this.parts.events.read(last, Math.min(1000, upTo - last));
      if (batch.length === 0) return;
      for (const stored of batch) apply(stored.event);
      last = batch.at(-1)?.position ?? upTo;
      await pause();
    }
  }

  private async sendOutbox(): Promise<void> {
    if (this.outbox.length > 0) await this.write(this.outbox.splice(0), this.parts.clock.now());
  }

  /** Until it is written: what was decided from the journal must not be lost, and nothing goes on before it. */
  private async write(appends: readonly Append<UptowerEvent>[], at: number): Promise<void> {
    for (;;) {
      try {
        await this.parts.events.append(appends, { at, actor: ACTOR });
        return;
      } catch (error) {
        if (this.stopping.signal.aborted) throw error;
        this.parts.log.error({ err: error, events: appends.length }, 'pipeline.append-failed');
        await new Promise<void>((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  /** Judges by this server's clock who has gone quiet. Only when everything received was read: a lag is not silence. */
  private async tick(): Promise<void> {
    const { journal, contacts, ledger, clock, onDevice } = this.parts;
    if (this.position < journal.head()) return;
    const [limits, now] = [this.parts.limits(), clock.now()];
    for (const [id, state] of this.devices.byId) {
      const known = this.world.device(id);
      if (!known) continue;
      const { device, model } = known;
      const contact = {
        ...contacts.of(id, device.siteId),
        reportingIntervalSeconds: model.reportingIntervalSeconds,
      };
      const silence = silenceOf(state.evidence, contact, limits, now);
      const verdict = judge(state.evidence, silence, visitsThatExplain(state, this.world, id));
      const at = silence ? silence.since : overdue(state.evidence, verdict, ledger.present(id), now);
      if (at === null) continue;
      const { wordAt: knownUntil } = state.evidence;
      const next = ledger.next(device.id, verdict, { at, knownUntil, now, position: this.position, replayed: false });
      if (!next) continue;
      ledger.apply(next.event, next.version);
      this.outbox.push({ stream: streams.availability(id), events: [next.event] });
      onDevice(device.id);
    }
    await this.sendOutbox();
  }

  private async snapshotWhenDue(): Promise<void> {
    this.sinceSnapshotMs += SNAPSHOT_MS;
    if (this.position === this.savedPosition) return;
    if (this.sinceSnapshotMs < this.lastSnapshotMs * SNAPSHOT_PAUSE_SHARE) return;
    await this.snapshot();
  }

  /** Saves the state at this position after the store has everything up to it: so no reading falls between the two. */
  private async snapshot(): Promise<void> {
    const { journal, log } = this.parts;
    const begun = performance.now();
    const head = { position: this.position, logPosition: this.logPosition, quarantine: this.quarantine.list() };
    const commit = await this.snapshots.prepare(head, this.devices.byId);
    await this.writer.flush();
    await commit();
    this.savedPosition = head.position;
    await journal.trim(head.position);
    this.lastSnapshotMs = performance.now() - begun;
    this.sinceSnapshotMs = 0;
    log.debug(
      { position: head.position, devices: this.devices.byId.size, ms: Math.round(this.lastSnapshotMs) },
      'pipeline.snapshot',
    );
  }

  /** Finishes what is under way, brings everything into the store, saves. */
  async stop(): Promise<void> {
    for (const cancel of this.timers.splice(0)) cancel();
    this.stopping.abort();
    this.writer.leave();
    await this.reading;
    // A store or log in trouble is logged and not waited for: the journal has everything, the next start reads it again.
    await this.serial(() => this.snapshot()).catch(() => undefined);
    this.writer.abandon();
  }

  /** For tests of crashes: stops dead. */
  async abandon(): Promise<void> {
    for (const cancel of this.timers.splice(0)) cancel();
    this.stopping.abort();
    this.writer.abandon();
    await this.reading;
  }
}

/**
 * What no message could write into the ledger: the return of a device that sends only what was measured before contact
 * was lost is dated by our clock; a change held back because of flapping is written once the device says no more.
 */
function overdue(
  { heardAt, wordAt }: Evidence,
  verdict: Judgement | null,
  present: ReturnType<Ledger['present']>,
  now: Instant,
): Instant | null {
  if (!present || heardAt === null || verdict === null || verdict.state === present.state) return null;
  if (present.state === 'unknown') return heardAt > present.since ? heardAt : null;
  return now - heardAt >= HOUR ? (wordAt ?? heardAt) : null;
}

/** A message that breaks our own code must not stop the stream: it is quarantined as `internal` and shown. */
function takeSafely(entry: Message, context: Context, failed: (error: unknown) => void): ReturnType<typeof take> {
  try {
    return take(entry, context);
  } catch (error) {
    failed(error);
    const nothing = {
      device: null,
      readings: [],
      duplicates: 0,
      unknownMetrics: 0,
      alerts: [],
      facts: [],
      availability: [],
    };
    return { ...nothing, refusals: [{ reason: 'internal', detail: 'could not be processed; see the log' }] };
  }
}
