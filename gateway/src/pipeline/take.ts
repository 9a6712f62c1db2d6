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
import { findingsOf, forget, lapse, observe, resetAfterWork } from '../prediction/predictor.ts';
import { type Decoded, decode } from '../telemetry/decode/decode.ts';
import type { Refusal } from '../telemetry/decode/refusal.ts';
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
      const availability = judged(decoded.device, state, decoded.state.ts, entry.position, context);
      return { ...nothing(), device: decoded.device, availability };
    }
  }
}

type Of<K extends Decoded['kind']> = Extract<Decoded, { kind: K }>;

function takeReadings(entry: Message, decoded: Of<'readings'>, state: DeviceState, context: Context): Outcome {
  const { device, model, unknownMetrics, refusals } = decoded;
  const { position } = entry;
  const outcome: Outcome & { duplicates: number } = { ...nothing(), device, unknownMetrics, refusals };
  const words = context.world.wordsOf(device, model);
  const alerts = new WorkingAlerts(device, entry.position, context);
  for (const item of decoded.readings) {
    if (isDuplicate(state.seen, item)) {
      outcome.duplicates += 1;
      continue;
    }
    const { deviceId, ts, seq, values } = item;
    outcome.readings.push({ deviceId, ts, seq, values, position });
    if (state.lastSeen === null || ts > state.lastSeen) state.lastSeen = ts;
    for (const key in values) {
      const last = state.latest[key];
      if (!last || ts >= last[1]) state.latest[key] = [values[key] as Reading['values'][string], ts];
    }
    for (const component of lapse(state.detectors, model, ts)) alerts.judge(component, model, state, ts);
    const touched = observe(state.detectors, model, item, state.resting, words);
    if (touched) for (const component of touched) alerts.judge(component, model, state, ts);
  }
  const first = outcome.readings[0];
  if (!first) return outcome; // nothing but redelivery: it says nothing new
  onHeard(state.evidence, entry.receivedAt);
  return { ...outcome, alerts: alerts.events, availability: judged(device, state, first.ts, position, context) };
}

function takeEvent(entry: Message, decoded: Of<'event'>, state: DeviceState, context: Context): Outcome {
  const { device, model, event } = decoded;
  const outcome: Outcome & { duplicates: number } = { ...nothing(), device };
  if (decoded.timed && isRepeated(state.seen, JSON.stringify(event))) return { ...outcome, duplicates: 1 };
  onHeard(state.evidence, entry.receivedAt);
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
    if (entry.position > context.factPosition(device.id)) outcome.facts.push(fact);
    applyFact(fact, device, model, state);
    const slot = context.alerts.slot(device.id, component);
    if (entry.position > slot.journalPosition)
      for (const event of decideFact(slot.alert, fact, device.service)) outcome.alerts.push({ component, event });
  }
  return { ...outcome, availability: judged(device, state, at, entry.position, context) };
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
  const verdict = judge(state.evidence, null, context.world.visits(device.id));
  const next = context.ledger.next(device.id, verdict, at, position, true);
  if (!next) return [];
  context.ledger.apply(next.event, next.version);
  return [next.event];
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
    const findings = findingsOf(state.detectors, model, component);
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
 * begin anew. Returns the ledger entries that follow.
 */
export function takeLogEvent(
  event: UptowerEvent,
  at: Instant,
  position: number,
  context: Context,
): AvailabilityChanged[] {
  const { world, devices } = context;
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
    }
  }
  const known = visited === null ? undefined : world.device(visited);
  const state = visited === null ? undefined : devices.byId.get(visited);
  if (!known || !state) return [];
  // A visit changes how an absence counts, not whether anybody hears the device.
  const present = context.ledger.present(known.device.id);
  const silence = present?.state === 'unknown' ? ({ cause: 'silent', since: at } as const) : null;
  const next = context.ledger.next(
    known.device.id,
    judge(state.evidence, silence, world.visits(known.device.id)),
    at,
    position,
    true,
  );
  if (!next) return [];
  context.ledger.apply(next.event, next.version);
  return [next.event];
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
