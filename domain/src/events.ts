import { z } from 'zod';
import { Role } from './access.ts';
import { type AlertEvent, LateData } from './alert.ts';
import { Availability } from './availability.ts';
import type { CalendarEvent } from './calendar/events.ts';
import type { BudgetSet } from './false-order-budget.ts';
import { AccountId, DeviceId, EngineerId, HospitalId, Key } from './ids.ts';
import type { LearnedModelAdded, LearnedModelRemoved } from './learned-model.ts';
import type { PlanEvent } from './plan.ts';
import type { PredictionEvent } from './prediction-version.ts';
import type { CostsSet } from './record/api.ts';
import type { RegistryEvent } from './registry.ts';
import type { SuppressionEvent } from './suppression.ts';
import { LocalText } from './text.ts';
import { Instant } from './time.ts';
import type { WorkOrderEvent } from './work-order.ts';

/** From `at` on, the device is in `state`. */
export const AvailabilityChanged = z.strictObject({
  type: z.literal('availability.changed'),
  deviceId: DeviceId,
  at: Instant,
  state: Availability,
  cause: z.string().min(1).max(64),
  journalPosition: z.int().nullable(),
  /** When this server heard the device again, where this ends a time of which nothing was known. */
  heardAt: Instant.optional(),
});
export type AvailabilityChanged = z.infer<typeof AvailabilityChanged>;

/** Late data: what the ledger says from `from` on takes the place of what it said before, which stays in the log. */
export const AvailabilityAmended = z.strictObject({
  type: z.literal('availability.amended'),
  deviceId: DeviceId,
  /** When that was decided, by this server's clock. */
  at: Instant,
  /** From here on the ledger is as in `entries`. */
  from: Instant,
  /** In order of time; each lasts until the next. */
  entries: z.array(z.strictObject({ from: Instant, state: Availability, cause: z.string().min(1).max(64) })).min(1),
  /** What the ledger said of that time before. */
  before: z.array(z.strictObject({ from: Instant, state: Availability, cause: z.string().min(1).max(64) })),
  late: LateData,
  journalPosition: z.int(),
});
export type AvailabilityAmended = z.infer<typeof AvailabilityAmended>;

/** A device reported that a component failed or was replaced: the truth that orders are graded against. */
export const DeviceFact = z.strictObject({
  type: z.literal('device.fact'),
  deviceId: DeviceId,
  component: Key,
  fact: z.enum(['failed', 'replaced']),
  at: Instant,
  journalPosition: z.int(),
  /** Late data: takes the place of the same fact as it was told, which was of this time. */
  insteadOf: Instant.optional(),
});
export type DeviceFact = z.infer<typeof DeviceFact>;

export const AccountEvent = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('account.put'),
    id: AccountId,
    username: z.string().min(1).max(64),
    name: LocalText,
    role: Role,
    hospitalId: HospitalId.nullable(),
    engineerId: EngineerId.nullable(),
    /** argon2id. */
    passwordHash: z.string(),
    demo: z.boolean(),
  }),
  /** Somebody signed out: the session's token is void although it has not expired. */
  z.strictObject({ type: z.literal('session.ended'), sessionId: z.string(), at: Instant }),
]);
export type AccountEvent = z.infer<typeof AccountEvent>;

/** Everything the event log holds. */
export type UptowerEvent =
  | RegistryEvent
  | AlertEvent
  | SuppressionEvent
  | AvailabilityChanged
  | AvailabilityAmended
  | DeviceFact
  | WorkOrderEvent
  | PlanEvent
  | CalendarEvent
  | BudgetSet
  | PredictionEvent
  | CostsSet
  | LearnedModelAdded
  | LearnedModelRemoved
  | AccountEvent;

/** Stream names: one stream per thing whose changes must not race. */
export const streams = {
  registry: 'registry',
  alert: (deviceId: string, component: string) => `alert/${deviceId}/${component}`,
  suppression: (id: string) => `suppression/${id}`,
  availability: (deviceId: string) => `availability/${deviceId}`,
  facts: (deviceId: string) => `facts/${deviceId}`,
  workOrder: (id: string) => `work-order/${id}`,
  plan: 'plan',
  calendar: (engineerId: string) => `calendar/${engineerId}`,
  calendarRules: 'calendar-rules',
  predictionBudget: 'prediction-budget',
  prediction: (modelId: string) => `prediction/${modelId}`,
  predictionCosts: 'prediction-costs',
  learnedModel: (id: string) => `learned-model/${id}`,
  account: (id: string) => `account/${id}`,
};
