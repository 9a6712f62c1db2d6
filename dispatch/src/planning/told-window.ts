import { HOUR, type Instant, type Interval, MINUTE, type Visit } from '@uptower/domain';

/** The hospital is told a quarter of an hour before the planned start to an hour after it, longer where work before may run late. */
const EARLY_MS = 15 * MINUTE;
const LATE_MS = HOUR;

export function windowAround({ startAt, arriveBy }: Pick<Visit, 'startAt' | 'arriveBy'>): Interval {
  return { from: startAt - EARLY_MS, to: Math.max(startAt + LATE_MS, arriveBy ?? startAt) };
}

/** What was told of a visit; plans from before anything was told are taken to have told what such a plan tells now. */
export const toldOf = (visit: Visit): Interval => visit.told ?? windowAround(visit);

export const isWithin = ({ from, to }: Interval, at: Instant) => from <= at && at <= to;

/** A window told stands as long as work begins in it; else another has to be told. A slot the hospital chose is what it was told. */
export function toldNext(
  before: Visit | null,
  next: Pick<Visit, 'startAt' | 'arriveBy'>,
  slot: Interval | undefined,
): Interval {
  if (slot && isWithin(slot, next.startAt)) return { from: slot.from, to: slot.to };
  const told = before && toldOf(before);
  return told && isWithin(told, next.startAt) ? told : windowAround(next);
}
