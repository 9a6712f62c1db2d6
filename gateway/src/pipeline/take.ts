import type { DeviceModel } from '@uptower/domain';
import { isKnownFailure } from '../alarms/reported-failure.ts';
import { arriveMark, arriveWord } from '../event-time/arrive.ts';
import type { Mark } from '../event-time/past.ts';
import type { Telling } from '../event-time/telling.ts';
import { decodeMessage } from '../formats/formats.ts';
import { noteHeard } from '../presence/state.ts';
import type { Decoded } from '../telemetry/decode/decode.ts';
import { isRepeated } from '../telemetry/dedupe.ts';
import { onHeard, onState } from '../uptime/evidence.ts';
import { isAbsence, type Ledger } from '../uptime/ledger.ts';
import { type Arriving, arrivalOf } from './arrival.ts';
import { noteClock } from './clock.ts';
import type { Context, Message } from './context.ts';
import { judged } from './judged.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import type { DeviceState } from './state.ts';
import { takeReadings } from './take-readings.ts';

/**
 * One message through the whole pipeline: decode, dedupe, last values, detectors, alerts, ledger. Changes `devices` and
 * the ledger, touches nothing else, reads no clock: the journal's order and times decide everything, so reading it again
 * gives the same.
 */
export function take(entry: Message, context: Context): readonly Outcome[] {
  const parts = decodeMessage(entry, context.fleet, context);
  // One for all a message says of a device: what the first part raised, the second part knows.
  const tellings: Tellings | undefined = parts.length > 1 ? new Map() : undefined;
  return parts.map((decoded) => takeOne(entry, decoded, tellings, context));
}

type Tellings = Map<string, Telling>;

function takeOne(entry: Message, decoded: Decoded, tellings: Tellings | undefined, context: Context): Outcome {
  if (decoded.kind === 'refused') {
    if (decoded.clock) {
      const state = context.devices.of(decoded.clock.device.id);
      noteHeard(state.presence, entry, decoded);
      noteClock(state, decoded.clock, entry.receivedAt);
    }
    const outcome = outcomeOf(null);
    outcome.refusals = decoded.refusals;
    return outcome;
  }
  const state = context.devices.of(decoded.device.id);
  noteHeard(state.presence, entry, decoded);
  const arrival = () => arriving(entry, decoded, state, tellings, context);
  switch (decoded.kind) {
    case 'readings':
      return takeReadings(entry, decoded, state, arrival, context);
    case 'event':
      return takeEvent(entry, decoded, state, arrival, context);
    case 'heard': {
      const { device, ts } = decoded;
      const outcome = outcomeOf(device);
      onHeard(state.evidence, entry.receivedAt, ts);
      outcome.availability = judged(device, state, ts, entry, context);
      return outcome;
    }
    case 'state': {
      const { device, state: said } = decoded;
      const outcome = outcomeOf(device);
      if (said.status === 'offline') {
        onState(state.evidence, said, entry.receivedAt);
        return outcome;
      }
      onHeard(state.evidence, entry.receivedAt, said.ts);
      const { status, ts: at, activity = null } = said;
      const met = arrival();
      arriveMark(met, { kind: 'state', at, status, activity }, true);
      outcome.alerts = met.listener.takeAlerts();
      outcome.availability = judged(device, state, at, entry, context);
      return outcome;
    }
  }
}

type Heard = Exclude<Decoded, { kind: 'refused' }>;

function arriving(
  { receivedAt, position }: Message,
  { device, model }: Heard,
  state: DeviceState,
  tellings: Tellings | undefined,
  context: Context,
): Arriving {
  const absences = absencesOf(context.ledger, device.id, receivedAt);
  const listener = tellings?.get(device.id);
  const arrival = arrivalOf({ device, model, state, position, receivedAt, absences, listener }, context);
  tellings?.set(device.id, arrival.listener);
  return arrival;
}

/** What was not heard of the device; one that lasts ends now, by its own message. */
function absencesOf(ledger: Ledger, deviceId: string, receivedAt: number) {
  const unheard = ledger.unheard(deviceId);
  if (unheard.length === 0) return unheard;
  return unheard.filter(isAbsence).map((absence) => ({ ...absence, until: absence.until ?? receivedAt }));
}

function takeEvent(
  entry: Message,
  decoded: Extract<Decoded, { kind: 'event' }>,
  state: DeviceState,
  arrival: () => Arriving,
  context: Context,
): Outcome {
  const { device, model, event } = decoded;
  const outcome = outcomeOf(device);
  if (decoded.timed && isRepeated(state.seen, JSON.stringify(event))) {
    outcome.duplicates = 1;
    return outcome;
  }
  onHeard(state.evidence, entry.receivedAt, event.ts);
  const { code, component, ts: at, text = null } = event;
  const known = component !== undefined && model.components.some((candidate) => candidate.key === component);
  if (known && (code === 'failure' || code === 'replaced')) {
    if (code === 'failure' && isKnownFailure(state.failures, component)) outcome.duplicates += 1;
    const mark: Mark =
      code === 'failure' ? { kind: 'failed', at, component, text } : { kind: 'replaced', at, component };
    const met = arrival();
    arriveMark(met, mark, true);
    outcome.facts = met.listener.takeFacts();
    outcome.alerts = met.listener.takeAlerts();
  } else if (looksAt(model, code, context)) {
    const met = arrival();
    arriveMark(met, { kind: 'code', at, code }, true);
    outcome.alerts = met.listener.takeAlerts();
  } else arriveWord(arrival(), at);
  outcome.availability = judged(device, state, at, entry, context);
  return outcome;
}

/** Some learned rule of the model knows this code. */
const looksAt = ({ rules }: DeviceModel, code: string, { world }: Context): boolean =>
  rules.some((rule) => rule.kind === 'learned' && world.learned.get(rule.learned)?.inputs.codes.includes(code));
