import { type FalseOrderBudget, HOUR, MINUTE } from '@uptower/domain';
import { z } from 'zod';
import { PlanningWeights } from './planning/weights.ts';

/** What an operator sets about planning: `dispatch` in the configuration. */
export const DispatchSettings = z.strictObject({
  weights: PlanningWeights.prefault({}),
  /** Visits are planned with the time that half (0.5) or four in five (0.8) of such repairs stay within. Promises look at the latter. */
  serviceQuantile: z.union([z.literal(0.5), z.literal(0.8)], 'must be 0.5 or 0.8').default(0.5),
  /** Work takes this share less for each level an engineer has above the one needed. */
  quickerPerLevel: z.number().min(0).max(0.3).default(0),
  /** A plan that moves more agreed visits than this is not taken, unless it rescues what would be late or left out. */
  maxMoved: z.int().min(0).max(1_000).default(6),
});
export type DispatchSettings = z.infer<typeof DispatchSettings>;

/** What the service desk decides by; the false-order budget as it is until an operator sets it. Durations are milliseconds of the clock, except where the name says otherwise. */
export interface DispatchPolicy extends Readonly<FalseOrderBudget> {
  /** A predicted risk that stayed cleared this long withdraws its order. */
  readonly withdrawAfterMs: number;
  /** Without an alert to clear, the device must be available this long after the work. */
  readonly settleMs: number;
  /** A repair that telemetry did not confirm by then is visited again. */
  readonly verifyWithinMs: number;
  /** Observed devices that nothing is heard of for so long are judged by the clock instead of their own event time. */
  readonly observeQuietMs: number;
  /** Work of an order that names no failure mode. */
  readonly requestServiceMinutes: number;
  readonly planning: DispatchSettings & {
    readonly horizonMs: number;
    /** A visit that leaves within this is not moved any more. */
    readonly frozenMs: number;
    /** A burst of events inside this makes one run. */
    readonly debounceMs: number;
    /** Plans are looked at again at least this often, because time passes. */
    readonly everyMs: number;
    /** How far a day may run past its shift, at a cost. */
    readonly overtimeMs: number;
    /** Limits of one search: whichever is reached first. Real milliseconds, not clock time. */
    readonly iterations: number;
    readonly solveMilliseconds: number;
    readonly seed: number;
  };
  /** A reported position older than this is not believed. */
  readonly positionFreshMs: number;
}

export const defaultPolicy: DispatchPolicy = {
  falseOrdersPerDeviceMonth: 0.05,
  minProbability: 0.5,
  withdrawAfterMs: 15 * MINUTE,
  settleMs: 10 * MINUTE,
  verifyWithinMs: 90 * MINUTE,
  observeQuietMs: 6 * HOUR,
  requestServiceMinutes: 90,
  planning: {
    ...DispatchSettings.parse({}),
    horizonMs: 72 * HOUR,
    frozenMs: 20 * MINUTE,
    debounceMs: 20_000,
    everyMs: 10 * MINUTE,
    overtimeMs: 90 * MINUTE,
    iterations: 20_000,
    solveMilliseconds: 300,
    seed: 20_250_301,
  },
  positionFreshMs: 15 * MINUTE,
};

export function policyWith(changes: Partial<DispatchPolicy> = {}, settings?: DispatchSettings): DispatchPolicy {
  const planning = { ...defaultPolicy.planning, ...changes.planning, ...settings };
  const policy = { ...defaultPolicy, ...changes, planning };
  if (!(policy.falseOrdersPerDeviceMonth >= 0))
    throw new Error('policy.falseOrdersPerDeviceMonth must not be negative');
  if (!(policy.minProbability >= 0 && policy.minProbability <= 1))
    throw new Error('policy.minProbability must lie in 0..1');
  return policy;
}
