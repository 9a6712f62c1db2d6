import { z } from 'zod';
import { ContractId, HospitalId } from './ids.ts';
import { LocalText } from './text.ts';

/** What was promised to a hospital. Money is in minor units (fen). */
export const Contract = z.strictObject({
  id: ContractId,
  hospitalId: HospitalId,
  name: LocalText,
  /** Contract uptime to keep, 0..1. */
  uptimeTarget: z.number().min(0).max(1),
  /** How much an hour in `partial` counts as down, 0..1. */
  partialWeight: z.number().min(0).max(1),
  /** What one hour down of a covered device costs in full clinical use, minor units. */
  downHourCost: z.int().min(0),
  /** Hours from the opening of an order to an engineer on site, and to restored service, by priority. */
  responseHours: z.strictObject({ P1: z.number().positive(), P2: z.number().positive(), P3: z.number().positive() }),
  resolutionHours: z.strictObject({ P1: z.number().positive(), P2: z.number().positive(), P3: z.number().positive() }),
});
export type Contract = z.infer<typeof Contract>;
