import { z } from 'zod';
import { EngineerId, PlanId, VisitId, WorkOrderId } from './ids.ts';
import { LocalText } from './text.ts';
import { Instant } from './time.ts';

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
});
export type Plan = z.infer<typeof Plan>;

export const PlanEvent = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('plan.committed'), plan: Plan }),
]);
export type PlanEvent = z.infer<typeof PlanEvent>;
