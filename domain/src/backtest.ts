import { z } from 'zod';
import { BacktestId, DeviceId, DraftId, Key, ModelId } from './ids.ts';
import type { Pieces } from './pieces.ts';
import { Author, Rules } from './prediction-version.ts';
import { Severity } from './rule.ts';
import { Instant } from './time.ts';

/**
 * Graded after the fact. `true`: the component failed within the order's horizon and at least the wanted lead after it;
 * `late`: it failed, but sooner; `avoided`: somebody repaired the component first, so nobody can say; `false`: the horizon
 * passed; `open`: the looked-at time ended before it did.
 */
export const Grade = z.enum(['true', 'late', 'false', 'avoided', 'open']);
export type Grade = z.infer<typeof Grade>;

/** An order that rules would have opened. */
export const GradedOrder = z.strictObject({
  deviceId: DeviceId,
  component: Key,
  at: Instant,
  ruleId: Key,
  probability: z.number(),
  horizonHours: z.number(),
  grade: Grade,
  /** When it was over: failure, repair, or its horizon; null while open. */
  endedAt: Instant.nullable(),
  /** The other side had an order open for the same component at the same time. */
  shared: z.boolean(),
});
export type GradedOrder = z.infer<typeof GradedOrder>;

const Share = z.strictObject({ value: z.number(), low: z.number(), high: z.number() });
/** A figure with its 95 % interval. */
export type Share = z.infer<typeof Share>;

export const SideScore = z.strictObject({
  orders: z.int(),
  trueOrders: z.int(),
  lateOrders: z.int(),
  falseOrders: z.int(),
  avoided: z.int(),
  open: z.int(),
  /** Failures that could be foreseen: as long after the device's first reading as the lead. */
  failures: z.int(),
  foreseen: z.int(),
  late: z.int(),
  missed: z.int(),
  /** Null where there is nothing to divide by. */
  recall: Share.nullable(),
  precision: Share.nullable(),
  falsePerDeviceMonth: Share.nullable(),
  /** Hours from order to failure over the foreseen ones. */
  leadMedian: z.number().nullable(),
  leadP10: z.number().nullable(),
});
export type SideScore = z.infer<typeof SideScore>;

export const BacktestSide = z.strictObject({
  score: SideScore,
  orders: z.array(GradedOrder),
  /** Alerts raised, most of which become no order of their own. */
  alerts: z.int(),
  /** Alerts that opened no order, by reason. */
  held: z.record(z.string(), z.int()),
  /** Alerts that stood at the end. `ordered`: with an order. */
  standing: z.array(
    z.strictObject({
      deviceId: DeviceId,
      component: Key,
      since: Instant,
      ruleId: Key,
      probability: z.number(),
      severity: Severity,
      ordered: z.boolean(),
    }),
  ),
});
export type BacktestSide = z.infer<typeof BacktestSide>;

const Verdict = z.enum(['foreseen', 'late', 'missed']);

export const BacktestResult = z.strictObject({
  /** With readings in the time. */
  devices: z.int(),
  /** Without any, or with more than can be looked at. */
  devicesLeftOut: z.int(),
  deviceMonths: z.number(),
  moments: z.int(),
  budget: z.strictObject({ falseOrdersPerDeviceMonth: z.number(), minProbability: z.number() }),
  failures: z.array(
    z.strictObject({ deviceId: DeviceId, component: Key, at: Instant, present: Verdict, draft: Verdict }),
  ),
  present: BacktestSide,
  draft: BacktestSide,
});
export type BacktestResult = z.infer<typeof BacktestResult>;

export const BacktestState = z.enum(['queued', 'running', 'done', 'cancelled', 'failed', 'interrupted']);

/** A run of two sets of rules over what is stored. Also the form of its file. */
export const Backtest = z.strictObject({
  id: BacktestId,
  modelId: ModelId,
  draftId: DraftId.nullable(),
  title: z.string(),
  /** The version that was active when it was asked for: the present side. */
  activeVersion: z.int(),
  /** The draft's rules as they were then. */
  rules: Rules,
  from: Instant,
  to: Instant,
  leadHours: z.number(),
  /** Observed devices under the budget too; live they are graded without one. */
  budgetForAll: z.boolean(),
  requestedAt: Instant,
  by: Author,
  state: BacktestState,
  /** Share of the devices done, 0…1. */
  progress: z.number(),
  problem: z.string().nullable(),
  result: BacktestResult.nullable(),
});
export type Backtest = z.infer<typeof Backtest>;

/** Of a draft, or of rules as they stand in the body. `[from, to)`; `leadHours`: how long before a failure an order is wanted. */
export const BacktestBody = z
  .strictObject({
    draftId: DraftId.optional(),
    modelId: ModelId.optional(),
    rules: Rules.optional(),
    from: Instant,
    to: Instant,
    leadHours: z.number().min(0).max(2_000).default(24),
    budgetForAll: z.boolean().default(false),
  })
  .refine((body) => body.from < body.to, { path: ['to'], message: 'must be after from' })
  .refine((body) => (body.draftId === undefined) === (body.rules !== undefined && body.modelId !== undefined), {
    path: ['draftId'],
    message: 'name a draft, or a modelId with rules',
  });

/** What a draft in shadow has made of live data so far. */
export interface ShadowView {
  readonly draftId: DraftId;
  readonly since: Instant;
  /** Up to when it looked; null: not yet. */
  readonly asOf: Instant | null;
  readonly problem: string | null;
  readonly result: BacktestResult | null;
}

/** One alert as it changes; `alert` numbers it within its device. `worst` is null when it cleared. */
export interface AlertChange {
  readonly at: Instant;
  readonly deviceId: DeviceId;
  readonly component: string;
  readonly alert: number;
  readonly worst: {
    readonly ruleId: string;
    readonly probability: number;
    readonly severity: Severity;
    readonly horizonHours: number;
  } | null;
}

/** What ends an order early. `component` null: the whole device was worked on. */
export interface OrderEnding {
  readonly at: Instant;
  readonly deviceId: DeviceId;
  readonly component: string | null;
  readonly kind: 'failed' | 'replaced' | 'work';
}

export interface HypotheticalOrder {
  readonly deviceId: DeviceId;
  readonly component: string;
  readonly alert: number;
  readonly at: Instant;
  readonly ruleId: string;
  readonly probability: number;
  readonly horizonHours: number;
}

/** Whoever decides which alert gets an order: what it would have opened of this history, under the budget now in force; in pieces. */
export interface OrderJudge {
  budget(): { readonly falseOrdersPerDeviceMonth: number; readonly minProbability: number };
  wouldOpen(history: {
    /** In order of time, of all devices together. */
    readonly changes: readonly AlertChange[];
    readonly endings: readonly OrderEnding[];
    /** How many devices earn budget. */
    readonly devices: number;
    /** Devices whose orders need no budget. */
    readonly free: ReadonlySet<string>;
    readonly until: Instant;
  }): Pieces<WouldHaveOpened>;
}

/** `held`: alerts that opened no order, counted by reason. */
export interface WouldHaveOpened {
  readonly orders: HypotheticalOrder[];
  readonly held: Record<string, number>;
}
