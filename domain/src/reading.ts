import { z } from 'zod';
import type { DeviceId } from './ids.ts';
import { Key } from './ids.ts';
import { Instant } from './time.ts';

/** A longer text is a document, not a measurement. */
export const MAX_TEXT = 1000;
export const Value = z.union([z.number(), z.string().max(MAX_TEXT), z.boolean()]);
export type Value = z.infer<typeof Value>;

/** A unit as a device writes it: kPa, °C, psi, %. */
export const Unit = z.string().max(32);

const refusePatientData = (values: Record<string, unknown>, ctx: z.RefinementCtx) => {
  for (const key of Object.keys(values))
    if (looksLikePatientData(key))
      ctx.addIssue({ code: 'custom', path: [key], message: 'looks like patient data, which is never accepted' });
};

/** Words that name a person in a medical record; telemetry has no business with them. */
export function looksLikePatientData(key: string): boolean {
  return /patient|birth_?date|birthday|dob$|mrn$|accession|id_?card|full_?name|患者|病人|姓名|身份证/i.test(key);
}

/**
 * One measurement moment. `ts`: the device's own time, ms; left out by simple devices, then the time of receipt counts.
 * `seq` grows by one a message and makes redelivery recognisable; optional too.
 */
export const TelemetryItem = z.strictObject({
  ts: Instant.optional(),
  seq: z.int().min(0).optional(),
  values: z
    .record(Key, Value)
    .refine((values) => Object.keys(values).length > 0, 'values is empty')
    .superRefine(refusePatientData),
  /** In what unit values are, by metric, where the device says so; compared with the model's and converted to it. */
  units: z.record(Key, Unit).superRefine(refusePatientData).optional(),
});
export type TelemetryItem = z.infer<typeof TelemetryItem>;

/** Payload of `…/telemetry`: one item or a batch, oldest first. */
export const TelemetryPayload = z.union([TelemetryItem, z.array(TelemetryItem).min(1).max(2000)]);
export type TelemetryPayload = z.infer<typeof TelemetryPayload>;

/** A stored reading; `position` is its place in the intake journal. */
export interface Reading {
  readonly deviceId: DeviceId;
  readonly ts: Instant;
  readonly seq: number | null;
  readonly values: Readonly<Record<string, Value>>;
}

/** Payload of `…/events`: something that happened on the device. `failure` and `replaced` are understood by the product. */
export const DeviceEventPayload = z.strictObject({
  ts: Instant.optional(),
  code: z.string().min(1).max(64),
  component: Key.optional(),
  severity: z.enum(['info', 'warning', 'error']).default('info'),
  text: z.string().max(500).optional(),
});
export type DeviceEventPayload = z.infer<typeof DeviceEventPayload>;

export const Activity = z.enum(['idle', 'exam', 'service', 'standby']);
export type Activity = z.infer<typeof Activity>;

/** Payload of `…/state` (retained; the last will says `offline`). What the device says about itself. */
export const DeviceStatePayload = z.strictObject({
  ts: Instant.optional(),
  status: z.enum(['up', 'partial', 'down', 'offline']),
  activity: Activity.optional(),
  cause: z.string().max(200).optional(),
});
export type DeviceStatePayload = z.infer<typeof DeviceStatePayload>;
