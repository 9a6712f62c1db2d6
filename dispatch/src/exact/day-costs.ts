import { engineerCost } from '../solver/eligibility.ts';
import type { Instance } from '../solver/instance.ts';
import { downtimeCost, latenessCost, urgencyCost } from '../solver/penalty.ts';
import type { PlainVisit } from '../solver/plain.ts';
import { type CpModel, not, type Variable } from './cp-model.ts';
import type { ShiftVariables, StopVariables } from './day-model.ts';

/** What a visit costs by who goes and when, and what a day costs by how long it is: the terms of `cost.ts`, one by one. */

/** Of a visit that somebody could serve. */
export function visitCosts(
  model: CpModel,
  instance: Instance,
  visit: PlainVisit,
  stop: StopVariables,
  shifts: readonly ShiftVariables[],
): void {
  model.cost(stop.leftOut, leftOutCost(instance, visit));
  for (const [v, literal] of stop.by) model.cost(literal, engineerCost(instance.plain, shifts[v]!.engineer, visit));
  lateness(model, instance, visit, stop);
  downtime(model, instance, visit, stop);
  preferredHours(model, instance, visit, stop);
  churn(model, instance, visit, stop, shifts);
}

/** Of a visit that nobody can ever serve. */
export function neverServedCost(instance: Instance, visit: PlainVisit): number {
  return leftOutCost(instance, visit) + churnCost(instance, visit);
}

function leftOutCost(instance: Instance, visit: PlainVisit): number {
  const { weights } = instance.plain;
  const end = instance.horizonEnd;
  const out = visit.mandatory ? instance.mandatoryPenalty : (weights.unassignedByPriority[visit.priority] ?? 0);
  return out + latenessCost(visit, weights, end) + downtimeCost(visit, weights, end) + urgencyCost(visit, weights, end);
}

/** From `due` on, and from `waitingSince` on. */
function lateness(model: CpModel, { plain, horizonEnd }: Instance, visit: PlainVisit, stop: StopVariables): void {
  const late = plain.weights.lateSecond * (visit.latePerSecond ?? 1);
  const waiting = plain.weights.waitingSecondByPriority?.[visit.priority] ?? 0;
  for (const [since, perSecond] of [
    [visit.due, late],
    [visit.waitingSince, waiting],
  ] as const) {
    if (since === undefined || perSecond === 0 || horizonEnd <= since) continue;
    const seconds = model.int(0, horizonEnd - since);
    model.atMost(difference(stop.start, seconds), since, [not(stop.leftOut)]);
    model.cost(seconds, perSecond);
  }
}

/** Each segment adds its slope less the one before, for all the time after it begins; slopes may fall as well as rise. */
function downtime(model: CpModel, { plain, horizonEnd }: Instance, visit: PlainVisit, stop: StopVariables): void {
  let slope = 0;
  for (const { from, perSecond } of visit.downtime ?? []) {
    const change = plain.weights.downtime * (perSecond - slope);
    slope = perSecond;
    const most = horizonEnd - from;
    if (change === 0 || most <= 0) continue;
    const seconds = model.int(0, most);
    model.cost(seconds, change);
    if (change > 0) model.atMost(difference(stop.start, seconds), from, [not(stop.leftOut)]);
    else {
      const after = model.positivePart([[stop.start, 1]], -from, most);
      model.atMost(difference(seconds, after), 0);
      model.within([[seconds, 1]], [0, 0], [stop.leftOut]);
    }
  }
}

function preferredHours(model: CpModel, { plain }: Instance, { preferred }: PlainVisit, stop: StopVariables): void {
  const perVisit = plain.weights.outsidePreferred ?? 0;
  if (perVisit === 0 || preferred === undefined || preferred.length === 0) return;
  const outside = model.bool();
  const inWindow = preferred.map(({ from, to }) => {
    const literal = model.bool();
    model.between([[stop.start, 1]], from, to, [literal]);
    return literal;
  });
  model.anyOf([outside, stop.leftOut, ...inWindow]);
  model.cost(outside, perVisit);
}

function churnCost({ plain }: Instance, { previous }: PlainVisit): number {
  return previous === undefined ? 0 : plain.weights.churnPerMovedVisit;
}

function churn(
  model: CpModel,
  instance: Instance,
  visit: PlainVisit,
  stop: StopVariables,
  shifts: readonly ShiftVariables[],
): void {
  if (churnCost(instance, visit) === 0) return;
  const { engineer, startAt } = visit.previous!;
  const tolerance = instance.plain.weights.churnToleranceSeconds;
  const moved = model.bool();
  const same = [...stop.by].filter(([v]) => shifts[v]!.engineer === engineer).map(([, literal]) => literal);
  model.anyOf([moved, ...same]);
  model.between([[stop.start, 1]], startAt - tolerance, startAt + tolerance, [not(moved)]);
  model.cost(moved, churnCost(instance, visit));
}

/** Overtime; and where hours count, from `setOut` to being home. */
export function shiftCosts(model: CpModel, { plain }: Instance, shift: ShiftVariables): void {
  const { weights } = plain;
  const { to, longestSeconds } = shift.plain;
  if (weights.overtimeSecond > 0 && shift.latest > to) {
    const overtime = model.int(0, shift.latest - to);
    model.atMost(difference(shift.homeAt, overtime), to);
    model.cost(overtime, weights.overtimeSecond);
  }
  if (shift.setOut === null) return;
  const most = Math.min(longestSeconds ?? Number.MAX_SAFE_INTEGER, Math.max(0, shift.latest - shift.from));
  const hours = model.int(0, most);
  model.atMost([...difference(shift.homeAt, shift.setOut), [hours, -1]], 0);
  model.cost(hours, weights.workSecond ?? 0);
  if (weights.unevenHours) model.cost(model.squared(hours, most, weights.unevenHours, 3_600 * 3_600), 1);
}

const difference = (a: Variable, b: Variable): [Variable, number][] => [
  [a, 1],
  [b, -1],
];
