import { z } from 'zod';
import { Fingerprint } from './credential.ts';
import type { ErrorCode } from './errors.ts';
import { AlertId, DeviceId, EngineerId, HospitalId, Key, PartId, SiteId, WorkOrderId } from './ids.ts';
import { Place } from './place.ts';
import type { PlanChange, PlanChangeRecord } from './plan.ts';
import type { Severity } from './rule.ts';
import type { LocalText } from './text.ts';
import { Instant, NearInstant } from './time.ts';
import { Outcome } from './work-order.ts';

/** Bodies of `/api/v1/…`, one schema each; `docs/api.md` lists who may call what. */
export const SignInBody = z.strictObject({ username: z.string().min(1).max(64), password: z.string().min(1).max(200) });
export const ShelveBody = z.strictObject({ reason: z.string().trim().min(3).max(500), until: Instant });
/** As many as a site's devices that fall silent together. */
const alertIds = z.array(AlertId).min(1).max(2_000);
/** Several alerts at once, those of one group. */
export const AcknowledgeManyBody = z.strictObject({ ids: alertIds });
export const ShelveManyBody = z.strictObject({ ids: alertIds, ...ShelveBody.shape });
/** `password`: for one device or site that brings its own; without it each gets a generated one. */
export const IssueCredentialsBody = z
  .strictObject({
    devices: z.array(DeviceId).max(50_000).default([]),
    sites: z.array(SiteId).max(1_000).default([]),
    password: z.string().min(12, 'at least 12 characters').max(128).optional(),
  })
  .refine((body) => body.devices.length + body.sites.length > 0, 'name at least one device or site')
  .refine(
    (body) => body.password === undefined || body.devices.length + body.sites.length === 1,
    'a password is for one device or site',
  );
/** A client certificate speaks for one device or one site from now on. */
export const RegisterCertificateBody = z
  .strictObject({ fingerprint: Fingerprint, deviceId: DeviceId.optional(), siteId: SiteId.optional() })
  .refine((body) => (body.deviceId === undefined) !== (body.siteId === undefined), 'name a device or a site');
