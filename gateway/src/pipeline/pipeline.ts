import {
  AlertId,
  type Clock,
  type DeviceId,
  type PresenceView,
  SECOND,
  streams,
  type UptowerEvent,
  type Value,
} from '@uptower/domain';
import type { Append, EventLog, IdSource, Logger } from '@uptower/platform';
import type { AlertBook } from '../alarms/alert-book.ts';
import { Amender } from '../event-time/amender.ts';
import type { FactBook } from '../event-time/fact-book.ts';
import { historyOf } from '../event-time/history.ts';
import { StoredReadings } from '../event-time/stored-readings.ts';
import type { Fleet } from '../formats/fleet.ts';
import { Rebirths } from '../formats/sparkplug/rebirths.ts';
import { SparkplugSessions, sparkplugSessionOf } from '../formats/sparkplug/sessions.ts';
import type { Outgoing } from '../incoming.ts';
import type { IntakeCounts } from '../intake.ts';
import { type ReadingStore, StoreUnavailable } from '../ports/reading-store.ts';
import { type Outage, Pulse } from '../presence/outage.ts';
import { type Look, PresenceWatch } from '../presence/watch.ts';
import type { Journal } from '../telemetry/journal/journal.ts';
import type { JournalEntry } from '../telemetry/journal/record.ts';
import { Quarantine } from '../telemetry/quarantine.ts';
import type { Contacts } from '../uptime/contacts.ts';
import type { Ledger } from '../uptime/ledger.ts';
import type { SilenceLimits } from '../uptime/silence.ts';
import { askStore } from './ask-store.ts';
import type { Backlog } from './backlog.ts';
import { type Context, contextOf, knownOf, type Message } from './context.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import { refillFrom } from './refill.ts';
import { Snapshots } from './snapshot.ts';
import { type DeviceState, DeviceStates } from './state.ts';
import { StoreWriter } from './store-writer.ts';
import { take } from './take.ts';
import { takeLogEvent } from './take-log.ts';
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
  /** Where readings wait on disk for a store that is down or slow. */
  readonly backlog: Backlog;
  readonly events: EventLog<UptowerEvent>;
  readonly alerts: AlertBook;
  readonly ledger: Ledger;
  readonly contacts: Contacts;
  readonly facts: FactBook;
  readonly counts: IntakeCounts;
  readonly clock: Clock;
  readonly log: Logger;
  readonly ids: IdSource;
  readonly limits: () => Omit<SilenceLimits, 'servingSince'>;
  /** This server lets senders wait, or refuses them all: who is not heard then may be waiting for us. */
  readonly holding: () => boolean;
  /** The live view: what was measured, and that a device's row changed. */
  onReading(deviceId: DeviceId, ts: number, values: Readonly<Record<string, Value>>): void;
  onDevice(deviceId: DeviceId): void;
  /** The event log took so many real milliseconds. */
  appended?(ms: number): void;
  /** To devices: nobody waits for it. */
  send(message: Outgoing): void;
  /** How long overtaken Sparkplug messages may take to come. */
  readonly sparkplugReorderMs: number;
  /** How much a device's clock may be ahead of ours. */
  readonly futureToleranceMs?: number | undefined;
}

const pause = () => new Promise<void>((resolve) => setImmediate(resolve));

/**
 * Reads the journal from where the last snapshot ends and carries everything on from there: store, alerts, ledger. Work
 * is done one piece after the other (`serial`), so a snapshot always belongs to one position.
 */
