import type { Availability } from './availability.ts';
import type { CalendarHole } from './calendar/api.ts';
import type { DeviceKind } from './device-model.ts';
import type { Engineer } from './engineer.ts';
import type { AlertId, ContractId, DeviceId, EngineerId, HospitalId, ModelId, SiteId, WorkOrderId } from './ids.ts';
import type { Place } from './place.ts';
import type { PresenceFact } from './presence.ts';
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
  /** When this server last received something of it, by its own clock; null before first contact. */
  readonly lastSeen: Instant | null;
  /** Its last values may no longer hold; null while it is heard. */
  readonly stale: StaleValues | null;
  readonly openAlert: { readonly id: AlertId; readonly severity: Severity } | null;
}

/** Contact with a device was lost: since when, by our clock, and why, in the words of the ledger's causes. */
export interface StaleValues {
  readonly since: Instant;
  readonly cause: string;
}

/** A metric's latest value by event time; on the device's own page and its live room only. */
export interface LatestValue {
  readonly metric: string;
  readonly value: Value;
  readonly ts: Instant;
  /** Contact with the device was lost since (Sparkplug: STALE). */
  readonly stale: boolean;
}

/** A metric a device sends and its model does not know: kept, drawn by name, and told here. */
export interface UnknownMetric {
  readonly metric: string;
  readonly count: number;
  /** Event time of the first one. */
  readonly since: Instant;
  readonly last: Value;
  readonly lastAt: Instant;
  /** The unit it came with, as written; null when the device said none. */
  readonly unit: string | null;
}

/** The same by model: how many of its devices send it, some of them by name. */
export interface UnknownMetricOfModel extends UnknownMetric {
  readonly modelId: ModelId;
  readonly devices: number;
  readonly examples: readonly DeviceId[];
}

/** What of its telemetry was not as the model has it, on the device's own page. */
export interface TelemetryFacts {
  /** Milliseconds its clock is behind ours, the way of a message included (negative: ahead), and since when; null: not known. */
  readonly skew: { readonly ms: number; readonly since: Instant } | null;
  readonly unknownMetrics: readonly UnknownMetric[];
  /** Metrics that come in another unit than the model's and are converted. */
  readonly converted: readonly {
    readonly metric: string;
    readonly from: string;
    readonly to: string;
    readonly count: number;
  }[];
  /** What came too late to be judged, ever: stored, but no alert and no uptime was amended by it. */
  readonly tooLate: number;
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
  /** The slot it chose: work begins between the two. */
  readonly slot: Interval | null;
  /** Nobody has set out yet. */
  readonly mayChooseSlot: boolean;
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
  /** Working time of those days that is not free: breaks, and what is busy without saying why. */
  readonly holes: readonly CalendarHole[];
}

export interface ClockView {
  readonly id: 'clock';
  readonly now: Instant;
  readonly speed: number;
  readonly demo: boolean;
}

export const SYSTEM_ALARMS = [
  'journal-low',
  'journal-limit',
  'journal-full',
  'journal-failing',
  'journal-broken',
  'journal-damaged',
  'store-failing',
  'server-clock',
  'held-back',
] as const;

/**
 * Something is wrong with this server itself, not with a device: what its words are made of, in any language. `error` is
 * quoted: the operating system or the store said it.
 */
export type SystemAlarm = {
  readonly code: (typeof SYSTEM_ALARMS)[number];
  /** Null when it is not known. */
  readonly since: Instant | null;
} & (
  | { readonly code: 'journal-low'; readonly freeBytes: number }
  | { readonly code: 'journal-limit' }
  | { readonly code: 'journal-full' | 'journal-failing' | 'journal-broken' | 'store-failing'; readonly error: string }
  | { readonly code: 'journal-damaged'; readonly records: number; readonly files: readonly string[] }
  /** Positive: the devices' clocks are ahead of ours. */
  | { readonly code: 'server-clock'; readonly offsetMs: number }
  | { readonly code: 'held-back'; readonly acknowledgements: number }
);

/** Real milliseconds, of the last ten to twenty seconds. */
export interface LatencyView {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  readonly count: number;
}

