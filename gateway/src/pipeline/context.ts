import type { AlertId } from '@uptower/domain';
import type { AlertBook } from '../alarms/alert-book.ts';
import type { FactBook } from '../event-time/fact-book.ts';
import { RecentMoments } from '../event-time/recent.ts';
import type { SparkplugSessions } from '../formats/sparkplug/sessions.ts';
import { own } from '../own.ts';
import type { Ledger } from '../uptime/ledger.ts';
import type { DeviceStates } from './state.ts';
import type { Context } from './take.ts';
import type { World } from './world.ts';

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
