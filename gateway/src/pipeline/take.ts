import {
  type AlertEvent,
  type AlertId,
  type AvailabilityChanged,
  type Device,
  type DeviceFact,
  type DeviceModel,
  evolveAlert,
  type Instant,
  type Reading,
  type UptowerEvent,
} from '@uptower/domain';
import type { AlertBook } from '../alarms/alert-book.ts';
import { decideFact } from '../alarms/decide-fact.ts';
import { decideFindings } from '../alarms/decide-findings.ts';
import {
  endedFailures,
  failureFinding,
  isKnownFailure,
  markWorked,
  type ReportedFailure,
} from '../alarms/reported-failure.ts';
import { own } from '../own.ts';
import { findingsOf, forget, lapse, observe, resetAfterWork } from '../prediction/predictor.ts';
import { type Decoded, decode } from '../telemetry/decode/decode.ts';
import { metricsOf } from '../telemetry/decode/item.ts';
import { type Refusal, refusal } from '../telemetry/decode/refusal.ts';
import { isDuplicate, isRepeated } from '../telemetry/dedupe.ts';
import type { JournalEntry } from '../telemetry/journal/record.ts';
import { judge, onFailure, onHeard, onRepair, onState } from '../uptime/evidence.ts';
import type { Ledger } from '../uptime/ledger.ts';
import type { DeviceState, DeviceStates } from './state.ts';
import type { World } from './world.ts';

export type Message = JournalEntry & { readonly kind: 'message' };

export interface ComponentAlert {
  readonly component: string;
  readonly event: AlertEvent;
}

/** What reading one record led to; the shell carries it out. */
export interface Outcome {
  readonly device: Device | null;
  readonly readings: (Reading & { readonly position: number })[];
  readonly duplicates: number;
  readonly unknownMetrics: number;
  readonly refusals: readonly Refusal[];
  readonly alerts: ComponentAlert[];
  readonly facts: DeviceFact[];
  readonly availability: AvailabilityChanged[];
}

export interface Context {
  readonly world: World;
  readonly devices: DeviceStates;
  readonly alerts: AlertBook;
  readonly ledger: Ledger;
  /** Last journal position at which a fact of this device was written. */
  factPosition(deviceId: string): number;
  newAlertId(): AlertId;
}

