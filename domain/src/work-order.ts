import { z } from 'zod';
import { CurvePoint } from './finding.ts';
import { AlertId, DeviceId, EngineerId, HospitalId, Key, PartId, SiteId, WorkOrderId } from './ids.ts';
import { Visit } from './plan.ts';
import { ServicePromise } from './promise.ts';
import { Severity } from './rule.ts';
import { Skill } from './skill.ts';
import { LocalText } from './text.ts';
import { Instant, MINUTE } from './time.ts';

/**
 * The life of a work order (thin): received → scheduled → travelling → on-site → verifying → closed; cancelled from any
 * open state before work began; verifying falls back to received when telemetry does not confirm the repair. An engineer who
 * finds nothing wrong closes it at once.
 */
export const WorkOrderState = z.enum([
  'received',
  'scheduled',
  'travelling',
  'on-site',
  'verifying',
  'closed',
  'cancelled',
]);
export type WorkOrderState = z.infer<typeof WorkOrderState>;

/** The stages a hospital sees, in order, in plain words. */
export const STAGES = ['received', 'scheduled', 'travelling', 'on-site', 'verifying', 'closed'] as const;
export type Stage = (typeof STAGES)[number];

/** Where the order came from. */
export const OrderSource = z.enum(['prediction', 'portal', 'remote-engineer']);
export type OrderSource = z.infer<typeof OrderSource>;

/** The prediction an order was opened for, as it stood then: what the record is kept of. */
export const OrderClaim = z.strictObject({
  ruleId: Key,
  ruleName: LocalText,
  /** P(fail within the horizon), as claimed. */
  probability: z.number().min(0).max(1),
  horizonHours: z.number().positive(),
});
export type OrderClaim = z.infer<typeof OrderClaim>;

/** What the order is about and needs; fixed when it is opened. */
export const OrderFacts = z.strictObject({
  id: WorkOrderId,
  number: z.string().min(1).max(32),
  source: OrderSource,
  deviceId: DeviceId,
  siteId: SiteId,
  hospitalId: HospitalId,
  component: Key.nullable(),
  failureMode: Key.nullable(),
  alertId: AlertId.nullable(),
  priority: Severity,
  title: LocalText,
  note: z.string().max(2000).nullable(),
  skill: Skill,
  /** Work on site as the catalogue has it. */
  serviceMinutes: z.int().positive(),
  /**
   * The same learned from such repairs until the order was opened: half of them are expected to be done within `p50Minutes`,
   * four in five within `p80Minutes`. Left out in orders nobody is sent for.
   */
  workTime: z
    .strictObject({ p50Minutes: z.int().positive(), p80Minutes: z.int().positive(), repairs: z.int().min(0) })
    .optional(),
  steps: z.array(z.strictObject({ key: Key, name: LocalText })),
  parts: z.array(PartId),
  openedAt: Instant,
  /** `observe` orders are for the record: opened, graded, never visited. */
  service: z.enum(['full', 'observe']),
  /** Left out where the order was opened for no prediction of a failure. */
  claim: OrderClaim.optional(),
});
export type OrderFacts = z.infer<typeof OrderFacts>;

/** What a hospital said of a device that somebody was already going to. */
export const Report = z.strictObject({
  at: Instant,
  by: z.string().min(1).max(64),
  text: z.string().max(2000),
  impact: z.enum(['down', 'limited', 'question']),
});
export type Report = z.infer<typeof Report>;

/** An hour the hospital chose: work begins between the two moments. */
export const PromisedSlot = z.strictObject({
  from: Instant,
  to: Instant,
  promisedAt: Instant,
  by: z.string().min(1).max(64),
});
export type PromisedSlot = z.infer<typeof PromisedSlot>;

/** A part sent to the site for this order. `arrivesAt` null: reserved, and nobody knows when it comes. */
export const ExpectedPart = z.strictObject({
  partId: PartId,
  quantity: z.int().positive(),
  arrivesAt: Instant.nullable(),
});
export type ExpectedPart = z.infer<typeof ExpectedPart>;

