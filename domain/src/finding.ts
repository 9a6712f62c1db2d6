import { z } from 'zod';
import { Key } from './ids.ts';
import { PresenceMark } from './presence.ts';
import { Severity } from './rule.ts';
import { SuppressedBy } from './suppression.ts';
import { LocalText } from './text.ts';
import { Instant } from './time.ts';

/** One point of the curve P(fail by `at`). */
export const CurvePoint = z.strictObject({ at: Instant, p: z.number().min(0).max(1) });
export type CurvePoint = z.infer<typeof CurvePoint>;

/** `ruleId` of the finding that stands for a failure the device itself reported: no prediction. */
export const REPORTED_FAILURE = 'reported-failure';

/** What a detector saw and what it expects; everything a person needs to believe or refuse it. */
export const Finding = z.strictObject({
  ruleId: Key,
  ruleName: LocalText,
  component: Key,
  failureMode: Key,
  severity: Severity,
  /** Event time of the reading that decided. */
  at: Instant,
  /** P(fail within the rule's horizon). */
  probability: z.number().min(0).max(1),
  /** What the rule itself claimed, where its record or the component's other findings say otherwise. */
  claimed: z.number().min(0).max(1).optional(),
  horizonHours: z.number().positive(),
  /** Non-decreasing. */
  curve: z.array(CurvePoint).max(64),
  /** When the failure is expected: p10, median, p90; null when beyond ten horizons. */
  expected: z.strictObject({ p10: Instant.nullable(), p50: Instant.nullable(), p90: Instant.nullable() }),
  evidence: z.strictObject({
    metric: Key,
    value: z.number(),
    /** The limit the value is judged against. */
    level: z.number(),
    since: Instant,
    /** Change of the metric an hour, for trends. */
    slopePerHour: z.number().optional(),
    /** What is usual for this device at this hour, for novelty: 95 of 100 readings lie in it. */
    usual: z.strictObject({ low: z.number(), high: z.number() }).optional(),
    text: LocalText,
  }),
  /** Set on findings about being heard: no claim of a failure is made, `probability` is 0 unless an order may open. */
  presence: PresenceMark.optional(),
  /** Set while its alarm is suppressed: it calls nobody and opens no order, and is seen as suppressed. */
  suppression: SuppressedBy.optional(),
});
export type Finding = z.infer<typeof Finding>;
