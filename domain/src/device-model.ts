import { z } from 'zod';
import { Key, ModelId, PartId } from './ids.ts';
import { PresenceRules } from './presence.ts';
import { Rule } from './rule.ts';
import { Skill } from './skill.ts';
import { LocalText } from './text.ts';

export const DeviceKind = z.enum([
  'mr',
  'ct',
  'dsa',
  'xray',
  'ultrasound',
  'ventilator',
  'analyser',
  'pacs-storage',
  'other',
]);
export type DeviceKind = z.infer<typeof DeviceKind>;

/** A measured quantity of a model. `counter` only grows (until a replacement); `gauge` goes both ways. */
export const Metric = z.strictObject({
  key: Key,
  name: LocalText,
  /** UCUM-style symbol as shown to people: kPa, °C, %, V, count, L/min. Empty for a bare number. */
  unit: z.string().max(16),
  kind: z.enum(['gauge', 'counter']),
  /** What the sensor can physically say; a reading outside is quarantined. */
  possible: z.strictObject({ min: z.number(), max: z.number() }).optional(),
});
export type Metric = z.infer<typeof Metric>;

export const Component = z.strictObject({ key: Key, name: LocalText });
export type Component = z.infer<typeof Component>;

/** One way in which a component fails, and what is done about it. */
export const FailureMode = z.strictObject({
  key: Key,
  component: Key,
  name: LocalText,
  skill: Skill,
  /** Usual work on site, minutes. */
  serviceMinutes: z.int().positive().max(1440),
  parts: z.array(PartId).max(10),
  steps: z
    .array(z.strictObject({ key: Key, name: LocalText }))
    .min(1)
    .max(20),
});
export type FailureMode = z.infer<typeof FailureMode>;

export const DeviceModel = z.strictObject({
  id: ModelId,
  kind: DeviceKind,
  name: LocalText,
  metrics: z.array(Metric).max(200),
  components: z.array(Component).max(50),
  failureModes: z.array(FailureMode).max(100),
  rules: z.array(Rule).max(200),
  /**
   * How often a healthy device speaks: silence of several intervals makes its state unknown, until the device's own
   * rhythm has been learned. Null: not known; judged by what is learned only.
   */
  reportingIntervalSeconds: z.number().positive().nullable(),
  /** What lost sessions, silence, stuck sensors and jumping clocks lead to; the defaults where left out. */
  presence: PresenceRules.optional(),
});
export type DeviceModel = z.infer<typeof DeviceModel>;

export function failureModeOf(model: DeviceModel, mode: string): FailureMode | undefined {
  return model.failureModes.find((candidate) => candidate.key === mode);
}
