import type { AvailabilityChanged, Device, DeviceFact, Reading } from '@uptower/domain';
import type { ComponentAlert } from '../event-time/telling.ts';
import type { Refusal } from '../telemetry/decode/refusal.ts';
import type { Doubt } from '../telemetry/dedupe.ts';

/** `unsure`: it may have been sent before; the store knows. */
export type TakenReading = Reading & { readonly position: number; readonly unsure?: Doubt };

/** What reading one record led to for one device; the shell carries it out. */
export interface Outcome {
  readonly device: Device | null;
  readings: readonly TakenReading[];
  duplicates: number;
  unknownMetrics: number;
  /** Values that came in another unit than the model's. */
  converted: number;
  refusals: readonly Refusal[];
  alerts: readonly ComponentAlert[];
  facts: readonly DeviceFact[];
  availability: readonly AvailabilityChanged[];
}

/** Shared by all that have nothing to say: every message of every device makes an outcome. */
export const NONE: readonly never[] = [];

export const outcomeOf = (device: Device | null): Outcome => ({
  device,
  readings: NONE,
  duplicates: 0,
  unknownMetrics: 0,
  converted: 0,
  refusals: NONE,
  alerts: NONE,
  facts: NONE,
  availability: NONE,
});
