import type {
  Alert,
  AvailabilityAmended,
  Contract,
  Device,
  DeviceId,
  DeviceKind,
  DeviceModel,
  DeviceView,
  EngineerId,
  EngineerView,
  Hospital,
  Instant,
  LatestValue,
  LocalText,
  Part,
  Plan,
  Role,
  Site,
  Suggestion,
  TelemetryFacts,
  UptimeFigures,
  UptimeInterval,
  Viewer,
  Visit,
  WorkOrder,
  WorkOrderEvent,
  WorkOrderId,
} from '@uptower/domain';

/** Answers of `/api/v1` that are no single domain type. */
export interface Session {
  readonly viewer: Viewer;
  readonly demo: boolean;
}
export interface Demo {
  readonly accounts: readonly {
    readonly username: string;
    readonly password: string;
    readonly name: LocalText;
    readonly role: Role;
  }[];
  readonly story: { readonly deviceName: LocalText; readonly hospitalName: LocalText } | null;
  readonly speed: number;
  readonly now: Instant;
}
/** A row of `GET /work-orders/held`: an open alert without an order, and why. */
export interface HeldAlert {
  readonly alertId: string;
  readonly deviceId: DeviceId;
  readonly probability: number;
  readonly reason: string;
  /** Allowance that would be needed and is there, in expected false orders. */
  readonly needs: number;
  readonly available: number;
}
export interface RegistryAnswer {
  readonly hospitals: readonly Hospital[];
  readonly sites: readonly Site[];
  readonly contracts: readonly Contract[];
  readonly models: readonly DeviceModel[];
  readonly parts: readonly Part[];
}
export interface DeviceAnswer extends TelemetryFacts {
  readonly device: DeviceView;
  readonly latest: readonly LatestValue[];
  readonly model: DeviceModel;
  readonly alerts: readonly Alert[];
}
export interface UptimeAnswer {
  /** What late data changed of this time, oldest first; the intervals are as they are known now. */
  readonly amendments: readonly Pick<AvailabilityAmended, 'late' | 'from' | 'before' | 'entries'>[];
  readonly intervals: readonly UptimeInterval[];
  readonly figures: UptimeFigures;
  /** Null without a contract. */
  readonly target: number | null;
}
export interface DeviceUptime {
  readonly deviceId: DeviceId;
  readonly figures: UptimeFigures;
  /** Null without a contract. */
  readonly target: number | null;
}
export interface OrderAnswer {
  readonly order: WorkOrder;
  readonly timeline: readonly TimelineEntry[];
}
/** `actor` is a name, an engineer's id, or what acted (predictor, planner). */
export interface TimelineEntry {
  readonly at: Instant;
  readonly actor: string;
  readonly event: WorkOrderEvent;
}
/** `GET /field/day`: the visits of the signed-in engineer, in the order of the plan. */
export interface FieldDay {
  readonly now: Instant;
  readonly engineer: EngineerView;
  readonly visits: readonly FieldStop[];
}
export interface FieldStop {
  readonly visit: Visit;
  readonly order: WorkOrder;
  readonly site: Site;
  readonly device: Device;
  readonly hospital?: Hospital;
  readonly model?: { readonly name: LocalText; readonly kind: DeviceKind };
}
export interface PlaceAnswer extends Suggestion {
  readonly endAt: Instant;
  /** There by then four times in five. */
  readonly arriveBy: Instant;
  readonly why: LocalText;
  /** Against the best place, fen. */
  readonly extraCost: number;
  readonly moved: readonly {
    readonly workOrderId: string;
    readonly number: string;
    readonly from: { readonly engineerId: EngineerId; readonly startAt: Instant };
    readonly to: { readonly engineerId: EngineerId; readonly startAt: Instant };
  }[];
}

/** Answer of `GET /plan/repaired/:orderId`. */
export interface RepairedAnswer {
  readonly repaired: PlaceAnswer | null;
}

export interface PlacesAnswer {
  /** Not once the order is on the way, done, or only to be observed. */
  readonly plannable: boolean;
  readonly suggestions: readonly PlaceAnswer[];
  /** Nobody comes in time without making others late. */
  readonly roomNeeded: boolean;
  readonly refused: readonly {
    readonly engineerId: EngineerId;
    readonly reason: string;
    readonly text: LocalText;
  }[];
}
export interface TermCostAnswer {
  readonly term: string;
  readonly text: LocalText;
  readonly cost: number;
}
/** What the plan costs from now on, fen: visits and days add up to it. */
export interface PlanTermsAnswer {
  readonly total: number;
  readonly terms: readonly TermCostAnswer[];
  readonly visits: readonly {
    readonly workOrderId: WorkOrderId;
    readonly total: number;
    readonly terms: readonly TermCostAnswer[];
  }[];
}
export interface WhyNotAnswer {
  readonly verdict: 'impossible' | 'already' | 'possible';
  /** Why it is impossible. */
  readonly text: LocalText | null;
  readonly startAt: Instant | null;
  /** What it costs more than the best plan, fen; the terms add up to it. */
  readonly total: number;
  readonly terms: readonly TermCostAnswer[];
  readonly moved: readonly {
    readonly workOrderId: WorkOrderId;
    readonly before: { readonly engineerId: EngineerId; readonly startAt: Instant } | null;
    readonly after: { readonly engineerId: EngineerId; readonly startAt: Instant } | null;
  }[];
}
export interface RelaxationsAnswer {
  /** The smallest sets of rules that, given up, make a place; cheapest first. */
  readonly options: readonly {
    readonly gives: readonly { readonly rule: string; readonly text: LocalText }[];
    readonly engineerId: EngineerId;
    readonly startAt: Instant;
  }[];
}
export interface OptimiseAnswer {
  readonly outcome: 'committed' | 'unchanged' | 'refused' | 'stale' | 'failed';
  readonly before: PlanCost | null;
  readonly after: PlanCost | null;
  readonly plan: Plan | null;
  /** So often the search was begun anew because the plan was changed meanwhile. */
  readonly restarts: number;
}
/** Named terms of a plan's cost, fen; `total` is their sum. */
export type PlanCost = Readonly<Record<string, number>>;