const base = {
  ...OrderFacts.shape,
  promises: z.array(ServicePromise),
  /** P(fail by t) as last told by the predictor; empty for reported faults. */
  curve: z.array(CurvePoint),
  probability: z.number().min(0).max(1).nullable(),
  /** How many visits were made before the present one. */
  visitsMade: z.int().min(0),
  /** When each stage was last entered. */
  entered: z.partialRecord(WorkOrderState, Instant),
  stepsDone: z.array(z.strictObject({ key: Key, at: Instant })),
  partsUsed: z.array(z.strictObject({ partId: PartId, quantity: z.int().positive() })),
  /** Requests of the hospital that came while the order was open, oldest first. */
  reports: z.array(Report),
  /** Holds for the next visit; gone when that was made. */
  slot: PromisedSlot.optional(),
  /** By part, what the next visit waits for. */
  partsExpected: z.array(ExpectedPart).optional(),
  /** When the engineer should have set out, where plans since then only put it off to the present moment. */
  departureDue: Instant.optional(),
  /** Who should have set out for the visit, and did not. */
  missedBy: z.array(EngineerId).optional(),
  /** Of an engineer who should have arrived, or be done: not before this, as far as one can tell. */
  lateUntil: Instant.optional(),
};

/** `no-fault-found` (NFF): looked at, nothing wrong, nothing changed. */
export const Outcome = z.enum(['fixed', 'cannot-finish', 'no-fault-found']);
export type Outcome = z.infer<typeof Outcome>;

/**
 * How we know that an order is over: seen in telemetry; failed as foreseen (observed devices); the horizon passed without
 * failure; the part was changed; an engineer found nothing wrong.
 */
export const ClosedBecause = z.enum([
  'confirmed-by-telemetry',
  'device-failed',
  'horizon-passed',
  'replaced',
  'no-fault-found',
]);
export type ClosedBecause = z.infer<typeof ClosedBecause>;

export const WorkOrder = z.discriminatedUnion('state', [
  z.strictObject({ state: z.literal('received'), ...base }),
  z.strictObject({ state: z.literal('scheduled'), ...base, visit: Visit }),
  z.strictObject({ state: z.literal('travelling'), ...base, visit: Visit, departedAt: Instant }),
  z.strictObject({ state: z.literal('on-site'), ...base, visit: Visit, arrivedAt: Instant }),
  z.strictObject({
    state: z.literal('verifying'),
    ...base,
    visit: Visit,
    finishedAt: Instant,
    finishedBy: EngineerId,
    workNote: z.string().nullable(),
  }),
  z.strictObject({
    state: z.literal('closed'),
    ...base,
    visit: Visit.nullable(),
    closedAt: Instant,
    closedBecause: ClosedBecause,
  }),
  z.strictObject({ state: z.literal('cancelled'), ...base, cancelledAt: Instant, reason: z.string() }),
]);
export type WorkOrder = z.infer<typeof WorkOrder>;
export type OpenWorkOrder = Exclude<WorkOrder, { state: 'closed' | 'cancelled' }>;

const ref = { workOrderId: WorkOrderId, at: Instant };

