import type {
  AlertId,
  AvailabilityChanged,
  Device,
  DeviceFact,
  DeviceModel,
  Instant,
  Reading,
  UptowerEvent,
} from '@uptower/domain';
import type { AlertBook } from '../alarms/alert-book.ts';
import { isKnownFailure } from '../alarms/reported-failure.ts';
import { type Arrival, arriveMark, arriveMoment, inOrder } from '../event-time/arrive.ts';
import type { FactBook } from '../event-time/fact-book.ts';
import { type Mark, type Moment, reached } from '../event-time/past.ts';
import type { RecentMoments } from '../event-time/recent.ts';
import type { Known } from '../event-time/step.ts';
import { type ComponentAlert, Telling } from '../event-time/telling.ts';
import { rhythmOf } from '../event-time/words.ts';
import type { Fleet } from '../formats/fleet.ts';
import { decodeMessage } from '../formats/formats.ts';
import type { SparkplugSessions } from '../formats/sparkplug/sessions.ts';
import { own } from '../own.ts';
import { doubtOf } from '../presence/doubt.ts';
import { noteHeard } from '../presence/state.ts';
import type { Decoded, DeviceClock } from '../telemetry/decode/decode.ts';
import { metricsOf } from '../telemetry/decode/item.ts';
import { type Refusal, refusal } from '../telemetry/decode/refusal.ts';
import { isRepeated, sighted } from '../telemetry/dedupe.ts';
import type { JournalEntry } from '../telemetry/journal/record.ts';
import { onDeviceTime } from '../telemetry/skew.ts';
import { onMetrics } from '../telemetry/unknown-metrics.ts';
import { judge, onHeard, onState } from '../uptime/evidence.ts';
import { isAbsence, type Ledger } from '../uptime/ledger.ts';
import type { DeviceState, DeviceStates } from './state.ts';
import type { World } from './world.ts';

export type { ComponentAlert };

export type Message = JournalEntry & { readonly kind: 'message' };

/** What reading one record led to; the shell carries it out. */
export interface Outcome {
  readonly device: Device | null;
  /** `unsure`: it may have been sent before; the store knows. */
  readonly readings: (Reading & { readonly position: number; readonly unsure?: true })[];
  readonly duplicates: number;
  readonly unknownMetrics: number;
  /** Values that came in another unit than the model's. */
  readonly converted: number;
  readonly refusals: readonly Refusal[];
  readonly alerts: ComponentAlert[];
  readonly facts: DeviceFact[];
  readonly availability: AvailabilityChanged[];
}

export interface Context {
  readonly world: World;
  readonly devices: DeviceStates;
  readonly sparkplug: SparkplugSessions;
  /** World and devices as the decoders of others' formats see them. */
  readonly fleet: Fleet;
  readonly alerts: AlertBook;
  readonly ledger: Ledger;
  readonly facts: FactBook;
  readonly recent: RecentMoments;
  newAlertId(): AlertId;
}

const nothing = (): Outcome => ({
  device: null,
  readings: [],
  duplicates: 0,
  unknownMetrics: 0,
  converted: 0,
  refusals: [],
  alerts: [],
  facts: [],
  availability: [],
});

/**
 * One message through the whole pipeline: decode, dedupe, last values, detectors, alerts, ledger. Changes `devices` and
 * the ledger, touches nothing else, reads no clock: the journal's order and times decide everything, so reading it again
 * gives the same.
 */
export function take(entry: Message, context: Context): readonly Outcome[] {
  const tellings = new Map<string, Telling>();
  const of = (device: Device) => {
    // One for all a message says of a device: what the first part raised, the second part knows.
    const telling = tellings.get(device.id) ?? new Telling(device, entry.position, context);
    tellings.set(device.id, telling);
    return telling;
  };
  return decodeMessage(entry, context.fleet, context).map((decoded) => takeOne(entry, decoded, of, context));
}

