/**
 * Why an engineer cannot take a visit, in the order they are asked: each question keeps the ones before it, and the first
 * that leaves no way is the answer.
 *   skill, level        does not know this kind of device, or not well enough
 *   excluded            this engineer may not go there
 *   required-other      somebody else has to go
 *   shift               no shift long enough is left
 *   window, release     no shift meets a time window, or none after the parts have come
 *   capacity            no shift it could be in has room for what it takes
 *   link                what it is tied to is not planned, has this engineer (or another), or leaves no moment
 *   travel              cannot get there and on to the next visit and home in time, or without too long a day
 *   unavailable         would fit but for leave and appointments
 */
export const REFUSALS = [
  'skill',
  'level',
  'excluded',
  'required-other',
  'shift',
  'window',
  'release',
  'capacity',
  'link',
  'travel',
  'unavailable',
] as const;
export type Refusal = (typeof REFUSALS)[number];

/** `cost`: there is room, but serving it costs more than leaving it out. `nobody`: there are no engineers at all. */
export type UnassignedReason = Refusal | 'cost' | 'nobody';

/** One visit with its explicit times: leave the place before, get here, begin, be done. Seconds on the instance's axis. */
export interface Stop {
  readonly visit: number;
  readonly departAt: number;
  readonly arriveAt: number;
  readonly startAt: number;
  readonly endAt: number;
}

export interface Route {
  readonly vehicle: number;
  readonly engineer: number;
  readonly stops: readonly Stop[];
  /** Leaves the last visit, and is at the end location. The same moment when the shift ends at the last visit. */
  readonly homeDepartAt: number;
  readonly homeAt: number;
}

export interface Unassigned {
  readonly visit: number;
  /** Of the engineers' refusals the one that came closest to a yes. */
  readonly reason: UnassignedReason;
}

export interface Plan {
  /** Only shifts with visits, in order of vehicle. */
  readonly routes: readonly Route[];
  /** In order of visit. */
  readonly unassigned: readonly Unassigned[];
}
