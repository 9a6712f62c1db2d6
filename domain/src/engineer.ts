import { z } from 'zod';
import { EngineerId, HospitalId, PartId } from './ids.ts';
import { Place } from './place.ts';
import { Skill } from './skill.ts';
import { LocalText } from './text.ts';
import { Interval, TimeZone } from './time.ts';

/** A weekly working pattern in the engineer's own zone. `weekday` 1 Monday … 7 Sunday; minutes after local midnight, half-open. */
export const Shift = z
  .strictObject({
    weekday: z.int().min(1).max(7),
    fromMinute: z.int().min(0).max(1439),
    toMinute: z.int().min(1).max(1440),
  })
  .refine((shift) => shift.fromMinute < shift.toMinute, 'a shift ends after it starts');
export type Shift = z.infer<typeof Shift>;

export const Engineer = z.strictObject({
  id: EngineerId,
  name: LocalText,
  home: Place,
  /** Where the engineer's days are counted. */
  timeZone: TimeZone,
  skills: z.array(Skill).max(30),
  shifts: z.array(Shift).max(21),
  /** Leave, training, other busy time. */
  absences: z.array(Interval).max(500),
  /** Parts in the van: part id → pieces. */
  vanStock: z.record(PartId, z.int().min(0)),
  /** Hospitals this engineer looks after before others. */
  territory: z.array(HospitalId).max(500).optional(),
});
export type Engineer = z.infer<typeof Engineer>;

export const Part = z.strictObject({ id: PartId, name: LocalText, unitCost: z.int().min(0) });
export type Part = z.infer<typeof Part>;
