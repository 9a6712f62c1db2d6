import { z } from 'zod';
import type { Spending } from './budget.ts';
import type { Calibration } from './calibrate.ts';
import type { Inputs } from './features.ts';
import type { Member } from './member.ts';
import type { Tree as TreeShape } from './tree.ts';

export interface ComponentHazard {
  /** Each left out one fold of the devices; their mean is the answer. */
  readonly members: readonly Member[];
  readonly calibration: Calibration;
}

/** Of what a model's file holds; changed when an older reader would get it wrong. */
export const MODEL_FORM = 3;

/** What training leaves behind. Plain data. */
export interface HazardModel {
  readonly form: typeof MODEL_FORM;
  readonly leadHours: number;
  readonly horizonHours: number;
  readonly inputs: Inputs;
  readonly components: Readonly<Record<string, ComponentHazard>>;
  /** What thresholds (of what is `pressing`) would have cost on devices no member saw, by device model; `''` is all together. */
  readonly spending: Readonly<Record<string, Spending>>;
}

const Numbers = z.array(z.number());
const Tree = z
  .object({
    feature: Numbers,
    threshold: Numbers,
    bin: Numbers,
    missingLeft: z.array(z.boolean()),
    left: Numbers,
    right: Numbers,
    value: Numbers,
  })
  .refine(isWalkable, 'a tree whose branches do not lead on to a leaf');

/** Every branch leads to a later node, so that a walk ends: a damaged file must not hold the pipeline for ever. */
function isWalkable({ feature, threshold, missingLeft, left, right, value }: TreeShape): boolean {
  const nodes = feature.length;
  const leads = (to: number | undefined, from: number) =>
    to !== undefined && Number.isInteger(to) && to > from && to < nodes;
  return (
    nodes > 0 &&
    [threshold, missingLeft, left, right, value].every(({ length }) => length === nodes) &&
    feature.every((column, node) => column < 0 || (leads(left[node], node) && leads(right[node], node)))
  );
}

const Booster = z.object({
  base: z.number(),
  trees: z.array(Tree),
});

/** The same as it stands in a file. */
export const HazardModelFile: z.ZodType<HazardModel> = z.object({
  form: z.literal(MODEL_FORM),
  leadHours: z.number().min(0),
  horizonHours: z.number().positive(),
  inputs: z.object({
    counters: z.array(z.string()),
    gauges: z.array(z.string()),
    codes: z.array(z.string()),
    usual: z.record(z.string(), z.record(z.string(), z.object({ level: z.number(), spread: z.number() }))),
  }),
  components: z.record(
    z.string(),
    z.object({
      members: z
        .array(
          z.object({
            whether: z.tuple([Booster, Booster]),
            smallShare: z.number().min(0).max(1),
            when: Booster,
            urgency: Booster.exactOptional(),
          }),
        )
        .min(1),
      calibration: z.object({ slope: z.number(), offset: z.number() }),
    }),
  ),
  spending: z.record(z.string(), z.object({ deviceMonths: z.number().min(0), wrong: Numbers })),
});