export const OpenOrderBody = z.strictObject({ alertId: AlertId, note: z.string().trim().max(2000).default('') });
/** A hospital asks for service. `impact`: down → P1, limited → P2, question → P3. */
export const ServiceRequestBody = z.strictObject({
  deviceId: DeviceId,
  impact: z.enum(['down', 'limited', 'question']),
  text: z.string().trim().min(3).max(2000),
});
export const CompleteStepBody = z.strictObject({ step: Key });
export const UsePartBody = z.strictObject({ partId: PartId, quantity: z.int().min(1).max(99) });
export const FinishBody = z.strictObject({
  outcome: Outcome,
  note: z.string().trim().max(2000).nullable().default(null),
});
export const CancelBody = z.strictObject({ reason: z.string().trim().min(3).max(500) });
export const PositionBody = z.strictObject({ place: Place, at: Instant });
/** A dispatcher puts a visit somewhere by hand; `pin` keeps the optimizer from moving it. */
export const MoveVisitBody = z.strictObject({
  workOrderId: WorkOrderId,
  engineerId: EngineerId,
  startAt: Instant,
  pin: z.boolean().default(true),
});
/** Which times a hospital can be promised for an order; all times of the plan where no limits are given. */
export const SlotsBody = z
  .strictObject({
    workOrderId: WorkOrderId,
    count: z.int().min(1).max(6).default(3),
    slotMinutes: z.int().min(30).max(480).default(120),
    from: Instant.optional(),
    to: Instant.optional(),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from < to, 'from must be before to');
export const AcceptSlotBody = z.strictObject({ workOrderId: WorkOrderId, from: Instant, to: Instant });
export const WithdrawSlotBody = z.strictObject({ workOrderId: WorkOrderId, reason: z.string().trim().min(3).max(500) });
/** A part on its way to the site. `arrivesAt` null: nobody knows when; quantity 0: it is not waited for any more. */
export const ExpectPartBody = z.strictObject({
  quantity: z.int().min(0).max(99).default(1),
  arrivesAt: NearInstant.nullable(),
});
/** Moves that are thought of: each order once. */
export const WhatIfBody = z.strictObject({
  moves: z
    .array(MoveVisitBody.omit({ pin: true }))
    .min(1)
    .max(20)
    .refine((moves) => new Set(moves.map(({ workOrderId }) => workOrderId)).size === moves.length, 'each order once'),
});
/** What plans changed, the newest first: of one order, or of all; `before`: older than that one. */
export const PlanChangesQuery = z.strictObject({
  orderId: WorkOrderId.optional(),
  before: z.coerce.number().pipe(z.int().min(1)).optional(),
  limit: z.coerce.number().pipe(z.int().min(1).max(200)).default(50),
});
export const SeriesQuery = z.strictObject({
  metric: Key,
  from: z.coerce.number().pipe(Instant),
  to: z.coerce.number().pipe(Instant),
  points: z.coerce.number().pipe(z.int().min(2).max(5000)).default(600),
});
/** Raw readings in `[from, to)`; when there are more, the newest `limit`. */
export const RecentQuery = z.strictObject({
  from: z.coerce.number().pipe(Instant),
  to: z.coerce.number().pipe(Instant),
  limit: z.coerce.number().pipe(z.int().min(1).max(10_000)).default(500),
});
/** Stored values in `[from, to)` as a file; of all devices and metrics unless some are named (the name repeated). */
export const ExportQuery = z.strictObject({
  from: z.coerce.number().pipe(Instant),
  to: z.coerce.number().pipe(Instant),
  device: z
    .union([DeviceId, z.array(DeviceId)])
    .transform((given) => [given].flat())
    .optional(),
  metric: z
    .union([Key, z.array(Key)])
    .transform((given) => [given].flat())
    .optional(),
  format: z.enum(['csv', 'parquet']).default('csv'),
});
/** A stretch of the uptime ledger; the last thirty days when left out. */
export const PeriodQuery = z.strictObject({
  from: z.coerce.number().pipe(Instant).optional(),
  to: z.coerce.number().pipe(Instant).optional(),
  hospitalId: HospitalId.optional(),
});

/** Answer of `POST /api/v1/alerts/acknowledge` and `shelve`: what could not be done is named, the rest is done. */
export interface ManyAlertsDone {
  readonly done: readonly AlertId[];
  readonly refused: readonly { readonly alertId: AlertId; readonly code: ErrorCode }[];
}

/** Answer of `POST /api/v1/plan/what-if`. Costs are fen by term, with their `total`. */
export interface WhatIfAnswer {
  readonly before: Readonly<Record<string, number>>;
  /** null where there is no such plan: outside of every shift. */
  readonly after: Readonly<Record<string, number>> | null;
  /** Hard rules that the moves would break; a move that breaks one is refused. */
  readonly violations: readonly { readonly path: string; readonly message: string; readonly text: LocalText }[];
  /** Who else is affected, and what becomes of what hospitals were told; the moved orders included. */
  readonly changes: readonly Omit<PlanChange, 'cause'>[];
}

/** Answer of `GET /api/v1/plan/changes`; `next`: what to ask `before` for the page after this one, null on the last. */
export interface PlanChangesPage {
  readonly changes: readonly PlanChangeRecord[];
  readonly next: number | null;
}

/** Answer of `POST /api/v1/credentials`: the secret is shown once and never stored. */
export interface IssuedCredential {
  readonly username: string;
  readonly password: string;
  readonly siteId: string;
  readonly deviceId: string | null;
}

/** A row of `GET /api/v1/credentials`: who may connect, and by what. */
export interface CredentialView {
  readonly username: string;
  readonly hasPassword: boolean;
  /** SHA-256 of its client certificates. */
  readonly certificates: readonly string[];
}

/** `impact` of a service request as a priority. */
export const PRIORITY_OF_IMPACT: Record<'down' | 'limited' | 'question', z.infer<typeof Severity>> = {
  down: 'P1',
  limited: 'P2',
  question: 'P3',
};
