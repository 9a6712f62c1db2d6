import { z } from 'zod';
import type { DeviceModel } from './device-model.ts';
import { AccountId, BacktestId, DraftId, Key, ModelId } from './ids.ts';
import { Rule } from './rule.ts';
import { LocalText } from './text.ts';
import { Instant } from './time.ts';

/** Who did it, as they were called then. */
export const Author = z.strictObject({ id: AccountId, name: LocalText });
export type Author = z.infer<typeof Author>;

export const Rules = z.array(Rule).max(200);

/** The figures a decision rested on, kept with it: the back-test itself may be thrown away. */
export const BacktestDigest = z.strictObject({
  id: BacktestId,
  from: Instant,
  to: Instant,
  present: z.strictObject({ orders: z.int(), falseOrders: z.int(), foreseen: z.int(), failures: z.int() }),
  draft: z.strictObject({ orders: z.int(), falseOrders: z.int(), foreseen: z.int(), failures: z.int() }),
});
export type BacktestDigest = z.infer<typeof BacktestDigest>;

const draft = { draftId: DraftId, modelId: ModelId, at: Instant, by: Author };

/**
 * What is done to the rules of a device model before and when they become active. `prediction.activated` stands right before
 * the `model.put` that carries the rules, in one transaction: detectors know rules by `model.put` alone.
 */
export const PredictionEvent = z.discriminatedUnion('type', [
  /** The whole draft, new or changed. It ends a shadow: what ran in it were other rules. */
  z.strictObject({
    type: z.literal('prediction.draft-saved'),
    ...draft,
    /** The version it was made from, or rebased on. */
    baseVersion: z.int().positive(),
    title: z.string().min(1).max(120),
    rules: Rules,
    /** Rules that were changed here and in the active version, each in its own way; the draft's reading was kept. */
    conflicts: z.array(Key),
  }),
  z.strictObject({ type: z.literal('prediction.draft-discarded'), ...draft }),
  z.strictObject({ type: z.literal('prediction.shadow-started'), ...draft }),
  z.strictObject({ type: z.literal('prediction.shadow-stopped'), ...draft }),
  z.strictObject({
    type: z.literal('prediction.activated'),
    modelId: ModelId,
    version: z.int().positive(),
    origin: z.enum(['draft', 'rollback', 'retirement']),
    /** The draft it was; it is used up. */
    draftId: DraftId.nullable(),
    /** The version whose rules came back. */
    restored: z.int().positive().nullable(),
    /** The rule that was retired. */
    retired: Key.nullable(),
    reason: z.string().min(3).max(500),
    backtest: BacktestDigest.nullable(),
    at: Instant,
    by: Author,
  }),
]);
export type PredictionEvent = z.infer<typeof PredictionEvent>;
type Activated = Extract<PredictionEvent, { type: 'prediction.activated' }>;

/** One reading of a model's rules; versions count from 1. `upload`: it came with the registry. */
export interface RuleVersion {
  readonly version: number;
  readonly rules: readonly Rule[];
  readonly at: Instant;
  readonly origin: Activated['origin'] | 'upload';
  /** Null: a program, through the registry. */
  readonly by: Author | null;
  readonly reason: string | null;
  readonly restored: number | null;
  readonly retired: string | null;
  readonly backtest: BacktestDigest | null;
}

export interface RuleDraft {
  readonly id: DraftId;
  readonly modelId: ModelId;
  readonly title: string;
  readonly baseVersion: number;
  readonly rules: readonly Rule[];
  readonly conflicts: readonly string[];
  /** Counts its savings: who saves says which one was changed. */
  readonly revision: number;
  readonly savedAt: Instant;
  readonly savedBy: Author;
  /** Since when it runs in shadow; null: it does not. */
  readonly shadowSince: Instant | null;
}

/** A row of `GET /api/v1/predictions/models`. */
export interface PredictionModelRow {
  readonly modelId: ModelId;
  readonly name: LocalText;
  readonly kind: string;
  readonly devices: number;
  readonly version: number;
  readonly activeSince: Instant;
  readonly rules: number;
  readonly drafts: number;
  readonly inShadow: number;
}

/** `GET /api/v1/predictions/models/:modelId`; versions newest first. */
export interface PredictionModelView {
  /** With the rules that are active. */
  readonly model: DeviceModel;
  readonly active: RuleVersion;
  readonly versions: readonly RuleVersion[];
  readonly drafts: readonly RuleDraft[];
}

/** The kinds of rules and their fields as JSON Schema (draft 2020-12): forms are built from it, so that a new kind needs none of its own. */
export const ruleForms = (): unknown => z.toJSONSchema(Rule);

const Title = z.string().trim().min(1).max(120);
const Reason = z.string().trim().min(3).max(500);
/** A new draft; a copy of the active rules when none are given. */
export const NewDraftBody = z.strictObject({ title: Title, rules: Rules.optional() });
export const SaveDraftBody = z.strictObject({ title: Title, rules: Rules, revision: z.int().positive() });
export const ActivateBody = z.strictObject({ reason: Reason, backtestId: BacktestId.nullable().default(null) });
export const RollbackBody = z.strictObject({ version: z.int().positive(), reason: Reason });
export const RetireBody = z.strictObject({ reason: Reason });
