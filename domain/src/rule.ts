import { z } from 'zod';
import { Key, LearnedId } from './ids.ts';
import { Activity } from './reading.ts';
import { LocalText } from './text.ts';

export const Severity = z.enum(['P1', 'P2', 'P3']);
export type Severity = z.infer<typeof Severity>;

/** Only readings taken while another metric lies in a range count: compare like with like (for example only while scanning). */
const Only = z.strictObject({ metric: Key, min: z.number().optional(), max: z.number().optional() });

/**
 * ISA-18.2 suppressed by design: while this holds, the rule's alarm means nothing. An activity the device reports, or the
 * last value of a metric in a range. The detector goes on; what still stands afterwards is raised then.
 */
export const SuppressWhile = z.union([
  z.strictObject({ activity: z.array(Activity).min(1) }),
  z
    .strictObject({ metric: Key, min: z.number().optional(), max: z.number().optional() })
    .refine(({ min, max }) => min !== undefined || max !== undefined, 'a range needs min or max'),
]);
export type SuppressWhile = z.infer<typeof SuppressWhile>;

const common = {
  id: Key,
  name: LocalText,
  component: Key,
  failureMode: Key,
  metric: Key,
  severity: Severity,
  only: Only.optional(),
  /** Any of them suppresses. */
  suppressWhile: z.array(SuppressWhile).min(1).max(10).optional(),
};

/**
 * ISA-18.2 limit alarm: active after the value was beyond `level` for `onDelaySeconds`; inactive after it was back past
 * `level` by `deadband` for `offDelaySeconds`. `probability` is the chance of failure within `horizonHours` that the
 * author of the rule claims; its record is kept and shown.
 */
export const LimitRule = z.strictObject({
  kind: z.literal('limit'),
  ...common,
  side: z.enum(['high', 'low']),
  level: z.number(),
  deadband: z.number().min(0),
  onDelaySeconds: z.number().min(0),
  offDelaySeconds: z.number().min(0),
  probability: z.number().min(0).max(1),
  horizonHours: z.number().positive(),
});
export type LimitRule = z.infer<typeof LimitRule>;

/**
 * Degradation towards `failLevel`: level and slope estimated over an exponentially forgotten past (`memoryHours`),
 * first passage of `failLevel` gives the distribution of the failure time. Active while
 * P(fail within horizonHours) ≥ `minProbability` and the level has left `healthyLevel` on the way to `failLevel`.
 */
export const TrendRule = z.strictObject({
  kind: z.literal('trend'),
  ...common,
  direction: z.enum(['rising', 'falling']),
  healthyLevel: z.number(),
  failLevel: z.number(),
  memoryHours: z.number().positive(),
  /** No verdict before this much history was seen. */
  minHours: z.number().positive(),
  horizonHours: z.number().positive(),
  minProbability: z.number().min(0).max(1),
});
export type TrendRule = z.infer<typeof TrendRule>;

/** A counter that grew by at least `by` within `withinHours`. */
export const GrowthRule = z.strictObject({
  kind: z.literal('growth'),
  ...common,
  by: z.number().positive(),
  withinHours: z.number().positive(),
  /** Active this long after the growth was last seen. */
  holdHours: z.number().positive(),
  probability: z.number().min(0).max(1),
  horizonHours: z.number().positive(),
});
export type GrowthRule = z.infer<typeof GrowthRule>;

/**
 * ISA-18.2 rate-of-change alarm: active after the metric rose (`high`) or fell (`low`) by at least `perHour` an hour, seen
 * over the last `withinHours`, for `onDelaySeconds`; inactive after it changed by less than `perHour − deadband` for
 * `offDelaySeconds`. `probability` as in a limit.
 */
export const RateRule = z.strictObject({
  kind: z.literal('rate'),
  ...common,
  side: z.enum(['high', 'low']),
  /** Of the metric's unit an hour, without a sign. */
  perHour: z.number().positive(),
  withinHours: z.number().positive(),
  /** Of the metric's unit an hour. */
  deadband: z.number().min(0),
  onDelaySeconds: z.number().min(0),
  offDelaySeconds: z.number().min(0),
  probability: z.number().min(0).max(1),
  horizonHours: z.number().positive(),
});
export type RateRule = z.infer<typeof RateRule>;

/**
 * Unlike the metric's own past: active after it was stranger than on one day in `onceInDays`, and at least `minDeviation`
 * from what is usual, for `onDelaySeconds`; inactive after it was clearly less so for `offDelaySeconds`. `probability` as in a limit: strangeness by itself says
 * nothing about failing.
 */
export const NoveltyRule = z.strictObject({
  kind: z.literal('novelty'),
  ...common,
  onceInDays: z.number().min(2).max(3650),
  /** Of the metric's unit, mean of the last five readings judged: strange is not yet important. 0: any. */
  minDeviation: z.number().min(0),
  /** `high`: only more than usual is a sign of this failure mode; `any`: also restless or quiet. */
  side: z.enum(['high', 'low', 'any']),
  /** One reading in so many seconds is judged: the detector's memory is in readings (5 minutes: a day of trend, a month of level). */
  everySeconds: z.number().min(60),
  onDelaySeconds: z.number().min(0),
  offDelaySeconds: z.number().min(0),
  probability: z.number().min(0).max(1),
  horizonHours: z.number().positive(),
});
export type NoveltyRule = z.infer<typeof NoveltyRule>;

/**
 * Learned from histories of failures (`uptower train`): active while P(fails within the learned model's horizon) ≥
 * `minProbability`; inactive below four fifths of it. Looks at every metric and event code the learned model knows;
 * `metric` is the one shown when none of them stands out.
 */
export const LearnedRule = z.strictObject({
  kind: z.literal('learned'),
  ...common,
  learned: LearnedId,
  /** What the component is called in the learned model. */
  of: z.string().min(1).max(128),
  minProbability: z.number().min(0.001).max(1),
});
export type LearnedRule = z.infer<typeof LearnedRule>;

export const Rule = z.discriminatedUnion('kind', [
  LimitRule,
  TrendRule,
  GrowthRule,
  RateRule,
  NoveltyRule,
  LearnedRule,
]);
export type Rule = z.infer<typeof Rule>;
