import { z } from 'zod';
import { DeviceId, Key, ModelId, SuppressionId } from './ids.ts';
import { DAY, Instant } from './time.ts';

/** Whose alarms: of one device, or of all devices of a model; of one rule only when it is named. */
export const SuppressionScope = z
  .strictObject({ deviceId: DeviceId.optional(), modelId: ModelId.optional(), ruleId: Key.optional() })
  .refine(({ deviceId, modelId }) => (deviceId === undefined) !== (modelId === undefined), 'name a device or a model');
export type SuppressionScope = z.infer<typeof SuppressionScope>;

/** ISA-18.2: an alarm that is taken out of service by a person; or an announced time of planned maintenance. */
export const SuppressionKind = z.enum(['out-of-service', 'maintenance']);
export type SuppressionKind = z.infer<typeof SuppressionKind>;

/**
 * Why an alarm calls nobody. By a person's suppression (`id`): `out-of-service`, `maintenance`. By what is known of the
 * device: `on-site` (an engineer works there), `service-mode` (it says so itself). By its rule: `by-design`.
 */
export const SuppressedBy = z.strictObject({
  kind: z.enum(['out-of-service', 'maintenance', 'on-site', 'service-mode', 'by-design']),
  id: SuppressionId.optional(),
});
export type SuppressedBy = z.infer<typeof SuppressedBy>;

const told = {
  kind: SuppressionKind,
  scope: SuppressionScope,
  reason: z.string().trim().min(3).max(500),
  /** Who answers for it, in words. */
  owner: z.string().trim().min(2).max(100),
  from: Instant,
  until: Instant,
};

/** In force in `[from, endedAt ?? until)`. */
export const Suppression = z.strictObject({
  id: SuppressionId,
  ...told,
  setAt: Instant,
  setBy: z.string(),
  /** The log has said that it began. */
  begun: z.boolean(),
  endedAt: Instant.nullable(),
  endedBy: z.string().nullable(),
});
export type Suppression = z.infer<typeof Suppression>;

export const SuppressionEvent = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('suppression.set'),
    suppressionId: SuppressionId,
    at: Instant,
    by: z.string(),
    ...told,
  }),
  /** Its time has come; said for one that was announced ahead. */
  z.strictObject({ type: z.literal('suppression.began'), suppressionId: SuppressionId, at: Instant }),
  /** Expired, or ended early by a person. */
  z.strictObject({ type: z.literal('suppression.ended'), suppressionId: SuppressionId, at: Instant, by: z.string() }),
]);
export type SuppressionEvent = z.infer<typeof SuppressionEvent>;

/** Body of `POST /api/v1/alarms/suppressions`. `from`: now when left out; `owner`: who sets it. */
export const SuppressBody = z.strictObject({
  ...told,
  owner: told.owner.optional(),
  from: Instant.optional(),
});
export type SuppressBody = z.infer<typeof SuppressBody>;

/** What is out of service longer is to be retired or repaired instead. */
export const LONGEST_SUPPRESSION = 366 * DAY;

/** Folds one event; undefined before it was set. Pure. */
export function evolveSuppression(before: Suppression | undefined, event: SuppressionEvent): Suppression {
  if (event.type === 'suppression.set') {
    const { suppressionId: id, at: setAt, by: setBy, kind, scope, reason, owner, from, until } = event;
    const begun = from <= setAt;
    return { ...{ id, kind, scope, reason, owner, from, until, setAt, setBy, begun }, endedAt: null, endedBy: null };
  }
  if (!before) throw new Error(`${event.type} for a suppression that was never set: ${event.suppressionId}`);
  if (event.type === 'suppression.began') return { ...before, begun: true };
  return { ...before, begun: true, endedAt: event.at, endedBy: event.by };
}

export type SuppressionRefusal = 'suppression-period' | 'suppression-ended';

/** What a person announces, as an event, or why not. `from` in the past means now: what was told is not taken back. Pure. */
export function decideSuppression(
  id: SuppressionId,
  body: SuppressBody & { readonly owner: string },
  by: string,
  now: Instant,
): SuppressionEvent | SuppressionRefusal {
  const from = Math.max(body.from ?? now, now);
  if (body.until <= from || body.until > from + LONGEST_SUPPRESSION) return 'suppression-period';
  const { kind, scope, reason, owner, until } = body;
  return { type: 'suppression.set', suppressionId: id, at: now, by, kind, scope, reason, owner, from, until };
}

/** Ends it now, before its time. Pure. */
export function decideSuppressionEnd(
  { id, endedAt, until }: Suppression,
  by: string,
  now: Instant,
): SuppressionEvent | SuppressionRefusal {
  if (endedAt !== null || until <= now) return 'suppression-ended';
  return { type: 'suppression.ended', suppressionId: id, at: now, by };
}

/** Until when it is, or was, in force. One that ended before it began never was. */
export const endOfSuppression = ({ from, until, endedAt }: Suppression): Instant =>
  Math.max(from, Math.min(until, endedAt ?? until));

export const isInForce = (suppression: Suppression, at: Instant): boolean =>
  suppression.from <= at && at < endOfSuppression(suppression);

export const isSuppressionEvent = (event: { readonly type: string }): event is SuppressionEvent =>
  event.type.startsWith('suppression.');