/** Somebody who reads the journal. */
export interface ConsumerView {
  readonly name: string;
  readonly position: number;
  /** Records it is behind, and how long ago the first of them was taken, real milliseconds. */
  readonly lag: number;
  readonly lagMs: number;
}

/** How the intake does: figures since start, queues and delays now. For the status strip and the status page. */
export interface IntakeView {
  readonly id: 'intake';
  readonly connections: number;
  readonly messages: number;
  readonly readings: number;
  readonly duplicates: number;
  /** Times that late data changed what had been decided without them. */
  readonly amended: number;
  /** Readings and states that came too late to be judged; stored all the same. */
  readonly tooLate: number;
  readonly unknownMetrics: number;
  readonly converted: number;
  readonly quarantined: Readonly<Record<string, number>>;
  readonly refused: Readonly<Record<string, number>>;
  /** Accepted and not kept: 0, by design. */
  readonly dropped: number;
  readonly journalPosition: number;
  /** Messages the pipeline is behind. */
  readonly lag: number;
  /** On the way to the disk: taken from senders, not acknowledged yet. */
  readonly inFlight: number;
  /** Of those, held back because the pipeline is too far behind; how often that began since the start. */
  readonly held: number;
  readonly holds: number;
  readonly maxLag: number;
  /** What the embedded broker says; null without one. */
  readonly broker: { readonly paused: number; readonly queued: number; readonly retained: number } | null;
  readonly journal: {
    /** `ok`, or what is wrong: `low` `limit` `full` `failing` `broken`. */
    readonly state: string;
    readonly bytes: number;
    readonly unreadBytes: number;
    readonly freeBytes: number | null;
    /** Appends that wait for the disk. */
    readonly waiting: number;
    /** Records that cannot be read any more. */
    readonly damaged: number;
    /** How far each consumer has got, durably. */
    readonly consumers: Readonly<Record<string, number>>;
  };
  /** How much may wait in the journal for the slowest consumer. */
  readonly journalLimitBytes: number;
  /** What is wrong with this server itself. */
  readonly alarms: readonly SystemAlarm[];
  readonly consumers: readonly ConsumerView[];
  readonly store: {
    /** In words; null while it takes everything. */
    readonly error: string | null;
    /** Something waits on disk for it. */
    readonly backlog: boolean;
    /** Rows in memory for it. */
    readonly waitingRows: number;
    /** Values it refused for good. */
    readonly refused: number;
    /** Messages whose readings it lost when they were not in the journal any more. */
    readonly missing: number;
  };
  /** From taking a message to having it on disk; appending to the event log; how late the event loop is. */
  readonly latency: {
    readonly durable: LatencyView | null;
    readonly events: LatencyView | null;
    readonly loop: LatencyView | null;
  };
  readonly presence: PresenceView;
}

/** Of how many devices each fact of presence holds now, of those in full service. */
export interface PresenceView {
  readonly devices: number;
  readonly facts: Readonly<Record<PresenceFact, number>>;
  /** Registered and never heard. */
  readonly neverHeard: number;
  /** This server's own clock seems to be off: so far most devices' clocks are ahead of it, ms. */
  readonly serverClock: { readonly offsetMs: number; readonly since: Instant } | null;
  /** Devices whose clock is more than two minutes from ours. */
  readonly skewed: number;
}

/** One refused message, kept for inspection. */
export interface QuarantineEntry {
  readonly id: string;
  readonly at: Instant;
  readonly reason: string;
  readonly detail: string;
  /** `detail` in Chinese; left out where the words are others', and quoted. */
  readonly zh?: string;
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

/** A time that could be kept when it was offered: work begins between the two moments. */
export interface SlotOffer {
  readonly from: Instant;
  readonly to: Instant;
  /** For staff only: who would come, when work would begin, and what it costs more than the cheapest one offered, fen. */
  readonly engineerId?: EngineerId;
  readonly startAt?: Instant;
  readonly extraCost?: number;
}

/** Answer of `POST /api/v1/plan/slots`. */
export interface SlotOffers {
  readonly workOrderId: WorkOrderId;
  /** Cheapest first; empty where nothing can be promised. */
  readonly offers: readonly SlotOffer[];
  /** They can be accepted until then, if nobody else's visit has taken their place meanwhile. */
  readonly standUntil: Instant;
}
