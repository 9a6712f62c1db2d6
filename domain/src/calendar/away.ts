import { z } from 'zod';
import { AbsenceId } from '../ids.ts';
import { Instant, Interval } from '../time.ts';
import { LocalDate } from './pattern.ts';

export const AbsenceKind = z.enum(['leave', 'sick', 'training', 'other']);
export type AbsenceKind = z.infer<typeof AbsenceKind>;

/** Whole days in the engineer's own zone, both included; they last 23 and 25 hours where clocks change. */
export const WholeDays = z
  .strictObject({ fromDay: LocalDate, toDay: LocalDate })
  .refine(({ fromDay, toDay }) => fromDay <= toDay, 'the last day must not be before the first');
export type WholeDays = z.infer<typeof WholeDays>;

const absence = {
  kind: AbsenceKind,
  when: z.union([Interval, WholeDays]),
  /** For the engineer and the manager only. */
  title: z.string().trim().max(200).default(''),
};

/** An engineer is away: leave, training, illness. */
export const Absence = z.strictObject({ id: AbsenceId, ...absence });
export type Absence = z.infer<typeof Absence>;
/** What is sent to add one. */
export const AbsenceBody = z.strictObject(absence);

/** A stretch that another calendar says is taken. */
export const BusyTime = z.strictObject({
  from: Instant,
  to: Instant,
  /** What it is called there; for the engineer and the manager only. */
  title: z.string().max(200),
});
export type BusyTime = z.infer<typeof BusyTime>;

/** Something of an imported calendar that could not be used. */
export const SetAside = z.strictObject({
  /** Of the event; empty where it has none. */
  uid: z.string().max(200),
  /** Line of the file, from 1. */
  line: z.int().min(1),
  reason: z.string().max(300),
});
export type SetAside = z.infer<typeof SetAside>;

/** What a reading of another calendar gave, of a limited period. */
export const BusyCopy = z.strictObject({
  period: Interval,
  busy: z.array(BusyTime).max(5_000),
  aside: z.array(SetAside).max(100),
  /** How many were set aside; `aside` has the first hundred. */
  asideCount: z.int().min(0),
});
export type BusyCopy = z.infer<typeof BusyCopy>;
