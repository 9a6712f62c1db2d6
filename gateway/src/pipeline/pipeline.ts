import {
  AlertId,
  type Clock,
  type DeviceId,
  isSuppressionEvent,
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
import type { Journal } from '../telemetry/journal/journal.ts';
import type { JournalEntry } from '../telemetry/journal/record.ts';
import { Quarantine } from '../telemetry/quarantine.ts';
import type { Contacts } from '../uptime/contacts.ts';
import type { Ledger } from '../uptime/ledger.ts';
import type { SilenceLimits } from '../uptime/silence.ts';
import { askStore } from './ask-store.ts';
import type { Backlog } from './backlog.ts';
import { type Context, contextOf, knownOf, type Message } from './context.ts';
import { alertAppend, EventWriter } from './event-writer.ts';
import { Listening } from './listening.ts';
import { LogMarks } from './log-marks.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import { refillFrom } from './refill.ts';
import { Saving, SNAPSHOT_MS } from './saving.ts';
import { Snapshots } from './snapshot.ts';
import { type DeviceState, DeviceStates } from './state.ts';
import { StoreWriter } from './store-writer.ts';
import { take } from './take.ts';
import { takeLogEvent } from './take-log.ts';
import { takeSuppression } from './take-suppression.ts';
import { World } from './world.ts';

/** So many readings are worked on before others get their turn: some 5–10 ms. */
const READINGS_A_TURN = 300;
const TICK_MS = 10 * SECOND;

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
  private queue: Promise<void> = Promise.resolve();
  private reading: Promise<void> | undefined;
  private readonly stopping = new AbortController();
  private readonly timers: (() => void)[] = [];
  private readonly context: Context;
  private readonly marks: LogMarks;
  private readonly writer: StoreWriter;
  private readonly eventWriter: EventWriter;
  private readonly snapshots: Snapshots;
  private readonly saving: Saving;
  private readonly listening: Listening;
  private readonly amender: Amender;
  private readonly stored: StoredReadings;
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
    this.eventWriter = new EventWriter({ ...parts, stopping: this.stopping.signal });
    this.marks = new LogMarks(parts);
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
    this.snapshots = new Snapshots(parts.events, pause);
    this.saving = new Saving({
      ...parts,
      devices,
      sparkplug,
      writer: this.writer,
      snapshots: this.snapshots,
      head: () => ({
        position: this.position,
        logPosition: this.logPosition,
        quarantine: this.quarantine.list(),
      }),
    });
    this.listening = new Listening({ ...parts, ...this.context, writer: this.eventWriter, pause });
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
      write: (appends) => {
        this.eventWriter.add(appends);
        return this.eventWriter.send();
      },
      changed: (id) => parts.onDevice(id as DeviceId),
    });
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
    this.saving.saved = this.position;
    this.tooLateAtStart = this.tooLate();
    this.headAtStart = journal.head();
    await this.listening.begin();
    await this.marks.each(0, this.logPosition, (event) => void this.world.apply(event));
    await this.marks.markMissed(this.position, this.logPosition);
    this.writer.start(this.position, this.headAtStart);
    this.reading = this.readOn();
    this.timers.push(
      clock.every(SNAPSHOT_MS * clock.speed, () => void this.serial(() => this.saving.whenDue())),
      clock.every(Math.max(TICK_MS, SECOND * clock.speed), () => {
        // Also while the pipeline itself is what holds everybody up, and no tick gets its turn.
        this.listening.hold();
        void this.serial(() => this.tick());
      }),
    );
  }

  /** The event log told of something the pipeline must know: noted in the journal, so that its place is fixed. */
  logAppended(event: UptowerEvent): void {
    this.marks.appended(event);
  }

  /** Only to look at. */
  state(deviceId: string): DeviceState | undefined {
    return this.devices.byId.peek(deviceId);
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
    return this.saving.saved;
  }

  storeState() {
    return { ...this.writer.state(), refused: this.parts.store.refused() };
  }

  /** What came too late to be judged, since the start. */
  tooLate(): number {
    let count = -this.tooLateAtStart;
    for (const [, { past }] of this.devices.byId.look()) count += past.tooLate;
    return count;
  }

  /** Of how many devices each fact of presence holds, as last looked. */
  presence(): PresenceView {
    return this.listening.figures();
  }

  /** Resolves when everything durable in the journal or told by the event log now was worked on and is in the store. */
  async settled(): Promise<void> {
    await this.marks.settled();
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
        await this.snapshots.room();
        await pause();
      }
    }
  }

  /** Works on entries until enough readings were seen; returns the index of the next one. */
  private async turn(entries: readonly JournalEntry[], from: number): Promise<number> {
    let next = from;
    for (let readings = 0; next < entries.length && readings < READINGS_A_TURN; next += 1) {
      if (next > from && this.snapshots.isFull) break;
      const entry = entries[next] as JournalEntry;
      if (this.listening.hasOutage() && entry.position > this.headAtStart)
        await this.listening.noteOutage(this.position);
      if (entry.kind === 'log') await this.takeLog(entry.logPosition, entry.receivedAt, entry.position);
      else {
        const taken = this.takeMessage(entry);
        // Nearly every message leads to nothing that has to be waited for.
        readings += 1 + (typeof taken === 'number' ? taken : await taken);
      }
      this.position = entry.position;
    }
    this.eventWriter.add(this.amender.near(this.position));
    await this.eventWriter.send();
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
    this.eventWriter.add(appends);
    return this.eventWriter.send().then(() => count);
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
    for (const { reason, detail, zh } of refusals) {
      counts.quarantined(reason);
      const id = part === 0 ? `q_${entry.position}_${i}` : `q_${entry.position}_${part}_${i}`;
      i += 1;
      this.quarantine.add(
        { id, at: entry.receivedAt, reason, detail, ...(zh ? { zh } : {}), from: entry.from, topic: entry.topic },
        entry.payload,
      );
    }
    counts.taken(readings.length, outcome);
    this.eventWriter.availability(availability);
    if (!device) return;
    for (const { ts, values } of readings) onReading(device.id, ts, values);
    onDevice(device.id);
    if (this.devices.byId.get(device.id)?.past.late) this.amender.note(device.id);
    for (const fact of facts) appends.push({ stream: streams.facts(device.id), events: [fact] });
    for (const alert of alerts) appends.push(alertAppend(device.id, alert));
  }

  private async takeLog(target: number, receivedAt: number, position: number): Promise<void> {
    await this.marks.each(this.logPosition, target, (event) => {
      if (isSuppressionEvent(event)) {
        for (const { device, alerts } of takeSuppression(event, { position, receivedAt }, this.context)) {
          this.eventWriter.add(alerts.map((alert) => alertAppend(device.id, alert)));
          if (this.devices.byId.get(device.id)?.past.late) this.amender.note(device.id);
        }
        return;
      }
      const at = 'at' in event && typeof event.at === 'number' ? event.at : receivedAt;
      const { device, availability, alerts } = takeLogEvent(event, at, { position, receivedAt }, this.context);
      this.eventWriter.availability(availability);
      if (!device) return;
      this.eventWriter.add(alerts.map((alert) => alertAppend(device.id, alert)));
      if (this.devices.byId.get(device.id)?.past.late) this.amender.note(device.id);
    });
    // Before the next record: it decides on the alerts as they are in the event log.
    await this.eventWriter.send();
    this.logPosition = Math.max(this.logPosition, target);
    this.writer.add([], position);
  }

  /** Looks by this server's clock who is heard. Only when nobody waits for us and everything received was read. */
  private async tick(): Promise<void> {
    this.listening.hold();
    this.listening.beat();
    const { journal, clock, holding } = this.parts;
    if (holding() || this.position < journal.head()) return;
    for (const session of this.sparkplug.all()) this.rebirths.consider(session, clock.now());
    await this.listening.look(this.position);
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
    await this.saving.settled();
    await this.serial(() => this.saving.save()).catch(() => undefined);
    await this.saving.settled();
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
    outcome.refusals = [
      { reason: 'internal', detail: 'could not be processed; see the log', zh: '无法处理，详见日志' },
    ];
    return [outcome];
  }
}