export const WorkOrderEvent = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('work-order.opened'),
    ...ref,
    facts: OrderFacts,
    promises: z.array(ServicePromise),
    curve: z.array(CurvePoint),
    probability: z.number().nullable(),
  }),
  /** The predictor changed its mind about risk. Promises are those that hold from now on, at the priority it now has. */
  z.strictObject({
    type: z.literal('work-order.risk-changed'),
    ...ref,
    curve: z.array(CurvePoint),
    probability: z.number(),
    priority: Severity,
    promises: z.array(ServicePromise),
  }),
  /** The hospital asked for service again; priority and promises are those that hold from now on. */
  z.strictObject({
    type: z.literal('work-order.report-joined'),
    ...ref,
    ...Report.shape,
    priority: Severity,
    promises: z.array(ServicePromise),
  }),
  z.strictObject({
    type: z.literal('work-order.slot-promised'),
    ...ref,
    ...PromisedSlot.omit({ promisedAt: true }).shape,
  }),
  z.strictObject({ type: z.literal('work-order.slot-withdrawn'), ...ref, by: z.string(), reason: z.string() }),
  /** What is known of a part on its way to the site; quantity 0: it is not waited for any more. */
  z.strictObject({
    type: z.literal('work-order.part-expected'),
    ...ref,
    by: z.string(),
    partId: PartId,
    quantity: z.int().min(0),
    arrivesAt: Instant.nullable(),
  }),
  z.strictObject({ type: z.literal('work-order.scheduled'), ...ref, visit: Visit }),
  z.strictObject({ type: z.literal('work-order.unscheduled'), ...ref, reason: z.string() }),
  /** Somebody should have set out, arrived or finished a while ago. `until`: when that is expected now, or looked at again. */
  z.strictObject({
    type: z.literal('work-order.overdue'),
    ...ref,
    engineerId: EngineerId,
    what: z.enum(['departure', 'arrival', 'finish']),
    until: Instant,
  }),
  z.strictObject({ type: z.literal('work-order.departed'), ...ref, by: EngineerId }),
  z.strictObject({ type: z.literal('work-order.arrived'), ...ref, by: EngineerId }),
  z.strictObject({ type: z.literal('work-order.step-completed'), ...ref, by: EngineerId, step: Key }),
  z.strictObject({
    type: z.literal('work-order.part-used'),
    ...ref,
    by: EngineerId,
    partId: PartId,
    quantity: z.int().positive(),
  }),
  z.strictObject({
    type: z.literal('work-order.work-finished'),
    ...ref,
    by: EngineerId,
    outcome: Outcome,
    note: z.string().nullable(),
    deviceId: DeviceId,
    component: Key.nullable(),
  }),
  z.strictObject({ type: z.literal('work-order.not-confirmed'), ...ref, reason: z.string() }),
  z.strictObject({
    type: z.literal('work-order.closed'),
    ...ref,
    because: ClosedBecause,
  }),
  z.strictObject({ type: z.literal('work-order.cancelled'), ...ref, by: z.string(), reason: z.string() }),
]);
export type WorkOrderEvent = z.infer<typeof WorkOrderEvent>;

type Base = Pick<WorkOrder, keyof typeof base>;

function baseOf(order: WorkOrder): Base {
  return Object.fromEntries(Object.keys(base).map((key) => [key, order[key as keyof Base]])) as unknown as Base;
}

const settle = (promises: readonly ServicePromise[], kind: ServicePromise['kind'], at: Instant) =>
  promises.map((promise) =>
    promise.kind === kind && promise.settledAt === null ? { ...promise, settledAt: at } : promise,
  );

const enter = (order: Base, state: WorkOrderState, at: Instant): Base => ({
  ...order,
  entered: { ...order.entered, [state]: at },
});

/** What was chosen while the device worked does not hold any more when it fails: somebody comes as soon as can be. */
const slotAt = ({ slot, priority: before }: WorkOrder, priority: Severity) =>
  priority === 'P1' && before !== 'P1' ? undefined : slot;

/** A plan made this soon before somebody leaves says no more than "now". */
const NOW_MS = 20 * MINUTE;

/** Plans are made all day long, and each says of whoever has not left yet that it is time to: that is no later departure. */
function departureDue(before: WorkOrder, visit: Visit, at: Instant): Instant | undefined {
  if (before.state !== 'scheduled' || before.visit.engineerId !== visit.engineerId || visit.pinned) return undefined;
  const due = before.departureDue ?? before.visit.departAt;
  return due <= at && visit.departAt <= at + NOW_MS ? due : undefined;
}

