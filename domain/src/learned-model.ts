import { z } from 'zod';
import { AccountId, LearnedId } from './ids.ts';
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

/** `GET /api/v1/predictions/learned`: what there is to make rules of, newest first. */
export interface LearnedModelView {
  readonly id: LearnedId;
  readonly name: string;
  readonly addedAt: Instant;
  readonly addedBy: LocalText;
  readonly components: readonly string[];
  readonly leadHours: number;
  readonly horizonHours: number;
  /** Metrics and event codes it looks at. */
  readonly inputs: {
    readonly counters: readonly string[];
    readonly gauges: readonly string[];
    readonly codes: readonly string[];
  };
}

/** `POST /api/v1/predictions/learned`: the file that `uptower train` wrote. */
export const LearnedModelBody = z.strictObject({ name: z.string().trim().min(1).max(120), content: z.string() });
