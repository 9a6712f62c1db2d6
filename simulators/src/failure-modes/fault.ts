import { HOUR, type Instant, MINUTE } from '@uptower/domain';
import { z } from 'zod';

/** A hidden fault of one component: born unseen, grows, fails unless repaired. Only physics and the truth file know it. */
export const Fault = z.strictObject({
  id: z.string(),
  deviceId: z.string(),
  /** Key of the failure mode in the device's model. */
  mode: z.string(),
  onset: z.int(),
  failsAt: z.int(),
  convexity: z.number().positive(),
  failedAt: z.int().nullable(),
  repairedAt: z.int().nullable(),
  /** How many repairs were tried in vain. */
  vainRepairs: z.int().min(0),
  /** Script: this many repairs do not help, whatever chance says. Null: chance decides. */
  scriptedVainRepairs: z.int().min(0).nullable(),
});
export type Fault = z.infer<typeof Fault>;

/**
 * How far the component is gone, 0 sound … 1 failed: ((t − onset) / life) ^ convexity. Wear feeds on itself (a rough
 * bearing makes debris, a hot capacitor ages faster), so exponents above 1 are the rule (Paris' law of crack growth has
 * the same shape in its middle stage).
 */
export function degradation(fault: Fault, at: Instant): number {
  if (at <= fault.onset) return 0;
  const share = Math.min(1, (at - fault.onset) / (fault.failsAt - fault.onset));
  return share ** fault.convexity;
}

/** What metrics still show: degradation until the repair, then back with the mode's time constant. */
export function visibleDegradation(fault: Fault, at: Instant, recoveryMinutes: number): number {
  if (fault.repairedAt === null || at <= fault.repairedAt) return degradation(fault, at);
  const sinceMinutes = (at - fault.repairedAt) / MINUTE;
  return degradation(fault, fault.repairedAt) * Math.exp(-sinceMinutes / recoveryMinutes);
}

/** Degradation that happened and never goes back: what counters have counted. */
export function lastingDegradation(fault: Fault, at: Instant): number {
  return degradation(fault, Math.min(at, fault.repairedAt ?? at));
}

/** A repaired fault is kept as long as its traces can be seen, then only its counts are. */
export const TRACE_KEPT = 12 * HOUR;
