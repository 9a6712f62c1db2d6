import type { Instant, Value } from '@uptower/domain';
import type { ReportedFailure } from '../alarms/reported-failure.ts';
import type { Detectors } from '../prediction/predictor.ts';
import { nothingSeen, type Seen } from '../telemetry/dedupe.ts';
import { type Evidence, noEvidence } from '../uptime/evidence.ts';

/** Everything the pipeline remembers of one device. Plain data: a snapshot is its JSON. */
export interface DeviceState {
  /** Last measured value and its moment, by metric. */
  latest: Record<string, [value: Value, ts: Instant]>;
  /** Event time of the latest reading. */
  lastSeen: Instant | null;
  seen: Seen;
  detectors: Detectors;
  /** Failed components of an observed device: not judged until replaced. */
  resting: string[];
  evidence: Evidence;
  /** Components it said have failed, as far as that is not over. */
  failures: ReportedFailure[];
}

export const newDevice = (): DeviceState => ({
  latest: {},
  lastSeen: null,
  seen: nothingSeen(),
  detectors: {},
  resting: [],
  evidence: noEvidence(),
  failures: [],
});

export class DeviceStates {
  readonly byId = new Map<string, DeviceState>();

  of(deviceId: string): DeviceState {
    let state = this.byId.get(deviceId);
    if (!state) {
      state = newDevice();
      this.byId.set(deviceId, state);
    }
    return state;
  }
}
