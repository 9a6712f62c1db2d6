import type { Device, DeviceModel, Instant } from '@uptower/domain';
import type { Arrival } from '../event-time/arrive.ts';
import { Telling } from '../event-time/telling.ts';
import { type Absence, rhythmOf } from '../event-time/words.ts';
import { type Context, knownOf } from './context.ts';
import type { DeviceState } from './state.ts';

export type Arriving = Arrival & { readonly listener: Telling };

export interface ArrivalParts {
  readonly device: Device;
  readonly model: DeviceModel;
  readonly state: DeviceState;
  /** Of the record it came with. */
  readonly position: number;
  readonly receivedAt: Instant;
  /** What was not heard of the device; left out where the device itself says nothing. */
  readonly absences?: readonly Absence[];
  /** Of an earlier part of the same message. */
  readonly listener?: Telling | undefined;
}

/** What an input of a device meets, whoever tells it. */
export function arrivalOf(parts: ArrivalParts, context: Context): Arriving {
  const { device, model, state, position, receivedAt, absences = [], listener } = parts;
  return {
    deviceId: device.id,
    state,
    known: knownOf(device, model, state, context.world),
    listener: listener ?? new Telling(device, position, context),
    recent: context.recent,
    receivedAt,
    absences,
    rhythm: rhythmOf(model),
  };
}
