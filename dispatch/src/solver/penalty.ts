import { serviceTime } from './eligibility.ts';
import type { PlainInstance, PlainShift, PlainVisit, Weights } from './plain.ts';

/** The last moment anything can happen in: a visit left out is charged as if it were still waiting then. */
export function horizonEnd(plain: PlainInstance): number {
  let end = Number.NEGATIVE_INFINITY;
  for (const engineer of plain.engineers) {
    for (const shift of engineer.shifts) end = Math.max(end, shift.to + (shift.overtimeSeconds ?? 0));
  }
  for (const visit of plain.visits) {
    if (visit.frozen === undefined) continue;
    end = Math.max(end, visit.frozen.startAt + serviceTime(visit, visit.frozen.engineer));
  }
  return end === Number.NEGATIVE_INFINITY ? 0 : end;
}

/** Cost of service starting after `due`. */
export function latenessCost(visit: PlainVisit, weights: Weights, startAt: number): number {
  if (visit.due === undefined) return 0;
  return weights.lateSecond * (visit.latePerSecond ?? 1) * Math.max(0, startAt - visit.due);
}

/** Cost of a visit waiting for service, by its priority alone. */
export function urgencyCost(visit: PlainVisit, weights: Weights, startAt: number): number {
  if (visit.waitingSince === undefined) return 0;
  return (weights.waitingSecondByPriority?.[visit.priority] ?? 0) * Math.max(0, startAt - visit.waitingSince);
}

/** Cost of a day of so many seconds: grows with its square, so that even days are cheaper. Rounded down to whole units. */
export function fairnessCost(weights: Weights, seconds: number): number {
  return Math.floor(((weights.unevenHours ?? 0) * seconds * seconds) / (3_600 * 3_600));
}

/** The area under the visit's cost rate from its first segment to the start of service. Never falls as `startAt` grows. */
export function downtimeCost(visit: PlainVisit, weights: Weights, startAt: number): number {
  const segments = visit.downtime ?? [];
  let cost = 0;
  segments.forEach(({ from, perSecond }, k) => {
    const to = Math.min(startAt, segments[k + 1]?.from ?? startAt);
    cost += perSecond * Math.max(0, to - from);
  });
  return weights.downtime * cost;
}

/**
 * What leaving one mandatory visit out costs: one more than everything else in the objective can add up to, so that no
 * saving elsewhere (and no number of optional visits) ever pays for it. Upper bounds, each term at its worst:
 *   travel         every leg the longest one, at the lowest speed; a plan has one leg a visit and one a shift to get home
 *   waiting        every visit starts at the end of the horizon
 *   overtime       every shift uses all it may, is out from its first second to its last, and has its fixed cost
 *   the rest       every visit is moved, served by the most over-qualified engineer, one nobody wished for, at a bad hour, or left out
 * Overtime and hours forced by frozen visits alone is the same in every plan and so plays no part.
 * Returns Infinity when a plan's cost could leave the range in which doubles count exactly (2^53).
 */
export function mandatoryPenalty(plain: PlainInstance): number {
  const { weights, visits, engineers } = plain;
  const end = horizonEnd(plain);
  const shifts = engineers.flatMap((engineer) => engineer.shifts);
  const slowest = Math.min(100, ...(plain.speeds?.profiles.flat() ?? []).map(({ percent }) => percent));
  const longestWay = Math.ceil((100 * largest(plain.travelSeconds)) / slowest);
  const legCost = weights.travelSecond * longestWay + weights.distanceMetre * largest(plain.distanceMetres ?? []);

  let bound = (visits.length + shifts.length) * legCost;
  for (const shift of shifts) {
    const overtime = shift.overtimeSeconds ?? 0;
    bound += weights.overtimeSecond * overtime + (shift.fixedCost ?? 0);
    bound += (weights.workSecond ?? 0) * Math.max(0, shift.to + overtime - shift.from);
    if (weights.unevenHours) bound += fairnessCost(weights, longestDay(plain, shift, end, longestWay));
  }
  for (const visit of visits) {
    bound += latenessCost(visit, weights, end) + downtimeCost(visit, weights, end) + urgencyCost(visit, weights, end);
    bound += visit.previous === undefined ? 0 : weights.churnPerMovedVisit;
    bound += 3 * (visit.skills?.length ?? 0) * weights.overQualifiedLevel;
    bound += (weights.notPreferred ?? 0) + (weights.unfamiliar ?? 0) + (weights.outOfTerritory ?? 0);
    bound += weights.outsidePreferred ?? 0;
    bound += visit.mandatory ? 0 : (weights.unassignedByPriority[visit.priority] ?? 0);
  }
  const mandatory = visits.filter((visit) => visit.mandatory).length;
  const worstTotal = bound + mandatory * (bound + 1);
  // Half the range is left for sums of two plans' costs and for overtime forced by frozen visits.
  return worstTotal <= Number.MAX_SAFE_INTEGER / 2 ? bound + 1 : Number.POSITIVE_INFINITY;
}

/**
 * Seconds between setting out and being home, at most. A day with frozen visits may go on beyond the shift: up to the end of
 * the horizon, what is unavailable then, and the longest way; and since two hours cost four times one, what they force plays
 * a part here.
 */
function longestDay({ visits }: PlainInstance, shift: PlainShift, end: number, longestWay: number): number {
  const fixed = visits.flatMap(({ frozen }) => frozen?.startAt ?? []);
  const last = shift.to + (shift.overtimeSeconds ?? 0);
  if (fixed.length === 0) return last - shift.from;
  const away = (shift.unavailable ?? []).map(({ to }) => to);
  return Math.max(last, end, ...away) + longestWay - Math.min(shift.from, ...fixed);
}

function largest(values: ArrayLike<number>): number {
  let most = 0;
  for (let k = 0; k < values.length; k++) {
    const value = values[k] as number;
    if (value > most) most = value;
  }
  return most;
}
