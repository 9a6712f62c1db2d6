import { z } from 'zod';
import { AccountId, type DraftId, LearnedId, type ModelId } from './ids.ts';
import type { RuleDraft } from './prediction-version.ts';
import { LocalText } from './text.ts';
import { Instant } from './time.ts';

/**
 * A learned model was given to the server; from here on rules may name it. Never changed: its id is the SHA-256 of
 * `content`, the file that `uptower train` wrote.
 */
export const LearnedModelAdded = z.strictObject({
  type: z.literal('learned-model.added'),
  learnedId: LearnedId,
  name: z.string().min(1).max(120),
  content: z.string(),
  at: Instant,
  by: z.strictObject({ id: AccountId, name: LocalText }),
});
export type LearnedModelAdded = z.infer<typeof LearnedModelAdded>;

/** From here on no rule may name it, until it is given again. The log keeps what it was. */
export const LearnedModelRemoved = z.strictObject({
  type: z.literal('learned-model.removed'),
  learnedId: LearnedId,
  at: Instant,
  by: z.strictObject({ id: AccountId, name: LocalText }),
});
export type LearnedModelRemoved = z.infer<typeof LearnedModelRemoved>;

/** Rules that name a learned model: those in force of a device model, or a draft's. While there are any it stays. */
export type LearnedUse =
  | { readonly kind: 'active'; readonly modelId: ModelId; readonly modelName: LocalText; readonly version: number }
  | {
      readonly kind: 'draft';
      readonly modelId: ModelId;
      readonly modelName: LocalText;
      readonly draftId: DraftId;
      readonly title: RuleDraft['title'];
    };

/** `GET /api/v1/predictions/learned`: what there is to make rules of, newest first. */
export interface LearnedModelView {
  readonly id: LearnedId;
  readonly name: string;
  readonly addedAt: Instant;
  readonly addedBy: LocalText;
  /** False: of a form that this version does not read. Rules that name it say nothing. */
  readonly readable: boolean;
  readonly components: readonly string[];
  readonly leadHours: number;
  readonly horizonHours: number;
  /** Metrics and event codes it looks at. */
  readonly inputs: {
    readonly counters: readonly string[];
    readonly gauges: readonly string[];
    readonly codes: readonly string[];
  };
  readonly uses: readonly LearnedUse[];
}

/** `POST /api/v1/predictions/learned`: the file that `uptower train` wrote. */
export const LearnedModelBody = z.strictObject({ name: z.string().trim().min(1).max(120), content: z.string() });
