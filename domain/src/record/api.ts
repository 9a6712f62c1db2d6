import { z } from 'zod';
import type { AlertId, DeviceId, HospitalId, ModelId, WorkOrderId } from '../ids.ts';
import type { LocalText } from '../text.ts';
import { Instant } from '../time.ts';
import type { Figures } from './figures.ts';
import type { FailureGrade, GradeReason, OrderGrade } from './grade.ts';
import { type NetBenefit, PredictionCosts, type Tally } from './retirement.ts';

/** What the record is grouped by. `rule`: rule or learned model, within a device model. `model`: device model. */
export const RecordGrouping = z.enum(['rule', 'model', 'component', 'device-kind']);
export type RecordGrouping = z.infer<typeof RecordGrouping>;

/** A failure is foreseen this long ahead when nothing else is asked for. */
export const DEFAULT_LEAD_HOURS = 24;

const period = {
  /** Orders opened and failures that happened in `[from, to)`; everything when left out. */
  from: z.coerce.number().pipe(Instant).optional(),
  to: z.coerce.number().pipe(Instant).optional(),
  lead: z.coerce.number().pipe(z.number().min(0).max(8_760)).default(DEFAULT_LEAD_HOURS),
  /** Devices somebody is sent to, devices that are only observed, or both. */
  service: z.enum(['full', 'observe', 'all']).default('all'),
};
export const ScorecardQuery = z.strictObject({ ...period, by: RecordGrouping.default('rule') });
export type ScorecardQuery = z.infer<typeof ScorecardQuery>;
export const RecordQuery = z.strictObject({
  ...period,
  limit: z.coerce.number().pipe(z.int().min(1).max(2_000)).default(500),
});
export type RecordQuery = z.infer<typeof RecordQuery>;

export interface ScorecardGroup {
  readonly key: string;
  readonly name: LocalText;
  readonly modelId: ModelId | null;
  readonly modelName: LocalText | null;
  /** For groups by rule. */
  readonly ruleId: string | null;
  /** It is not among its model's rules now. */
  readonly retired: boolean;
  readonly figures: Figures;
}

/** Answer of `GET /api/v1/predictions/scorecard`. */
export interface Scorecard {
  readonly from: Instant | null;
  readonly to: Instant | null;
  readonly leadHours: number;
  readonly service: 'full' | 'observe' | 'all';
  readonly by: RecordGrouping;
  readonly total: Figures;
  /** Those with orders or failures, most orders first. */
  readonly groups: readonly ScorecardGroup[];
}

/** A failure whose component nobody named: a hospital said that a device is down, and it was repaired. */
export const UNKNOWN_COMPONENT = 'unknown';

/** An order with its grade, or a failure no order foresaw (`missed`), newest first. */
export interface RecordRow {
  readonly id: string;
  readonly grade: OrderGrade | Extract<FailureGrade, 'missed'>;
  readonly reason: GradeReason | null;
  readonly at: Instant;
  readonly deviceId: DeviceId;
  readonly hospitalId: HospitalId;
  readonly modelId: ModelId;
  readonly component: string;
  readonly componentName: LocalText;
  readonly orderId: WorkOrderId | null;
  readonly number: string | null;
  readonly alertId: AlertId | null;
  readonly ruleId: string | null;
  readonly ruleName: LocalText | null;
  readonly probability: number | null;
  readonly horizonHours: number | null;
  readonly decidedAt: Instant | null;
  readonly leadHours: number | null;
}

/** Answer of `GET /api/v1/predictions/record`. */
export interface RecordAnswer {
  /** How many there are; `rows` may be fewer. */
  readonly total: number;
  readonly rows: readonly RecordRow[];
}

/** What a rule costs and saves. */
export interface RuleWorth {
  readonly modelId: ModelId;
  readonly modelName: LocalText;
  readonly ruleId: string;
  readonly ruleName: LocalText;
  readonly tally: Tally;
  readonly net: NetBenefit;
  /** The evidence is strong enough to propose its retirement. */
  readonly proposed: boolean;
}

/** Answer of `GET /api/v1/predictions/retirements`. */
export interface Retirements {
  readonly costs: PredictionCosts & { readonly setAt: Instant | null; readonly setBy: string | null };
  /** Rules with a decided order that are in force, the dearest first. */
  readonly rules: readonly RuleWorth[];
}

/** From `at` on, what a rule is worth is reckoned with these. */
export const CostsSet = z.strictObject({
  type: z.literal('prediction-costs.set'),
  at: Instant,
  by: z.string(),
  costs: PredictionCosts,
});
export type CostsSet = z.infer<typeof CostsSet>;
