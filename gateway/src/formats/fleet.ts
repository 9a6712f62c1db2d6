import type { DeviceModel, Instant, Value } from '@uptower/domain';
import type { Catalogue, Clocked } from '../telemetry/decode/decode.ts';

export interface Known extends Clocked {
  readonly model: DeviceModel;
}

/** What the formats of others need to know of the world, as it was at this place of the journal. */
export interface Fleet extends Catalogue {
  /**
   * The device that is meant by the first of `names` that is known, among those the sender `from` may speak for; or why
   * there is none, in words.
   */
  named(names: readonly string[], from: string): Known | string;
  /** What is known of this metric of this device: its last value and when that was measured. */
  latest(deviceId: string, key: string): readonly [value: Value, ts: Instant] | undefined;
}