/** Folds one event into the order. Pure; throws on an event that cannot follow (a broken log). */
export function evolveWorkOrder(order: WorkOrder | undefined, event: WorkOrderEvent): WorkOrder {
  if (event.type === 'work-order.opened')
    return {
      state: 'received',
      ...event.facts,
      promises: event.promises,
      curve: event.curve,
      probability: event.probability,
      visitsMade: 0,
      entered: { received: event.at },
      stepsDone: [],
      partsUsed: [],
      reports: [],
    };
  if (!order) throw new Error(`${event.type} for an order that was never opened: ${event.workOrderId}`);
  const kept = baseOf(order);
  const wrong = () => new Error(`${event.type} cannot follow state ${order.state} of ${order.id}`);
  switch (event.type) {
    case 'work-order.risk-changed':
      return {
        ...order,
        curve: event.curve,
        probability: event.probability,
        priority: event.priority,
        promises: event.promises,
        slot: slotAt(order, event.priority),
      };
    case 'work-order.report-joined': {
      if (!canJoin(order)) throw wrong();
      const { at, by, text, impact, priority, promises } = event;
      return {
        ...order,
        priority,
        promises,
        slot: slotAt(order, priority),
        reports: [...order.reports, { at, by, text, impact }],
      };
    }
    case 'work-order.slot-promised': {
      if (order.state !== 'received' && order.state !== 'scheduled') throw wrong();
      const { from, to, by, at } = event;
      return { ...order, slot: { from, to, by, promisedAt: at } };
    }
    case 'work-order.slot-withdrawn':
      return { ...order, slot: undefined };
    case 'work-order.part-expected': {
      const { partId, quantity, arrivesAt } = event;
      const others = (order.partsExpected ?? []).filter((part) => part.partId !== partId);
      return { ...order, partsExpected: quantity === 0 ? others : [...others, { partId, quantity, arrivesAt }] };
    }
    case 'work-order.scheduled':
      if (order.state !== 'received' && order.state !== 'scheduled') throw wrong();
      return {
        ...(order.state === 'received' ? enter(kept, 'scheduled', event.at) : kept),
        state: 'scheduled',
        visit: event.visit,
        departureDue: departureDue(order, event.visit, event.at),
      };
    case 'work-order.unscheduled':
      if (order.state !== 'scheduled') throw wrong();
      return { ...enter({ ...kept, departureDue: undefined }, 'received', event.at), state: 'received' };
    case 'work-order.overdue':
      if (event.what !== 'departure') return { ...order, lateUntil: event.until };
      return { ...order, missedBy: [...new Set([...(order.missedBy ?? []), event.engineerId])] };
    case 'work-order.departed':
      if (order.state !== 'scheduled') throw wrong();
      return {
        ...enter({ ...kept, departureDue: undefined }, 'travelling', event.at),
        state: 'travelling',
        visit: order.visit,
        departedAt: event.at,
      };
    case 'work-order.arrived': {
      if (order.state !== 'travelling') throw wrong();
      const promises = settle(kept.promises, 'response', event.at);
      const at = enter({ ...kept, promises, missedBy: undefined, lateUntil: undefined }, 'on-site', event.at);
      return { ...at, state: 'on-site', visit: order.visit, arrivedAt: event.at };
    }
    case 'work-order.step-completed':
      if (order.state !== 'on-site') throw wrong();
      return { ...order, stepsDone: [...order.stepsDone, { key: event.step, at: event.at }] };
    case 'work-order.part-used':
      if (order.state !== 'on-site') throw wrong();
      return { ...order, partsUsed: [...order.partsUsed, { partId: event.partId, quantity: event.quantity }] };
    case 'work-order.work-finished':
      if (order.state !== 'on-site') throw wrong();
      kept.lateUntil = undefined;
      if (event.outcome === 'cannot-finish')
        return {
          ...enter({ ...kept, visitsMade: kept.visitsMade + 1, stepsDone: [], slot: undefined }, 'received', event.at),
          state: 'received',
        };
      if (event.outcome === 'no-fault-found') {
        const promises = settle(kept.promises, 'resolution', event.at);
        return {
          ...enter({ ...kept, promises, visitsMade: kept.visitsMade + 1 }, 'closed', event.at),
          ...{ state: 'closed', visit: order.visit, closedAt: event.at, closedBecause: 'no-fault-found' },
        };
      }
      return {
        ...enter({ ...kept, visitsMade: kept.visitsMade + 1 }, 'verifying', event.at),
        state: 'verifying',
        visit: order.visit,
        finishedAt: event.at,
        finishedBy: event.by,
        workNote: event.note,
      };
    case 'work-order.not-confirmed':
      if (order.state !== 'verifying') throw wrong();
      return { ...enter({ ...kept, stepsDone: [], slot: undefined }, 'received', event.at), state: 'received' };
    case 'work-order.closed': {
      const done = enter({ ...kept, promises: settle(kept.promises, 'resolution', event.at) }, 'closed', event.at);
      return {
        ...done,
        state: 'closed',
        visit: 'visit' in order ? order.visit : null,
        closedAt: event.at,
        closedBecause: event.because,
      };
    }
    case 'work-order.cancelled':
      return { ...enter(kept, 'cancelled', event.at), state: 'cancelled', cancelledAt: event.at, reason: event.reason };
  }
}

