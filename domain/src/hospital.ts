import { z } from 'zod';
import { ClinicalUse } from './clinical-use.ts';
import { EngineerId, HospitalId, SiteId } from './ids.ts';
import { Place } from './place.ts';
import { LocalText } from './text.ts';
import { TimeZone } from './time.ts';

/** The customer: an organisation with one or more sites. */
export const Hospital = z.strictObject({ id: HospitalId, name: LocalText });
export type Hospital = z.infer<typeof Hospital>;

/** A place with equipment; has the coordinates and the time zone everything at it is planned in. */
export const Site = z.strictObject({
  id: SiteId,
  hospitalId: HospitalId,
  name: LocalText,
  place: Place,
  /** IANA zone, for example Asia/Shanghai. */
  timeZone: TimeZone,
  /** Local hours in which an engineer is let in, minutes after midnight, half-open; 0..1440 is always. */
  access: z.strictObject({ fromMinute: z.int().min(0).max(1440), toMinute: z.int().min(0).max(1440) }),
  /** Parking, signing in, gowning: minutes from the gate to the first device, once for all work done there in a row. */
  setupMinutes: z.int().min(0).max(240).optional(),
  /** Local hours in which it would rather have planned work begin; others are possible. */
  preferredHours: z
    .strictObject({ fromMinute: z.int().min(0).max(1440), toMinute: z.int().min(0).max(1440) })
    .optional(),
  /** Whom the site would like to see; others may come. */
  preferredEngineers: z.array(EngineerId).max(20).optional(),
  /** Of its devices that have none of their own. Left out: full use at any hour. */
  clinicalUse: ClinicalUse.optional(),
});
export type Site = z.infer<typeof Site>;
