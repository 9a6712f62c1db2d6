import type { Alert, Instant, OrderSource, Value } from '@uptower/domain';
import type { ReportedFailure } from '../alarms/reported-failure.ts';
import { type CheckpointJson, checkpointFrom } from '../event-time/fold.ts';
import { noPast, type Past } from '../event-time/past.ts';
import { Detectors } from '../prediction/detectors.ts';
import { noPresence, type Presence } from '../presence/state.ts';
import { nothingSeen, type Seen } from '../telemetry/dedupe.ts';
import { noSkew, type Skew } from '../telemetry/skew.ts';
import { nothingUnknown, type UnknownMetrics } from '../telemetry/unknown-metrics.ts';
import { type Evidence, noEvidence } from '../uptime/evidence.ts';

/** Everything the pipeline remembers of one device. A snapshot is its JSON; `deviceFrom` reads it back. */
export interface DeviceState {
  /** Last measured value and its moment, by metric. */
  latest: Record<string, [value: Value, ts: Instant]>;
  seen: Seen;
  /** How far its clock is from ours. */
  skew: Skew;
  /** What it sends that its model does not know, and what came in another unit than the model's. */
  unknown: UnknownMetrics;
  detectors: Detectors;
  /** Failed components of an observed device: not judged until replaced. */
  resting: string[];
  evidence: Evidence;
  /** How it is heard: rhythm, way, clock, stuck sensors. */
  presence: Presence;
  /** Components it said have failed, as far as that is not over. */
  failures: ReportedFailure[];
  /** By component: its alert as everything up to now says, in the order of event time. */
  open: Record<string, Alert>;
  /** For what kind of orders somebody is on site. */
  visits: readonly OrderSource[];
  /** Last values of the metrics that rules are suppressed by. */
  suppressors: Record<string, number>;
  /** Event time up to which suppressions by people were reckoned in; null: none yet. */
  suppressedTo: Instant | null;
  toldAt?: Instant | undefined;
  /** What late data are judged anew with. */
  past: Past;
}

export const newDevice = (): DeviceState => ({
  latest: {},
  seen: nothingSeen(),
  skew: noSkew(),
  unknown: nothingUnknown(),
  detectors: new Detectors(),
  resting: [],
  evidence: noEvidence(),
  presence: noPresence(),
  failures: [],
  open: {},
  visits: [],
  suppressors: {},
  suppressedTo: null,
  past: noPast(),
});

/** A state as its JSON reads; of what was written before a part was added, that part is left out. */
export type DeviceStateJson = Partial<Omit<DeviceState, 'detectors' | 'past'>> & {
  readonly detectors?: Parameters<typeof Detectors.from>[0];
  readonly past?: Partial<Omit<Past, 'base' | 'checkpoints'>> & {
    readonly base?: CheckpointJson | null;
    readonly checkpoints?: readonly CheckpointJson[];
  };
};

/** Back from a snapshot; what was written before a part was added goes on with its beginning. @throws when it is damaged */
export function deviceFrom({ detectors = {}, past = {}, ...rest }: DeviceStateJson): DeviceState {
  const { base = null, checkpoints = [] } = past;
  return {
    ...newDevice(),
    ...rest,
    detectors: Detectors.from(detectors),
    past: { ...noPast(), ...past, base: base && checkpointFrom(base), checkpoints: checkpoints.map(checkpointFrom) },
  };
}

/** Who writes all devices down while the pipeline goes on. */
export interface Freezing {
  /** Somebody reaches for a state, perhaps to change it. */
  reached(id: string, state: DeviceState): void;
  /** A device nobody had heard of. */
  added(state: DeviceState): void;
}

/**
 * Devices by id. While a snapshot is written, whoever reaches for a state has it written down first, as it was when the
 * snapshot began: so the pipeline need not wait for it. A state is not kept hold of from one turn of the pipeline to the next.
 */
export class DeviceMap extends Map<string, DeviceState> {
  /** Set while a snapshot is written. */
  freezing: Freezing | undefined;

  override get(id: string): DeviceState | undefined {
    const state = super.get(id);
    if (state && this.freezing) this.freezing.reached(id, state);
    return state;
  }

  override set(id: string, state: DeviceState): this {
    if (this.freezing && !this.has(id)) this.freezing.added(state);
    return super.set(id, state);
  }

  /** One only to look at. */
  peek(id: string): DeviceState | undefined {
    return super.get(id);
  }

  /** All of them, only to look at: what is to be changed is asked for with `get`. */
  look(): MapIterator<[string, DeviceState]> {
    return super.entries();
  }

  override *entries(): MapIterator<[string, DeviceState]> {
    for (const entry of super.entries()) {
      this.freezing?.reached(entry[0], entry[1]);
      yield entry;
    }
  }

  override [Symbol.iterator](): MapIterator<[string, DeviceState]> {
    return this.entries();
  }

  override *values(): MapIterator<DeviceState> {
    for (const [, state] of this.entries()) yield state;
  }

  override forEach(visit: (state: DeviceState, id: string, map: Map<string, DeviceState>) => void): void {
    for (const [id, state] of this.entries()) visit(state, id, this);
  }
}

export class DeviceStates {
  readonly byId = new DeviceMap();

  of(deviceId: string): DeviceState {
    let state = this.byId.get(deviceId);
    if (!state) {
      state = newDevice();
      this.byId.set(deviceId, state);
    }
    return state;
  }
}