export type WorkOrderCommand =
  | { readonly type: 'depart'; readonly by: EngineerId }
  | { readonly type: 'arrive'; readonly by: EngineerId }
  | { readonly type: 'complete-step'; readonly by: EngineerId; readonly step: Key }
  | { readonly type: 'use-part'; readonly by: EngineerId; readonly partId: PartId; readonly quantity: number }
  | { readonly type: 'finish'; readonly by: EngineerId; readonly outcome: Outcome; readonly note: string | null }
  | { readonly type: 'cancel'; readonly by: string; readonly reason: string };

export type WorkOrderRefusal =
  | 'order-wrong-state'
  | 'order-not-yours'
  | 'step-unknown'
  | 'step-already-done'
  | 'steps-missing'
  | 'parts-were-used';

/** What somebody may do with the order now: the events, or the reason it is refused. Pure. */
export function decideWorkOrder(
  order: WorkOrder,
  command: WorkOrderCommand,
  now: Instant,
): WorkOrderEvent[] | WorkOrderRefusal {
  const at = { workOrderId: order.id, at: now };
  if (command.type === 'cancel') {
    if (order.state !== 'received' && order.state !== 'scheduled') return 'order-wrong-state';
    return [{ type: 'work-order.cancelled', ...at, by: command.by, reason: command.reason }];
  }
  if (!('visit' in order) || order.visit === null || order.state === 'closed' || order.state === 'verifying')
    return 'order-wrong-state';
  if (order.visit.engineerId !== command.by) return 'order-not-yours';
  switch (command.type) {
    case 'depart':
      if (order.state !== 'scheduled') return 'order-wrong-state';
      return [{ type: 'work-order.departed', ...at, by: command.by }];
    case 'arrive':
      if (order.state !== 'travelling') return 'order-wrong-state';
      return [{ type: 'work-order.arrived', ...at, by: command.by }];
    case 'complete-step':
      if (order.state !== 'on-site') return 'order-wrong-state';
      if (!order.steps.some((step) => step.key === command.step)) return 'step-unknown';
      if (order.stepsDone.some((step) => step.key === command.step)) return 'step-already-done';
      return [{ type: 'work-order.step-completed', ...at, by: command.by, step: command.step }];
    case 'use-part':
      if (order.state !== 'on-site') return 'order-wrong-state';
      return [
        { type: 'work-order.part-used', ...at, by: command.by, partId: command.partId, quantity: command.quantity },
      ];
    case 'finish': {
      if (order.state !== 'on-site') return 'order-wrong-state';
      const missing = order.steps.length - order.stepsDone.length;
      if (command.outcome === 'fixed' && missing > 0) return 'steps-missing';
      // Whoever changed a part found something; else an avoided failure would pass for a false order.
      if (command.outcome === 'no-fault-found' && order.partsUsed.length > 0) return 'parts-were-used';
      return [
        {
          type: 'work-order.work-finished',
          ...at,
          by: command.by,
          outcome: command.outcome,
          note: command.note,
          deviceId: order.deviceId,
          component: order.component,
        },
      ];
    }
  }
}

/**
 * Whether what a hospital reports now is about work still to be done. While a repair is being verified it is news: whoever
 * was there has left, and healthy telemetry of one component would close the order over what was said of another.
 */
export function canJoin(order: WorkOrder): boolean {
  return isOpen(order) && order.state !== 'verifying';
}

export function isOpen(order: WorkOrder): order is OpenWorkOrder {
  return order.state !== 'closed' && order.state !== 'cancelled';
}
