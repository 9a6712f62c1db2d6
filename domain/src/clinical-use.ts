import { z } from 'zod';

/** Part of a week. It may run over midnight (20:00 to 06:00); the weekdays are those it begins on. */
const UseHours = z.strictObject({
  /** 1 Monday … 7 Sunday. */
  weekdays: z.array(z.int().min(1).max(7)).min(1).max(7),
  /** Local to the site, minutes after midnight, half-open; 0..1440 is the whole day. */
  fromMinute: z.int().min(0).max(1440),
  toMinute: z.int().min(0).max(1440),
  share: z.number().min(0).max(1),
});

/**
 * How much of an hour down is missed by patients, by hour of the week: 1 where the device is in full use, 0 where nobody would
 * notice. Where hours overlap the greatest share counts.
 */
export const ClinicalUse = z.strictObject({
  hours: z.array(UseHours).max(50),
  /** At any other time. */
  otherwise: z.number().min(0).max(1),
});
export type ClinicalUse = z.infer<typeof ClinicalUse>;