function takeOne(entry: Message, decoded: Decoded, tellingOf: (device: Device) => Telling, context: Context): Outcome {
  if (decoded.kind === 'refused') {
    if (decoded.clock) {
      const state = context.devices.of(decoded.clock.device.id);
      noteHeard(state.presence, entry, decoded);
      noteClock(state, decoded.clock, entry.receivedAt);
    }
    return { ...nothing(), refusals: decoded.refusals };
  }
  const state = context.devices.of(decoded.device.id);
  noteHeard(state.presence, entry, decoded);
  const arrival = () => arrivalOf(entry, decoded, state, tellingOf(decoded.device), context);
  switch (decoded.kind) {
    case 'readings':
      return takeReadings(entry, decoded, state, arrival, context);
    case 'event':
      return takeEvent(entry, decoded, state, arrival, context);
    case 'heard': {
      const { device, ts } = decoded;
      onHeard(state.evidence, entry.receivedAt, ts);
      return { ...nothing(), device, availability: judged(device, state, ts, entry, context) };
    }
    case 'state': {
      const { device, state: said } = decoded;
      if (said.status === 'offline') {
        onState(state.evidence, said, entry.receivedAt);
        return { ...nothing(), device };
      }
      onHeard(state.evidence, entry.receivedAt, said.ts);
      const { status, ts: at, activity = null } = said;
      const arriving = arrival();
      arriveMark(arriving, { kind: 'state', at, status, activity }, true);
      const alerts = arriving.listener.alerts.splice(0);
      return { ...nothing(), device, alerts, availability: judged(device, state, at, entry, context) };
    }
  }
}

/** What a device's newest time says of its clock; an observed device sends history. */
function noteClock({ skew }: DeviceState, { device, ts }: DeviceClock, receivedAt: Instant): void {
  if (device.service === 'full') onDeviceTime(skew, ts, receivedAt);
}

type Of<K extends Decoded['kind']> = Extract<Decoded, { kind: K }>;

type Arriving = Arrival & { readonly listener: Telling };

function arrivalOf(
  { receivedAt }: Message,
  { device, model }: Exclude<Decoded, { kind: 'refused' }>,
  state: DeviceState,
  listener: Telling,
  { world, ledger, recent }: Context,
): Arriving {
  return {
    deviceId: device.id,
    state,
    known: knownOf(device, model, state, world),
    listener,
    recent,
    receivedAt,
    absences: absencesOf(ledger, device.id, receivedAt),
    rhythm: rhythmOf(model),
  };
}

/** What the steps of event time need to know of a device. */
export const knownOf = (device: Device, model: DeviceModel, { past }: DeviceState, world: World): Known => ({
  device,
  model,
  words: world.wordsOf(device, model),
  since: past.rulesSince,
});

/** What was not heard of the device; one that lasts ends now, by its own message. */
function absencesOf(ledger: Ledger, deviceId: string, receivedAt: Instant) {
  const unheard = ledger.unheard(deviceId);
  if (unheard.length === 0) return unheard;
  return unheard.filter(isAbsence).map((absence) => ({ ...absence, until: absence.until ?? receivedAt }));
}

function takeReadings(
  entry: Message,
  decoded: Of<'readings'>,
  state: DeviceState,
  arrival: () => Arriving,
  context: Context,
): Outcome {
  const { device, model, unknownMetrics, refusals } = decoded;
  const { position } = entry;
  const moments: Moment[] = [];
  const outcome: Outcome & { duplicates: number; converted: number; refusals: readonly Refusal[] } = {
    ...nothing(),
    device,
    unknownMetrics,
    refusals,
  };
  const names = new MetricNames(state, model);
  let { clock } = decoded;
  for (const item of decoded.readings) {
    const sighting = sighted(state.seen, item);
    if (sighting === 'seen') {
      outcome.duplicates += 1;
      continue;
    }
    const { deviceId, ts, seq } = item;
    const values = names.admitted(item.values);
    if (!values) continue;
    outcome.readings.push({ deviceId, ts, seq, values, position, ...(sighting === 'unsure' ? { unsure: true } : {}) });
    if (item.timed && !(clock && clock.ts >= ts)) clock = { device, ts };
    outcome.converted += onMetrics(state.unknown, model, { values, ts, units: item.units });
    if (state.lastSeen === null || ts > state.lastSeen) state.lastSeen = ts;
    for (const key in values) {
      const last = own(state.latest, key);
      if (!last || ts >= last[1]) state.latest[key] = [values[key] as Reading['values'][string], ts];
    }
    moments.push({ ts, values });
  }
  if (names.excess.size > 0)
    outcome.refusals = [...refusals, refusal('too-many-metrics', `not kept: ${[...names.excess].join(', ')}`)];
  const [first] = outcome.readings;
  if (clock) noteClock(state, clock, entry.receivedAt);
  if (!first) return outcome; // nothing but redelivery: it says nothing new
  const latest = outcome.readings.reduce((max, reading) => Math.max(max, reading.ts), first.ts);
  onHeard(state.evidence, entry.receivedAt, latest);
  const arriving = arrival();
  for (const moment of inOrder(moments)) arriveMoment(arriving, moment);
  // Of a backlog, what was measured after the ledger's last entry is what can change it.
  const since = context.ledger.present(device.id)?.since ?? Number.NEGATIVE_INFINITY;
  const { ts } = outcome.readings.find((reading) => reading.ts > since) ?? first;
  const alerts = arriving.listener.alerts.splice(0);
  return { ...outcome, alerts, availability: judged(device, state, ts, entry, context) };
}