export class Pipeline {
  readonly world: World;
  readonly devices = new DeviceStates();
  private readonly sparkplug = new SparkplugSessions();
  private readonly rebirths: Rebirths;
  readonly quarantine = new Quarantine();
  private position = 0;
  private logPosition = 0;
  private savedPosition = 0;
  /** A snapshot that does not count yet; one at a time. */
  private saving: Promise<void> | undefined;
  private lastSnapshotMs = 0;
  private sinceSnapshotMs = 0;
  private queue: Promise<void> = Promise.resolve();
  private reading: Promise<void> | undefined;
  private readonly stopping = new AbortController();
  private readonly timers: (() => void)[] = [];
  private markerWanted = false;
  private marking: Promise<unknown> | undefined;
  private outbox: Append<UptowerEvent>[] = [];
  private readonly writer: StoreWriter;
  private readonly context: Context;
  /** How far this has got, and the store, as the journal keeps it. */
  private readonly places;
  private readonly snapshots: Snapshots;
  private readonly watch: PresenceWatch;
  private readonly pulse: Pulse;
  private readonly amender: Amender;
  private readonly stored: StoredReadings;
  /** Found at the start, to be noted when everything from before was read. */
  private outage: Outage | null = null;
  private headAtStart = 0;
  private tooLateAtStart = 0;

  constructor(private readonly parts: PipelineParts) {
    const { store, clock, log, ids, alerts, ledger, facts } = parts;
    this.world = new World(parts.futureToleranceMs);
    this.writer = new StoreWriter({
      store,
      backlog: parts.backlog,
      refill: refillFrom({ ...parts, sparkplug: this.sparkplug }),
      clock,
      log,
    });
    this.places = { pipeline: parts.journal.consumer('pipeline'), store: parts.journal.consumer('store') };
    this.snapshots = new Snapshots(parts.events, pause);
    this.rebirths = new Rebirths(parts.send, parts.sparkplugReorderMs, clock.speed);
    const { world, devices, sparkplug } = this;
    this.context = contextOf({
      world,
      devices,
      sparkplug,
      alerts,
      ledger,
      facts,
      newAlertId: () => AlertId.parse(ids.next('alr')),
    });
    this.pulse = new Pulse(parts.events);
    const given = async () => {
      await this.writer.given();
      const { error } = this.writer.state();
      if (error !== null) throw new StoreUnavailable(error);
    };
    this.stored = new StoredReadings(askStore(store, given));
    this.amender = new Amender({
      ...this.context,
      log,
      state: (id) => devices.byId.get(id),
      known: (id) => {
        const [known, state] = [world.device(id), devices.byId.get(id)];
        return known && state && knownOf(known.device, known.model, state, world);
      },
      history: async (id, from, to) => {
        await this.writer.flush();
        return historyOf(store, id, from, to);
      },
      between: (work) => this.serial(() => work(this.position)),
      write: (appends) => (appends.length > 0 ? this.write(appends, clock.now()) : Promise.resolve()),
      changed: (id) => parts.onDevice(id as DeviceId),
    });
    this.watch = new PresenceWatch({ ...this.context, contacts: parts.contacts, pause });
  }

