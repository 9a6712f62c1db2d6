import type { Alert, AlertEvent, DeviceFact } from '@uptower/domain';

/**
 * What a device's own report means for its component's open alert.
 * A replaced component ends it. A failure ends it only where nobody will be sent (`observe`: what was foreseen has
 * happened, the record is complete); on a serviced device the alert stays until the repair is seen in telemetry.
 */
export function decideFact(alert: Alert | undefined, fact: DeviceFact, service: 'full' | 'observe'): AlertEvent[] {
  if (!alert || alert.state === 'cleared') return [];
  if (fact.fact === 'failed' && service === 'full') return [];
  const because = fact.fact === 'failed' ? 'device-failed' : 'component-replaced';
  return [{ type: 'alert.cleared', alertId: alert.id, at: fact.at, because, journalPosition: fact.journalPosition }];
}