/** So many metrics its model does not know are kept of a device; names made up without end would fill memory and store. */
export const MAX_UNKNOWN_METRICS = 256;

/** Which names of a message's readings are kept. */
class MetricNames {
  readonly excess = new Set<string>();
  private room: number | undefined;

  constructor(
    private readonly state: DeviceState,
    private readonly model: DeviceModel,
  ) {}

  /** The values under admitted names; null when none are. */
  admitted(values: Reading['values']): Reading['values'] | null {
    let whole = true;
    for (const key in values)
      if (!this.admits(key)) {
        this.excess.add(key);
        whole = false;
      }
    if (whole) return values;
    const kept = Object.entries(values).filter(([key]) => !this.excess.has(key));
    return kept.length > 0 ? Object.fromEntries(kept) : null;
  }

  private admits(key: string): boolean {
    const { latest } = this.state;
    const known = metricsOf(this.model);
    if (known.has(key) || Object.hasOwn(latest, key)) return true;
    // Counted only when a new name comes: most messages bring none.
    this.room ??= MAX_UNKNOWN_METRICS - Object.keys(latest).filter((name) => !known.has(name)).length;
    if (this.room <= 0) return false;
    this.room -= 1; // the reading that brought it is remembered in `latest` next
    return true;
  }
}

function takeEvent(
  entry: Message,
  decoded: Of<'event'>,
  state: DeviceState,
  arrival: () => Arriving,
  context: Context,
): Outcome {
  const { device, model, event } = decoded;
  const outcome: Outcome & { duplicates: number } = { ...nothing(), device };
  if (decoded.timed && isRepeated(state.seen, JSON.stringify(event))) return { ...outcome, duplicates: 1 };
  onHeard(state.evidence, entry.receivedAt, event.ts);
  const { code, component, ts: at, text = null } = event;
  const known = component !== undefined && model.components.some((candidate) => candidate.key === component);
  if (known && (code === 'failure' || code === 'replaced')) {
    if (code === 'failure' && isKnownFailure(state.failures, component)) outcome.duplicates += 1;
    const mark: Mark =
      code === 'failure' ? { kind: 'failed', at, component, text } : { kind: 'replaced', at, component };
    const arriving = arrival();
    arriveMark(arriving, mark, true);
    outcome.facts.push(...arriving.listener.facts.splice(0));
    outcome.alerts.push(...arriving.listener.alerts.splice(0));
  }
  return { ...outcome, availability: judged(device, state, at, entry, context) };
}

function judged(
  device: Device,
  state: DeviceState,
  at: Instant,
  { position, receivedAt }: Message,
  context: Context,
): AvailabilityChanged[] {
  const open = context.ledger.present(device.id);
  // Measured before contact was lost: how it has been since, this does not say. Unless something newer follows, the
  // pipeline's tick dates the return by our clock.
  if (open?.state === 'unknown' && at <= open.since) return [];
  // It speaks of what is past, and was reckoned in or waits to be: what it means for the ledger the amendment says.
  if (open?.state !== 'unknown' && state.past.late !== null && at < (reached(state.past) ?? at)) return [];
  const doubt = doubtOf(state);
  const verdict = judge(state.evidence, doubt, visitsThatExplain(state, context.world, device.id));
  const { wordAt: knownUntil } = state.evidence;
  const occasion = { at: doubt?.since ?? at, knownUntil, heardAt: receivedAt, position, replayed: true };
  const next = context.ledger.next(device.id, verdict, occasion);
  if (!next) return [];
  context.ledger.apply(next.event, next.version);
  return [next.event];
}

