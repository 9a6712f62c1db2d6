import {
  type Alert,
  type AlertEvent,
  AlertId,
  type DeviceId,
  type Finding,
  type Instant,
  streams,
  type UptowerEvent,
} from '@uptower/domain';
import type { EventLog } from '@uptower/platform';
import { aFinding, componentOf, MR } from './world.ts';

/** Plays the gateway: says what it would write to the event log. */
export function gatewayOf(events: EventLog<UptowerEvent>, now: () => Instant, from = 0) {
  let journalPosition = from;
  const open = new Map<AlertId, Pick<Alert, 'deviceId' | 'component'>>();
  const write = (stream: string, event: UptowerEvent) =>
    events.append([{ stream, events: [event] }], { at: now(), actor: 'gateway' });
  const onAlert = (alertId: AlertId, event: AlertEvent) => {
    const of = open.get(alertId);
    if (!of) throw new Error(`${alertId} was never raised`);
    return write(streams.alert(of.deviceId, of.component), event);
  };
  return {
    position: () => journalPosition,
    /** Alerts that were raised before this gateway began. */
    adopt(alerts: readonly Alert[]) {
      for (const { id, deviceId, component } of alerts) open.set(id, { deviceId, component });
    },
    async raise(name: string, deviceId: DeviceId, probability: number, more: Partial<Finding> = {}, at = now()) {
      const alertId = AlertId.parse(`alr_${name}`);
      const finding = aFinding(deviceId, at, probability, more);
      const component = finding.component;
      open.set(alertId, { deviceId, component });
      journalPosition += 1;
      await onAlert(alertId, { type: 'alert.raised', alertId, deviceId, component, at, finding, journalPosition });
      return alertId;
    },
    change: (alertId: AlertId, probability: number, more: Partial<Finding> = {}, at = now()) =>
      onAlert(alertId, {
        type: 'alert.findings-changed',
        alertId,
        at,
        findings: [aFinding(open.get(alertId)?.deviceId ?? MR, at, probability, more)],
        joined: 0,
        journalPosition: ++journalPosition,
      }),
    clear: (
      alertId: AlertId,
      because: Extract<AlertEvent, { type: 'alert.cleared' }>['because'] = 'returned-to-normal',
      at = now(),
    ) => onAlert(alertId, { type: 'alert.cleared', alertId, at, because, journalPosition: ++journalPosition }),
    availability: (deviceId: DeviceId, state: 'up' | 'down' | 'partial' | 'unknown', at = now()) =>
      write(streams.availability(deviceId), {
        type: 'availability.changed',
        deviceId,
        at,
        state,
        cause: 'device-report',
        journalPosition: ++journalPosition,
      }),
    fact: (deviceId: DeviceId, fact: 'failed' | 'replaced', at = now()) =>
      write(streams.facts(deviceId), {
        type: 'device.fact',
        deviceId,
        component: componentOf(deviceId),
        fact,
        at,
        journalPosition: ++journalPosition,
      }),
  };
}
