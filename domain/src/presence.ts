import { z } from 'zod';
import { SiteId } from './ids.ts';
import { Severity } from './rule.ts';

/**
 * What can be wrong with being heard, each with evidence of its own:
 * `session-lost`: the device's own connection ended (closed, or its last will). `gateway-lost`: what carries several
 * devices is gone; one fact for all of them. `silent`: connected or not, it has not spoken for much longer than it
 * usually pauses. `sensor-stuck`: a value that used to vary repeats itself for much longer than it ever did.
 * `clock-jumped`: its time of day left ours, and it is neither late transport nor an emptied buffer.
 */
export const PRESENCE_FACTS = ['session-lost', 'gateway-lost', 'silent', 'sensor-stuck', 'clock-jumped'] as const;
export const PresenceFact = z.enum(PRESENCE_FACTS);
export type PresenceFact = z.infer<typeof PresenceFact>;

/** What one fact leads to on devices of a model. */
export const PresenceRule = z.strictObject({
  /** Whether it becomes an alert; the uptime ledger knows either way. */
  alert: z.boolean(),
  severity: Severity,
  /** How long it must last before it is worth an alert, seconds. */
  delaySeconds: z.number().min(0),
  /** Whether a work order may open by itself. Usually not: a cable is found by telephone. */
  order: z.boolean(),
});
export type PresenceRule = z.infer<typeof PresenceRule>;

/** As configured on a model; what is left out is the default. */
export const PresenceRules = z.partialRecord(PresenceFact, PresenceRule.partial());
export type PresenceRules = z.infer<typeof PresenceRules>;

/** A device that restarts or roams is back within minutes; a gateway keeps many from being seen. */
export const DEFAULT_PRESENCE: Readonly<Record<PresenceFact, PresenceRule>> = {
  'session-lost': { alert: true, severity: 'P3', delaySeconds: 300, order: false },
  'gateway-lost': { alert: true, severity: 'P2', delaySeconds: 120, order: false },
  silent: { alert: true, severity: 'P3', delaySeconds: 0, order: false },
  'sensor-stuck': { alert: true, severity: 'P3', delaySeconds: 0, order: false },
  'clock-jumped': { alert: true, severity: 'P3', delaySeconds: 0, order: false },
};

export function presenceRule(
  model: { readonly presence?: PresenceRules | undefined },
  fact: PresenceFact,
): PresenceRule {
  const { alert, severity, delaySeconds, order } = model.presence?.[fact] ?? {};
  const usual = DEFAULT_PRESENCE[fact];
  return {
    alert: alert ?? usual.alert,
    severity: severity ?? usual.severity,
    delaySeconds: delaySeconds ?? usual.delaySeconds,
    order: order ?? usual.order,
  };
}

/** Marks a finding that is about being heard, not about failing. */
export const PresenceMark = z.strictObject({
  fact: PresenceFact,
  /** False: no work order opens by itself; a person may open one. */
  order: z.boolean(),
  siteId: SiteId,
  /** How many devices this one cause hides; more than one for a gateway only. */
  devices: z.int().min(1),
});
export type PresenceMark = z.infer<typeof PresenceMark>;

/** Alerts about being heard live under component keys of their own, beside those of the model. */
export const PRESENCE_COMPONENTS = {
  connection: 'presence.connection',
  gateway: 'presence.gateway',
  sensors: 'presence.sensors',
  clock: 'presence.clock',
} as const;
export const isPresenceComponent = (component: string): boolean => component.startsWith('presence.');