/** The visit to a device that reported a failure is not what keeps it from working: it was down before. */
export function visitsThatExplain(state: DeviceState, world: World, deviceId: string) {
  return state.failures.some((failure) => failure.finding) ? [] : world.visits(deviceId);
}

/**
 * The event log as far as `log` records have told: registry and visits change here, and finished work makes detectors
 * begin anew. Returns the ledger entries that follow, and what changes for alerts.
 */
export function takeLogEvent(
  event: UptowerEvent,
  at: Instant,
  { position, receivedAt }: Pick<JournalEntry, 'position' | 'receivedAt'>,
  context: Context,
): Pick<Outcome, 'device' | 'availability' | 'alerts'> {
  const { world, devices } = context;
  if (event.type === 'model.put') forgetChangedRules(event.model, context);
  if (event.type === 'device.put') forgetOtherModel(event.device, context);
  const visited = world.apply(event);
  const concerned = event.type === 'work-order.work-finished' ? event.deviceId : visited;
  const known = concerned === null ? undefined : world.device(concerned);
  const state = concerned === null ? undefined : devices.byId.get(concerned);
  if (!known || !state) return nothing();
  const { device, model } = known;
  const listener = new Telling(device, position, context);
  const arrival: Arrival = {
    deviceId: device.id,
    state,
    known: knownOf(device, model, state, world),
    listener,
    recent: context.recent,
    receivedAt,
    absences: [],
    rhythm: rhythmOf(model),
  };
  if (event.type === 'work-order.work-finished' && event.outcome === 'fixed')
    arriveMark(arrival, { kind: 'work', at, component: event.component }, false);
  const sources = world.visits(device.id).map(({ source }) => source);
  if (visited !== null) arriveMark(arrival, { kind: 'visit', at, sources }, false);
  const { alerts } = listener;
  if (state.past.late !== null) return { ...nothing(), device, alerts };
  // A visit changes how an absence counts, not whether anybody hears the device.
  const present = context.ledger.present(device.id);
  const silence = present?.state === 'unknown' ? ({ cause: 'silent', since: at } as const) : null;
  const verdict = judge(state.evidence, silence, visitsThatExplain(state, world, device.id));
  const occasion = { at, knownUntil: state.evidence.wordAt, position, replayed: true };
  const next = context.ledger.next(device.id, verdict, occasion);
  if (next) context.ledger.apply(next.event, next.version);
  return { device, alerts, availability: next ? [next.event] : [] };
}

/** A rule that reads differently now is another rule: its detectors begin anew. */
function forgetChangedRules({ id, rules }: DeviceModel, { world, devices }: Context): void {
  const before = world.registry.models.get(id);
  if (!before) return;
  const now = new Map(rules.map((rule) => [rule.id, JSON.stringify(rule)]));
  const changed = before.rules.filter((rule) => now.get(rule.id) !== JSON.stringify(rule)).map((rule) => rule.id);
  if (changed.length === 0) return;
  for (const [deviceId, state] of devices.byId)
    if (world.registry.devices.get(deviceId as Device['id'])?.modelId === id) beginAnew(state, changed);
}

function forgetOtherModel({ id, modelId }: Device, { world, devices, recent }: Context): void {
  const before = world.registry.devices.get(id);
  const state = devices.byId.get(id);
  if (!before || before.modelId === modelId || !state) return;
  beginAnew(state, Object.keys(state.detectors));
  const rules = world.registry.models.get(modelId)?.rules ?? [];
  beginAnew(
    state,
    rules.map((rule) => rule.id),
  );
  recent.forget(id);
}

/** Nothing of what was measured until now concerns these rules, whenever it comes. */
function beginAnew(state: DeviceState, rules: readonly string[]): void {
  const since = reached(state.past);
  for (const rule of rules) {
    delete state.detectors[rule];
    if (since !== null) state.past.rulesSince[rule] = since;
  }
}
