import type { Value } from '@uptower/domain';
import { arriveMoment, inOrder } from '../event-time/arrive.ts';
import { isKnown } from '../event-time/stored-readings.ts';
import { own } from '../own.ts';
import type { Decoded } from '../telemetry/decode/decode.ts';
import { refusal } from '../telemetry/decode/refusal.ts';
import { sighted } from '../telemetry/dedupe.ts';
import { onMetrics } from '../telemetry/unknown-metrics.ts';
import { onHeard } from '../uptime/evidence.ts';
import type { Arriving } from './arrival.ts';
import { noteClock } from './clock.ts';
import type { Context, Message } from './context.ts';
import { judged } from './judged.ts';
import { MetricNames } from './metric-names.ts';
import { type Outcome, outcomeOf, type TakenReading } from './outcome.ts';
import type { DeviceState } from './state.ts';

/** The readings of one message: those not seen before become last values, moments for the detectors, word for the ledger. */
export function takeReadings(
  entry: Message,
  decoded: Extract<Decoded, { kind: 'readings' }>,
  state: DeviceState,
  arrival: () => Arriving,
  context: Context,
): Outcome {
  const { device, model } = decoded;
  const outcome = outcomeOf(device);
  outcome.unknownMetrics = decoded.unknownMetrics;
  outcome.refusals = decoded.refusals;
  const taken: TakenReading[] = [];
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
    const { position } = entry;
    if (sighting === 'new') taken.push({ deviceId, ts, seq, values, position });
    else {
      const known = isKnown({ deviceId, ts, values }, sighting, taken, context.recent);
      if (known) {
        outcome.duplicates += 1;
        continue;
      }
      const reading = { deviceId, ts, seq, values, position };
      taken.push(known === undefined ? { ...reading, unsure: sighting } : reading);
    }
    if (item.timed && !(clock && clock.ts >= ts)) clock = { device, ts };
    outcome.converted += onMetrics(state.unknown, model, item.units ? { ...item, values } : { values, ts });
    noteLatest(state, values, ts);
  }
  if (names.excess) {
    const excess = [...names.excess].join(', ');
    const refused = refusal('too-many-metrics', `not kept: ${excess}`, `未保存：${excess}`);
    outcome.refusals = [...decoded.refusals, refused];
  }
  if (clock) noteClock(state, clock, entry.receivedAt);
  const [first] = taken;
  if (!first) return outcome; // nothing but redelivery: it says nothing new
  outcome.readings = taken;
  // Of a backlog, what was measured after the ledger's last entry is what can change it.
  const since = context.ledger.newest(device.id)?.from ?? Number.NEGATIVE_INFINITY;
  let latest = first.ts;
  let telling: number | undefined;
  for (const { ts } of taken) {
    if (ts > latest) latest = ts;
    if (ts > since) telling ??= ts;
  }
  onHeard(state.evidence, entry.receivedAt, latest);
  const arriving = arrival();
  for (const moment of inOrder(taken)) arriveMoment(arriving, moment);
  outcome.alerts = arriving.listener.takeAlerts();
  outcome.availability = judged(device, state, telling ?? first.ts, entry, context);
  return outcome;
}

function noteLatest(state: DeviceState, values: Readonly<Record<string, Value>>, ts: number): void {
  const { latest } = state;
  for (const key in values) {
    const last = own(latest, key);
    if (!last) latest[key] = [values[key] as Value, ts];
    else if (ts >= last[1]) {
      last[0] = values[key] as Value;
      last[1] = ts;
    }
  }
}
