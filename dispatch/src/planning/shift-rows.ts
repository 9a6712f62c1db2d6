import { DAY, type Instant, type Interval, type Place } from '@uptower/domain';
import { awayTimes, merged, workingTimes } from '../availability/free-time.ts';
import { clipped, without } from '../availability/intervals.ts';
import { onCallTimes } from '../availability/on-call.ts';
import { overtimeOf } from '../availability/overtime.ts';
import type { DispatchPolicy } from '../policy.ts';
import type { PlainShift } from '../solver/plain.ts';
import type { PlannedEngineer } from './to-instance.ts';

export const floorSecond = (instant: Instant) => Math.floor(instant / 1_000);
export const ceilSecond = (instant: Instant) => Math.ceil(instant / 1_000);

type Planning = Pick<DispatchPolicy['planning'], 'horizonMs' | 'overtimeMs' | 'weights'>;

/** Hours of an engineer as a day of the solver: what is taken from it, and how far it may run over. */
interface Stretch extends Interval {
  readonly overtimeMs: number;
  readonly busy: readonly Interval[];
}

/** The working time that an engineer has left, as the solver's shifts; breaks, absences and busy time are unavailable. */
export function shiftsOfEngineer(
  planned: PlannedEngineer,
  now: Instant,
  policy: Planning,
  placeIndex: (place: Place, inside?: boolean) => number,
): PlainShift[] {
  return stretchesOf(planned, now, policy).flatMap((stretch) => shiftOf(stretch, planned, now, placeIndex));
}

function stretchesOf({ calendar, overtimeWorked }: PlannedEngineer, now: Instant, policy: Planning): Stretch[] {
  const times = workingTimes(calendar, now, now + policy.horizonMs);
  const overtimes = overtimeOf(calendar, times, policy.overtimeMs, overtimeWorked);
  return times.map((shift, i) => {
    const gap = (times[i + 1]?.from ?? Number.POSITIVE_INFINITY) - shift.to;
    const overtimeMs = floorSecond(Math.min(overtimes[i] ?? 0, gap)) * 1_000;
    // Also what is after the shift: nobody works overtime while away, nor such as is only thought of (relaxations.ts). Of an
    // absence of centuries only what is of this day.
    const away = clipped(
      awayTimes(calendar, shift.from, shift.to + overtimeMs),
      shift.from,
      shift.to + overtimeMs + DAY,
    );
    const busy = merged([...shift.busy, ...away]);
    return { from: shift.from, to: shift.to, overtimeMs, busy };
  });
}

/** A row for each rota an engineer is on duty in, after the regular hours with their overtime. No moment is in two rows. */
export function onCallRows(
  planned: PlannedEngineer,
  now: Instant,
  policy: Planning,
  placeIndex: (place: Place, inside?: boolean) => number,
): (PlannedEngineer & { readonly shifts: PlainShift[] })[] {
  const { calendar } = planned;
  if (calendar.rotas.length === 0) return [];
  const taken: Interval[] = stretchesOf(planned, now, policy).map(({ from, to, overtimeMs }) => ({
    from,
    to: to + overtimeMs,
  }));
  return calendar.rotas.flatMap((rota) => {
    const free = without(onCallTimes(calendar, rota, now, now + policy.horizonMs), taken);
    taken.push(...free);
    const shifts = free
      .flatMap((duty) => shiftOf({ ...duty, overtimeMs: 0, busy: [] }, planned, now, placeIndex))
      .map((shift) => ({ ...shift, fixedCost: policy.weights.callOut }));
    return shifts.length > 0 ? [{ ...planned, onCall: { area: rota.area }, shifts }] : [];
  });
}

function shiftOf(
  stretch: Stretch,
  { engineer, position, underway }: PlannedEngineer,
  now: Instant,
  placeIndex: (place: Place, inside?: boolean) => number,
): PlainShift[] {
  const home = placeIndex(engineer.home);
  const to = floorSecond(stretch.to);
  const present = stretch.from <= now;
  const from = ceilSecond(Math.max(stretch.from, now));
  const freeAt = underway ? ceilSecond(underway.until) : null;
  // Busy to the end of the shift and beyond: this one is over.
  if (from >= to || (freeAt !== null && freeAt >= to)) return [];
  const busy = freeAt !== null && freeAt > from && (present || underway!.until > stretch.from);
  const place = busy && underway ? underway.site : position;
  return [
    {
      startLocation: home,
      endLocation: home,
      from,
      to,
      overtimeSeconds: stretch.overtimeMs / 1_000,
      unavailable: stretch.busy.map((hole) => ({ from: floorSecond(hole.from), to: ceilSecond(hole.to) })),
      ...(busy && freeAt !== null ? { freeAt } : {}),
      ...(present || busy ? { freeAtLocation: placeIndex(place, busy && underway !== null) } : {}),
    },
  ];
}