const nothing = (): Outcome => ({
  device: null,
  readings: [],
  duplicates: 0,
  unknownMetrics: 0,
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
export function take(entry: Message, context: Context): Outcome {
  const decoded = decode(entry.topic, entry.payload, entry.receivedAt, context.world);
  if (decoded.kind === 'refused') return { ...nothing(), refusals: decoded.refusals };
  const state = context.devices.of(decoded.device.id);
  switch (decoded.kind) {
    case 'readings':
      return takeReadings(entry, decoded, state, context);
    case 'event':
      return takeEvent(entry, decoded, state, context);
    case 'state': {
      onState(state.evidence, decoded.state, entry.receivedAt);
      if (decoded.state.status === 'offline') return { ...nothing(), device: decoded.device };
      const { device, model, state: said } = decoded;
      const alerts = new WorkingAlerts(device, entry.position, context);
      endFailures(state, model, alerts, said.ts);
      const availability = judged(device, state, said.ts, entry.position, context);
      return { ...nothing(), device, alerts: alerts.events, availability };
    }
  }
}

type Of<K extends Decoded['kind']> = Extract<Decoded, { kind: K }>;

function takeReadings(entry: Message, decoded: Of<'readings'>, state: DeviceState, context: Context): Outcome {
  const { device, model, unknownMetrics, refusals } = decoded;
  const { position } = entry;
  const outcome: Outcome & { duplicates: number; refusals: readonly Refusal[] } = {
    ...nothing(),
    device,
    unknownMetrics,
    refusals,
  };
  const words = context.world.wordsOf(device, model);
  const alerts = new WorkingAlerts(device, entry.position, context);
  const names = new MetricNames(state, model);
  for (const item of decoded.readings) {
    if (isDuplicate(state.seen, item)) {
      outcome.duplicates += 1;
      continue;
    }
    const { deviceId, ts, seq } = item;
    const values = names.admitted(item.values);
    if (!values) continue;
    outcome.readings.push({ deviceId, ts, seq, values, position });
    if (state.lastSeen === null || ts > state.lastSeen) state.lastSeen = ts;
    for (const key in values) {
      const last = own(state.latest, key);
      if (!last || ts >= last[1]) state.latest[key] = [values[key] as Reading['values'][string], ts];
    }
    for (const component of lapse(state.detectors, model, ts)) alerts.judge(component, model, state, ts);
    const touched = observe(state.detectors, model, { ts, values }, state.resting, words);
    if (touched) for (const component of touched) alerts.judge(component, model, state, ts);
  }
  if (names.excess.size > 0)
    outcome.refusals = [...refusals, refusal('too-many-metrics', `not kept: ${[...names.excess].join(', ')}`)];
  const [first] = outcome.readings;
  if (!first) return outcome; // nothing but redelivery: it says nothing new
  const latest = outcome.readings.reduce((max, reading) => Math.max(max, reading.ts), first.ts);
  onHeard(state.evidence, entry.receivedAt, latest);
  // Of a backlog, what was measured after the ledger's last entry is what can change it.
  const since = context.ledger.present(device.id)?.since ?? Number.NEGATIVE_INFINITY;
  const { ts } = outcome.readings.find((reading) => reading.ts > since) ?? first;
  return { ...outcome, alerts: alerts.events, availability: judged(device, state, ts, position, context) };
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

function takeEvent(entry: Message, decoded: Of<'event'>, state: DeviceState, context: Context): Outcome {
  const { device, model, event } = decoded;
  const outcome: Outcome & { duplicates: number } = { ...nothing(), device };
  if (decoded.timed && isRepeated(state.seen, JSON.stringify(event))) return { ...outcome, duplicates: 1 };
  onHeard(state.evidence, entry.receivedAt, event.ts);
  const { code, component, ts: at } = event;
  const known = component !== undefined && model.components.some((candidate) => candidate.key === component);
  if (known && (code === 'failure' || code === 'replaced')) {
    const fact: DeviceFact = {
      type: 'device.fact',
      deviceId: device.id,
      component,
      fact: code === 'failure' ? 'failed' : 'replaced',
      at,
      journalPosition: entry.position,
    };
    const chatter = code === 'failure' && isKnownFailure(state.failures, component);
    if (chatter) outcome.duplicates += 1;
    else if (entry.position > context.factPosition(device.id)) outcome.facts.push(fact);
    applyFact(fact, device, model, state);
    if (!chatter) {
      noteFailure(fact, decoded, state);
      outcome.alerts.push(...factAlerts(fact, decoded, state, context));
    }
  }
  return { ...outcome, availability: judged(device, state, at, entry.position, context) };
}

/** The failures the device reported, after this fact. */
function noteFailure(fact: DeviceFact, { device, model, event }: Of<'event'>, state: DeviceState): void {
  const { component } = fact;
  if (fact.fact === 'failed') {
    const finding = device.service === 'full' ? failureFinding(model, component, event) : null;
    const others = state.failures.filter((failure) => failure.component !== component);
    state.failures = [...others, { component, finding, worked: false }];
  } else {
    markWorked(state.failures, component);
    state.failures = endedFailures(state.failures, state.evidence).standing;
  }
}

/** A reported failure that stands is a finding beside the detectors' own; otherwise the fact itself decides. */
function factAlerts(fact: DeviceFact, { device, model }: Of<'event'>, state: DeviceState, context: Context) {
  const { component, at, journalPosition } = fact;
  const working = new WorkingAlerts(device, journalPosition, context);
  if (state.failures.some((failure) => failure.component === component && failure.finding))
    working.judge(component, model, state, at);
  else {
    const slot = context.alerts.slot(device.id, component);
    if (journalPosition > slot.journalPosition)
      for (const event of decideFact(slot.alert, fact, device.service)) working.events.push({ component, event });
  }
  return working.events;
}

/** Lets go of reported failures that are over; their alerts end unless detectors still find something. */
function endFailures(state: DeviceState, model: DeviceModel, alerts: WorkingAlerts, at: Instant): void {
  const { ended, standing } = endedFailures(state.failures, state.evidence);
  state.failures = standing;
  for (const { component, finding } of ended)
    if (finding) alerts.judge(component, model, state, Math.max(at, finding.at));
}

function applyFact(fact: DeviceFact, device: Device, model: DeviceModel, state: DeviceState): void {
  if (fact.fact === 'failed') {
    onFailure(state.evidence, fact.component, fact.at);
    if (device.service === 'full') return;
    forget(state.detectors, model, fact.component);
    if (!state.resting.includes(fact.component)) state.resting.push(fact.component);
  } else {
    onRepair(state.evidence, fact.component);
    forget(state.detectors, model, fact.component);
    state.resting = state.resting.filter((component) => component !== fact.component);
  }
}

function judged(
  device: Device,
  state: DeviceState,
  at: Instant,
  position: number,
  context: Context,
): AvailabilityChanged[] {
  const open = context.ledger.present(device.id);
  // Measured before contact was lost: how it has been since, this does not say. Unless something newer follows, the
  // pipeline's tick dates the return by our clock.
  if (open?.state === 'unknown' && at <= open.since) return [];
  const verdict = judge(state.evidence, null, visitsThatExplain(state, context.world, device.id));
  const occasion = { at, knownUntil: state.evidence.wordAt, position, replayed: true };
  const next = context.ledger.next(device.id, verdict, occasion);
  if (!next) return [];
  context.ledger.apply(next.event, next.version);
  return [next.event];
}

/** The visit to a device that reported a failure is not what keeps it from working: it was down before. */
export function visitsThatExplain(state: DeviceState, world: World, deviceId: string) {
  return state.failures.some((failure) => failure.finding) ? [] : world.visits(deviceId);
}

/** The alerts of one device while one message is read; written together afterwards. */
class WorkingAlerts {
  readonly events: ComponentAlert[] = [];
  private readonly current = new Map<string, ReturnType<AlertBook['slot']>>();

  constructor(
    private readonly device: Device,
    private readonly position: number,
    private readonly context: Context,
  ) {}

  judge(component: string, model: DeviceModel, state: DeviceState, at: Instant): void {
    const { device, position, context } = this;
    let slot = this.current.get(component) ?? context.alerts.slot(device.id, component);
    if (!this.current.has(component) && slot.journalPosition >= position) return; // a replay: decided then
    const findings = [...findingsOf(state.detectors, model, component), ...reportedOf(state.failures, component)];
    const evidence = { deviceId: device.id, component, findings, at, position };
    for (const event of decideFindings(slot.alert, evidence, context.newAlertId)) {
      this.events.push({ component, event });
      const before = event.type === 'alert.raised' ? undefined : slot.alert;
      slot = { alert: evolveAlert(before, event), journalPosition: position };
    }
    this.current.set(component, slot);
  }
}

/**
 * The event log as far as `log` records have told: registry and visits change here, and finished work makes detectors
 * begin anew. Returns the ledger entries that follow, and what changes for alerts.
 */
export function takeLogEvent(
  event: UptowerEvent,
  at: Instant,
  position: number,
  context: Context,
): Pick<Outcome, 'device' | 'availability' | 'alerts'> {
  const { world, devices } = context;
  let alerts: ComponentAlert[] = [];
  if (event.type === 'model.put') forgetChangedRules(event.model, context);
  if (event.type === 'device.put') {
    const before = world.registry.devices.get(event.device.id);
    if (before && before.modelId !== event.device.modelId) devices.of(event.device.id).detectors = {};
  }
  const visited = world.apply(event);
  if (event.type === 'work-order.work-finished' && event.outcome === 'fixed') {
    const known = world.device(event.deviceId);
    const state = devices.byId.get(event.deviceId);
    if (known && state) {
      resetAfterWork(state.detectors, known.model, event.component);
      onRepair(state.evidence, event.component);
      markWorked(state.failures, event.component);
      const working = new WorkingAlerts(known.device, position, context);
      endFailures(state, known.model, working, at);
      alerts = working.events;
    }
  }
  const concerned = event.type === 'work-order.work-finished' ? event.deviceId : visited;
  const known = concerned === null ? undefined : world.device(concerned);
  const state = concerned === null ? undefined : devices.byId.get(concerned);
  if (!known || !state) return nothing();
  const { device } = known;
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
    if (world.registry.devices.get(deviceId as Device['id'])?.modelId === id)
      for (const rule of changed) delete state.detectors[rule];
}

const reportedOf = (failures: readonly ReportedFailure[], component: string) =>
  failures.flatMap((failure) => (failure.component === component && failure.finding ? [failure.finding] : []));
