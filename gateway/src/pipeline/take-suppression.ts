import { type Device, endOfSuppression, type Instant, type SuppressionEvent } from '@uptower/domain';
import { concerns } from '../alarms/suppress.ts';
import { arriveMark } from '../event-time/arrive.ts';
import type { ComponentAlert } from '../event-time/telling.ts';
import type { JournalEntry } from '../telemetry/journal/record.ts';
import { arrivalOf } from './arrival.ts';
import type { Context } from './context.ts';

/** What a suppression changes for one device. */
export interface Suppressed {
  readonly device: Device;
  readonly alerts: readonly ComponentAlert[];
}

/**
 * A person suppressed alarms, or a suppression began or ended: every device it concerns comes past that moment, also one
 * that says nothing. One announced ahead changes nothing yet.
 */
export function takeSuppression(
  event: SuppressionEvent,
  { position, receivedAt }: Pick<JournalEntry, 'position' | 'receivedAt'>,
  context: Context,
): Suppressed[] {
  const { world, devices } = context;
  world.apply(event);
  const suppression = world.suppression(event.suppressionId);
  if (!suppression || event.at < suppression.from) return [];
  const at: Instant = event.type === 'suppression.ended' ? endOfSuppression(suppression) : suppression.from;
  const told: Suppressed[] = [];
  for (const [id] of devices.byId.look()) {
    const known = world.device(id);
    if (!known || !concerns(suppression, known.device)) continue;
    const state = devices.of(id);
    const { device, model } = known;
    const arrival = arrivalOf({ device, model, state, position, receivedAt }, context);
    arriveMark(arrival, { kind: 'suppression', at }, false);
    told.push({ device, alerts: arrival.listener.takeAlerts() });
  }
  return told;
}