  /** Loads the snapshot, then reads on. The event log's own folds (alerts, ledger) are complete before this. */
  async start(): Promise<void> {
    const { journal, clock, log } = this.parts;
    const snapshot = await this.snapshots.load();
    // A snapshot ahead of the journal means the journal was lost or replaced: what it says of positions is void.
    if (snapshot && snapshot.position <= journal.head()) {
      for (const [id, state] of snapshot.devices) {
        this.devices.byId.set(id, state);
        if (state.past.late) this.amender.note(id);
      }
      this.sparkplug.restore(snapshot.sparkplug);
      this.quarantine.restore(snapshot.quarantine);
      this.position = snapshot.position;
      this.logPosition = snapshot.logPosition;
    } else if (snapshot) log.error({ snapshot: snapshot.position, journal: journal.head() }, 'pipeline.snapshot-ahead');
    if (journal.first() > this.position + 1)
      log.warn({ from: this.position + 1, first: journal.first() }, 'pipeline.journal-begins-later');
    this.savedPosition = this.position;
    this.tooLateAtStart = this.tooLate();
    this.headAtStart = journal.head();
    this.outage = await this.pulse.begin(clock.now(), this.parts.limits().graceMs);
    await this.eachLogEvent(0, this.logPosition, (event) => void this.world.apply(event));
    await this.markMissed();
    this.writer.start(this.position, this.headAtStart);
    this.reading = this.readOn();
    this.timers.push(
      clock.every(SNAPSHOT_MS * clock.speed, () => void this.serial(() => this.snapshotWhenDue())),
      clock.every(Math.max(TICK_MS, SECOND * clock.speed), () => {
        // Also while the pipeline itself is what holds everybody up, and no tick gets its turn.
        this.pulse.hold(this.parts.holding(), clock.now());
        void this.serial(() => this.tick());
      }),
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
      this.marking = this.mark().catch((error) => this.parts.log.error({ err: error }, 'pipeline.log-mark-failed'));
    });
  }

  private mark(): Promise<number> {
    const { journal, events, clock } = this.parts;
    return journal.append({ kind: 'log', receivedAt: clock.now(), logPosition: events.head() });
  }

  state(deviceId: string): DeviceState | undefined {
    return this.devices.byId.get(deviceId);
  }

  /** The world as it is at this place of the journal, as decoders see it. */
  fleet(): Fleet {
    return this.context.fleet;
  }

  at(): number {
    return this.position;
  }

  /** Up to here a restart need not read again. */
  saved(): number {
    return this.savedPosition;
  }

  storeState() {
    return { ...this.writer.state(), refused: this.parts.store.refused() };
  }

  /** What came too late to be judged, since the start. */
  tooLate(): number {
    let count = -this.tooLateAtStart;
    for (const { past } of this.devices.byId.values()) count += past.tooLate;
    return count;
  }

  /** Of how many devices each fact of presence holds, as last looked. */
  presence(): PresenceView {
    return this.watch.figures;
  }

  /** Resolves when everything durable in the journal or told by the event log now was worked on and is in the store. */
  async settled(): Promise<void> {
    while (this.markerWanted) await pause();
    await this.marking;
    const target = this.parts.journal.head();
    while (this.position < target && !this.stopping.signal.aborted) await pause();
    await this.amender.settled();
    await this.serial(() => this.writer.flush());
  }

  /** What was measured until now can be queried, unless the store is in trouble. */
  flushStore(): Promise<void> {
    return this.writer.given();
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
      if (entry.position > this.headAtStart) await this.noteOutage();
      if (entry.kind === 'log') await this.takeLog(entry.logPosition, entry.receivedAt, entry.position);
      else {
        const taken = this.takeMessage(entry);
        // Nearly every message leads to nothing that has to be waited for.
        readings += 1 + (typeof taken === 'number' ? taken : await taken);
      }
      this.position = entry.position;
    }
    this.outbox.push(...this.amender.near(this.position));
    await this.sendOutbox();
    return next;
  }

  /** How many readings it brought; a promise when something of it had to be looked up or written first. */
  private takeMessage(entry: Message): number | Promise<number> {
    const outcomes = takeSafely(entry, this.context, (error) =>
      this.parts.log.error({ err: error, position: entry.position }, 'pipeline.message-failed'),
    );
    for (const { readings } of outcomes)
      if (readings.some(({ unsure }) => unsure))
        return this.leaveOutStored(outcomes).then(() => this.carryOutAll(entry, outcomes));
    return this.carryOutAll(entry, outcomes);
  }

  private carryOutAll(entry: Message, outcomes: readonly Outcome[]): number | Promise<number> {
    const [only] = outcomes;
    const readings = outcomes.length === 1 && only ? only.readings : outcomes.flatMap((outcome) => outcome.readings);
    for (const reading of readings) this.stored.note(reading);
    this.writer.add(readings, entry.position);
    let count = 0;
    const appends: Append<UptowerEvent>[] = [];
    for (let part = 0; part < outcomes.length; part += 1) {
      const outcome = outcomes[part] as Outcome;
      this.carryOut(entry, outcome, part, appends);
      count += outcome.readings.length;
    }
    this.askForBirth(entry);
    if (appends.length === 0) return count;
    return this.write([...this.outbox.splice(0), ...appends], this.parts.clock.now()).then(() => count);
  }

  /** Leaves out readings that are in the store already. What the store cannot be asked about is stored, perhaps once more. */
  private async leaveOutStored(outcomes: readonly Outcome[]): Promise<void> {
    for (const outcome of outcomes) {
      const { readings } = outcome;
      // What is read again after a crash the writer leaves out by itself.
      if ((readings[0]?.position ?? 0) <= this.parts.store.position()) continue;
      outcome.readings = await this.stored.missing(readings);
      outcome.duplicates += readings.length - outcome.readings.length;
    }
  }

  /** A node that cannot be understood is asked for its birth. Not after a start, for what was said before: see `tick`. */
  private askForBirth({ topic, from, receivedAt }: Message): void {
    const session = sparkplugSessionOf(this.sparkplug, topic, from);
    if (session && receivedAt >= this.parts.limits().startedAt) this.rebirths.consider(session, this.parts.clock.now());
  }

  /**
   * What one message led to for one device; `part`: its place among the devices of the message. Adds to `appends` what
   * must be in the event log before the next message is looked at.
   */
  private carryOut(entry: Message, outcome: Outcome, part: number, appends: Append<UptowerEvent>[]): void {
    const { counts, onReading, onDevice } = this.parts;
    const { device, readings, refusals, alerts, facts, availability } = outcome;
    let i = 0;
    for (const { reason, detail } of refusals) {
      counts.quarantined(reason);
      const id = part === 0 ? `q_${entry.position}_${i}` : `q_${entry.position}_${part}_${i}`;
      i += 1;
      this.quarantine.add(
        { id, at: entry.receivedAt, reason, detail, from: entry.from, topic: entry.topic },
        entry.payload,
      );
    }
    counts.taken(readings.length, outcome);
    for (const event of availability)
      this.outbox.push({ stream: streams.availability(event.deviceId), events: [event] });
    if (!device) return;
    for (const { ts, values } of readings) onReading(device.id, ts, values);
    onDevice(device.id);
    if (this.devices.byId.get(device.id)?.past.late) this.amender.note(device.id);
    for (const fact of facts) appends.push({ stream: streams.facts(device.id), events: [fact] });
    for (const { component, event } of alerts)
      appends.push({ stream: streams.alert(device.id, component), events: [event] });
  }

  private async takeLog(target: number, receivedAt: number, position: number): Promise<void> {
    await this.eachLogEvent(this.logPosition, target, (event) => {
      const at = 'at' in event && typeof event.at === 'number' ? event.at : receivedAt;
      const { device, availability, alerts } = takeLogEvent(event, at, { position, receivedAt }, this.context);
      for (const change of availability)
        this.outbox.push({ stream: streams.availability(change.deviceId), events: [change] });
      if (device) {
        for (const { component, event } of alerts)
          this.outbox.push({ stream: streams.alert(device.id, component), events: [event] });
        if (this.devices.byId.get(device.id)?.past.late) this.amender.note(device.id);
      }
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
        const begun = performance.now();
        await this.parts.events.append(appends, { at, actor: ACTOR });
        this.parts.appended?.(performance.now() - begun);
        return;
      } catch (error) {
        if (this.stopping.signal.aborted) throw error;
        this.parts.log.error({ err: error, events: appends.length }, 'pipeline.append-failed');
        await new Promise<void>((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  /** Looks by this server's clock who is heard. Only when nobody waits for us and everything received was read. */
  private async tick(): Promise<void> {
    const { journal, clock, log } = this.parts;
    const now = clock.now();
    const holding = this.parts.holding();
    this.pulse.hold(holding, now);
    void this.pulse.beat(now).catch((error) => log.warn({ err: error }, 'pipeline.pulse-not-saved'));
    if (holding || this.position < journal.head()) return;
    await this.noteOutage();
    for (const session of this.sparkplug.all()) this.rebirths.consider(session, now);
    await this.carryOutLook(await this.watch.look(this.limits(), this.position, now));
  }

  /** After a start, when everything from before it was read and nothing since: what this server could not hear. */
  private async noteOutage(): Promise<void> {
    const { outage } = this;
    if (!outage) return;
    this.outage = null;
    await this.carryOutLook({ availability: this.watch.afterOutage(outage, this.limits(), this.position), alerts: [] });
  }

  private async carryOutLook({ availability, alerts }: Look): Promise<void> {
    for (const event of availability)
      this.outbox.push({ stream: streams.availability(event.deviceId), events: [event] });
    for (const { deviceId, component, event } of alerts)
      this.outbox.push({ stream: streams.alert(deviceId, component), events: [event] });
    await this.sendOutbox();
    for (const { deviceId } of [...availability, ...alerts]) this.parts.onDevice(deviceId);
  }

  private limits(): SilenceLimits {
    return { ...this.parts.limits(), servingSince: this.pulse.servingSince };
  }

  private async snapshotWhenDue(): Promise<void> {
    this.sinceSnapshotMs += SNAPSHOT_MS;
    if (this.saving || this.position === this.savedPosition) return;
    if (this.sinceSnapshotMs < this.lastSnapshotMs * SNAPSHOT_PAUSE_SHARE) return;
    await this.snapshot();
  }

  /** Writes the state at this position down. It counts once `save` is done, for which nothing waits. */
  private async snapshot(): Promise<void> {
    const begun = performance.now();
    const head = { position: this.position, logPosition: this.logPosition, quarantine: this.quarantine.list() };
    const commit = await this.snapshots.prepare(head, this.devices.byId, this.sparkplug.all());
    this.lastSnapshotMs = performance.now() - begun;
    this.sinceSnapshotMs = 0;
    this.saving = this.save(head.position, commit)
      .catch((error) => this.parts.log.error({ err: error }, 'pipeline.snapshot-failed'))
      .finally(() => {
        this.saving = undefined;
      });
  }

  /** Makes a snapshot count when everything up to it is durable, in the store or its backlog: no reading falls between. */
  private async save(position: number, commit: () => Promise<void>): Promise<void> {
    const { journal, log } = this.parts;
    if (!(await this.writer.secure(position))) return;
    await commit();
    this.savedPosition = position;
    this.places.pipeline.advance(position);
    // What the store does not have yet it will get from the backlog.
    this.places.store.advance(Math.max(position, this.parts.store.position()));
    await journal.trim(position);
    log.debug({ position, devices: this.devices.byId.size, ms: Math.round(this.lastSnapshotMs) }, 'pipeline.snapshot');
  }

  /** Runs work between two pieces of the pipeline's own: nothing is decided meanwhile. */
  atRest(work: () => Promise<void>): Promise<void> {
    return this.serial(work);
  }

  /** Finishes what is under way, brings everything into the store, saves. */
  async stop(): Promise<void> {
    for (const cancel of this.timers.splice(0)) cancel();
    this.stopping.abort();
    const amending = this.amender.stop();
    this.writer.leave();
    await this.reading;
    // What the store does not take in a moment goes to the backlog; a disk or log in trouble is not waited for: the
    // journal has everything, the next start reads it again.
    await this.writer.stop();
    await this.saving;
    await this.serial(() => this.snapshot()).catch(() => undefined);
    await this.saving;
    await amending;
  }

  /** For tests of crashes: stops dead. */
  async abandon(): Promise<void> {
    for (const cancel of this.timers.splice(0)) cancel();
    this.stopping.abort();
    const amending = this.amender.stop();
    await this.writer.abandon();
    await this.reading;
    await amending;
  }
}

/** A message that breaks our own code must not stop the stream: it is quarantined as `internal` and shown. */
function takeSafely(entry: Message, context: Context, failed: (error: unknown) => void): ReturnType<typeof take> {
  try {
    return take(entry, context);
  } catch (error) {
    failed(error);
    const outcome = outcomeOf(null);
    outcome.refusals = [{ reason: 'internal', detail: 'could not be processed; see the log' }];
    return [outcome];
  }
}
