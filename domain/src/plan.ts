import { z } from 'zod';
import { EngineerId, PlanId, VisitId, WorkOrderId } from './ids.ts';
import { LocalText } from './text.ts';
import { Instant, Interval } from './time.ts';

/** One engineer going to one device once. Half-open times: leaves at departAt, is there at arriveAt, works [startAt, endAt). */
export const Visit = z.strictObject({
  id: VisitId,
  workOrderId: WorkOrderId,
  engineerId: EngineerId,
  departAt: Instant,
  arriveAt: Instant,
  startAt: Instant,
  endAt: Instant,
  /** The engineer is there by then four times in five, as far as the work before it is concerned. Left out in older plans. */
  arriveBy: Instant.optional(),
  /** When the hospital was told that work begins: it stands until another is told. Left out in older plans. */
  told: Interval.optional(),
  travelSeconds: z.int().min(0),
  travelMetres: z.int().min(0),
  /** Set by a dispatcher: the optimizer keeps engineer and start. */
  pinned: z.boolean(),
  /** Why this engineer, in words. */
  why: LocalText,
});
export type Visit = z.infer<typeof Visit>;

export const UnassignedReason = z.enum([
  'skill',
  'shift',
  'window',
  'travel',
  'absence',
  'capacity',
  'excluded',
  'part',
]);
export type UnassignedReason = z.infer<typeof UnassignedReason>;

const PlannedAt = z.strictObject({ engineerId: EngineerId, startAt: Instant });

/** Why a plan changed: what happened, and who or what made it happen. */
export const ChangeCause = z.strictObject({
  trigger: z.string().min(1).max(64),
  /** An account, or a part of the system. */
  actor: z.string().min(1).max(64),
  at: Instant,
  text: LocalText,
});
export type ChangeCause = z.infer<typeof ChangeCause>;

/**
 * What a change does to what the hospital was told.
 *   kept       work begins in the window told
 *   moved      another window has to be told; no deadline of the contract is missed that was kept before
 *   broken     a deadline of the contract is missed by it, or nobody comes any more
 *   withdrawn  nobody is needed any more
 */
export const PromiseVerdict = z.enum(['kept', 'moved', 'broken', 'withdrawn']);
export type PromiseVerdict = z.infer<typeof PromiseVerdict>;

/** What a plan changes for one order, against the plan before. */
export const PlanChange = z.strictObject({
  workOrderId: WorkOrderId,
  kind: z.enum(['placed', 'moved', 'removed']),
  from: PlannedAt.nullable(),
  to: PlannedAt.nullable(),
  cause: ChangeCause,
  /** Windows told, before and after. */
  promise: z.strictObject({ verdict: PromiseVerdict, before: Interval.nullable(), after: Interval.nullable() }),
});
export type PlanChange = z.infer<typeof PlanChange>;

/** A change as it is kept and served. */
export interface PlanChangeRecord extends PlanChange {
  /** 1, 2, 3 … over all plans. */
  readonly n: number;
  readonly planId: PlanId;
  readonly at: Instant;
}

/** A committed plan: it passed the independent checker. Costs are whole units with named terms that add up to `total`. */
export const Plan = z.strictObject({
  id: PlanId,
  committedAt: Instant,
  trigger: z.string().min(1).max(64),
  horizon: z.strictObject({ from: Instant, to: Instant }),
  visits: z.array(Visit),
  unassigned: z.array(z.strictObject({ workOrderId: WorkOrderId, reason: UnassignedReason, text: LocalText })),
  cost: z.record(z.string(), z.number()),
  moved: z.array(WorkOrderId),
  /** Left out in older plans. */
  changes: z.array(PlanChange).optional(),
});
export type Plan = z.infer<typeof Plan>;

export const PlanEvent = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('plan.committed'), plan: Plan }),
]);
export type PlanEvent = z.infer<typeof PlanEvent>;
