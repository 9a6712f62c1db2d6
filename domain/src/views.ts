import type { Availability } from './availability.ts';
import type { DeviceKind } from './device-model.ts';
import type { Engineer } from './engineer.ts';
import type { AlertId, ContractId, DeviceId, EngineerId, HospitalId, ModelId, SiteId, WorkOrderId } from './ids.ts';
import type { Place } from './place.ts';
import type { ServicePromise } from './promise.ts';
import type { Value } from './reading.ts';
import type { Severity } from './rule.ts';
import type { LocalText } from './text.ts';
import type { Instant, Interval } from './time.ts';
import type { OrderSource, Report, Stage, WorkOrderState } from './work-order.ts';

/** A device as every screen needs it: joined names, place, present availability. */
export interface DeviceView {
  readonly id: DeviceId;
  readonly name: LocalText;
  readonly serial: string;
  readonly room: LocalText;
  readonly kind: DeviceKind;
  readonly modelId: ModelId;
  readonly modelName: LocalText;
  readonly siteId: SiteId;
  readonly hospitalId: HospitalId;
  readonly hospitalName: LocalText;
  readonly contractId: ContractId;
  readonly service: 'full' | 'observe';
  readonly place: Place;
  readonly availability: { readonly state: Availability; readonly since: Instant; readonly cause: string };
  readonly activity: string | null;
  /** Event time of the latest reading; null before first contact. */
  readonly lastSeen: Instant | null;
  /** Latest measured values (by event time) with their moment; on the device's own page and its live room only. */
  readonly openAlert: { readonly id: AlertId; readonly severity: Severity } | null;
}

export interface LatestValue {
  readonly metric: string;
  readonly value: Value;
  readonly ts: Instant;
}

/** What the hospital sees of an order: stages and times in plain words, no scores, nobody else's rows. */
export interface PortalOrder {
  readonly id: WorkOrderId;
  readonly number: string;
  readonly hospitalId: HospitalId;
  readonly deviceId: DeviceId;
  readonly title: LocalText;
  readonly source: OrderSource;
  readonly state: WorkOrderState;
  readonly openedAt: Instant;
  readonly stages: readonly { readonly stage: Stage; readonly at: Instant | null }[];
  readonly engineerName: LocalText | null;
  readonly expectedArrival: Instant | null;
  readonly expectedRestored: Instant | null;
  readonly promises: readonly ServicePromise[];
  /** What the hospital said of the device while the order was open. */
  readonly reports: readonly Omit<Report, 'by'>[];
}

export interface EngineerView extends Engineer {
  readonly position: Place;
  readonly positionAt: Instant | null;
  readonly status: 'off-shift' | 'available' | 'travelling' | 'on-site';
  readonly currentOrderId: WorkOrderId | null;
  /** Working time of the next days, absences taken out; the same intervals the planner uses. */
  readonly free: readonly Interval[];
}

export interface ClockView {
  readonly id: 'clock';
  readonly now: Instant;
  readonly speed: number;
  readonly demo: boolean;
}

/** Intake figures since start, for the status strip and the quarantine page. */
export interface IntakeView {
  readonly id: 'intake';
  readonly connections: number;
  readonly messages: number;
  readonly readings: number;
  readonly duplicates: number;
  readonly quarantined: Readonly<Record<string, number>>;
  readonly refused: Readonly<Record<string, number>>;
  readonly journalPosition: number;
  /** Messages the slowest reader of the journal is behind. */
  readonly lag: number;
}

/** One refused message, kept for inspection. */
export interface QuarantineEntry {
  readonly id: string;
  readonly at: Instant;
  readonly reason: string;
  readonly detail: string;
  readonly from: string;
  readonly topic: string;
  /** At most the first 500 characters. */
  readonly excerpt: string;
  /** How many equal ones (reason, sender, topic) this row stands for; `at` and the rest are the last one's. 1 if absent. */
  readonly count?: number;
}

export interface ReadingPoint {
  readonly ts: Instant;
  readonly values: Readonly<Record<string, Value>>;
}

/** Downsampled history of one metric: per bucket start, minimum, maximum, mean. */
export interface SeriesPoint {
  readonly ts: Instant;
  readonly min: number;
  readonly max: number;
  readonly avg: number;
}

export interface Suggestion {
  readonly engineerId: EngineerId;
  readonly startAt: Instant;
  readonly arriveAt: Instant;
  readonly cost: number;
}
