import type { AlertId, Device, DeviceModel } from '@uptower/domain';
import type { AlertBook } from '../alarms/alert-book.ts';
import type { FactBook } from '../event-time/fact-book.ts';
import { RecentMoments } from '../event-time/recent.ts';
import type { Known } from '../event-time/step.ts';
import type { Fleet } from '../formats/fleet.ts';
import type { SparkplugSessions } from '../formats/sparkplug/sessions.ts';
import { own } from '../own.ts';
import type { JournalEntry } from '../telemetry/journal/record.ts';
import type { Ledger } from '../uptime/ledger.ts';
import type { DeviceState, DeviceStates } from './state.ts';
import type { World } from './world.ts';

export type Message = JournalEntry & { readonly kind: 'message' };

/** What the decisions on one record look at and change. */
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

/** What the steps of event time need to know of a device. */
export const knownOf = (device: Device, model: DeviceModel, { past }: DeviceState, world: World): Known => ({
  device,
  model,
  words: world.wordsOf(device, model),
  since: past.rulesSince,
  suppressions: world.suppressionsOf(device),
  learned: world.learned.get,
});

export interface ContextParts {
  readonly world: World;
  readonly devices: DeviceStates;
  readonly sparkplug: SparkplugSessions;
  readonly alerts: AlertBook;
  readonly ledger: Ledger;
  readonly facts: FactBook;
  newAlertId(): AlertId;
}

/** What reading a record needs. */
export function contextOf(parts: ContextParts): Context {
  const { world, devices } = parts;
  return {
    ...parts,
    fleet: {
      device: (id) => world.device(id),
      named: (names, from) => world.named(names, from),
      latest: (deviceId, key) => own(devices.byId.get(deviceId)?.latest ?? {}, key),
    },
    recent: new RecentMoments(),
  };
}
