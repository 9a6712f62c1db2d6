import type { Device, DeviceModel, Instant, UptowerEvent } from '@uptower/domain';
import { arriveMark } from '../event-time/arrive.ts';
import { reached } from '../event-time/past.ts';
import type { JournalEntry } from '../telemetry/journal/record.ts';
import { judge } from '../uptime/evidence.ts';
import { arrivalOf } from './arrival.ts';
import type { Context } from './context.ts';
import { visitsThatExplain } from './judged.ts';
import { NONE, type Outcome, outcomeOf } from './outcome.ts';
import type { DeviceState } from './state.ts';

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
  if (!known || !state) return outcomeOf(null);
  const { device, model } = known;
  const arrival = arrivalOf({ device, model, state, position, receivedAt }, context);
  if (event.type === 'work-order.work-finished' && event.outcome === 'fixed')
    arriveMark(arrival, { kind: 'work', at, component: event.component }, false);
  const sources = world.visits(device.id).map(({ source }) => source);
  if (visited !== null) arriveMark(arrival, { kind: 'visit', at, sources }, false);
  const alerts = arrival.listener.takeAlerts();
  if (state.past.late !== null) return { device, alerts, availability: NONE };
  // A visit changes how an absence counts, not whether anybody hears the device.
  const present = context.ledger.present(device.id);
  const silence = present?.state === 'unknown' ? ({ cause: 'silent', since: at } as const) : null;
  const verdict = judge(state.evidence, silence, visitsThatExplain(state, world, device.id));
  const occasion = { at, knownUntil: state.evidence.wordAt, position, replayed: true };
  const next = context.ledger.next(device.id, verdict, occasion);
  if (next) context.ledger.apply(next.event, next.version);
  return { device, alerts, availability: next ? [next.event] : NONE };
}

/** A rule that reads differently now is another rule: its detectors begin anew. */
function forgetChangedRules({ id, rules }: DeviceModel, { world, devices }: Context): void {
  const before = world.registry.models.get(id);
  if (!before) return;
  const now = new Map(rules.map((rule) => [rule.id, JSON.stringify(rule)]));
  const changed = before.rules.filter((rule) => now.get(rule.id) !== JSON.stringify(rule)).map((rule) => rule.id);
  if (changed.length === 0) return;
  for (const [deviceId] of devices.byId.look())
    if (world.registry.devices.get(deviceId as Device['id'])?.modelId === id) beginAnew(devices.of(deviceId), changed);
}

function forgetOtherModel({ id, modelId }: Device, { world, devices, recent }: Context): void {
  const before = world.registry.devices.get(id);
  const state = devices.byId.get(id);
  if (!before || before.modelId === modelId || !state) return;
  beginAnew(state, state.detectors.ids());
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
    state.detectors.forget(rule);
    if (since !== null) state.past.rulesSince[rule] = since;
  }
}
