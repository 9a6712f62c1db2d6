import type { Instance, PlainShift } from './instance.ts';
import { downtimeCost, fairnessCost, latenessCost, urgencyCost } from './penalty.ts';
import type { Plan, Route } from './plan.ts';

/** Whole cost units. `total` is the sum of the others. */
export interface Cost {
  readonly travel: number;
  readonly distance: number;
  readonly lateness: number;
  readonly downtime: number;
  /** Waiting by priority. */
  readonly urgency: number;
  readonly overtime: number;
  /** Hours between setting out and being home. */
  readonly work: number;
  /** Of the same hours squared: uneven days. */
  readonly fairness: number;
  /** Of shifts with visits. */
  readonly fixed: number;
  readonly churn: number;
  readonly overQualification: number;
  /** Of engineers other than those preferred, familiar with the place, or of its territory. */
  readonly preference: number;
  readonly familiarity: number;
  readonly territory: number;
  /** Of visits outside the hours they prefer. */
  readonly hours: number;
  readonly unassigned: number;
  readonly total: number;
}

/**
 * The cost of a plan from nothing: slow, plain, from the raw numbers and the plan's own times, for tests and reports.
 * A visit in no route counts as unassigned and is charged as if it were still waiting at the end of the horizon.
 * A shift without visits still drives from where the engineer is to where the day ends, zero where those are one place;
 * where speeds change with the hour, at those of the moment the engineer is free.
 */
export function cost(instance: Instance, plan: Plan): Cost {
  const { engineers, visits, weights } = instance.plain;
  const sum = {
    travel: 0,
    distance: 0,
    lateness: 0,
    downtime: 0,
    urgency: 0,
    overtime: 0,
    work: 0,
    fairness: 0,
    fixed: 0,
    churn: 0,
    overQualification: 0,
    preference: 0,
    familiarity: 0,
    territory: 0,
    hours: 0,
    unassigned: 0,
  };
  const served = new Set<number>();

  const leg = (a: number, b: number | null, departAt: number) => {
    if (b === null) return;
    sum.travel += weights.travelSecond * instance.travelSecondsAt(a, b, departAt);
    sum.distance += weights.distanceMetre * instance.distanceMetres(a, b);
  };
  const shiftCost = (shift: PlainShift, engineer: number, route: Route | undefined) => {
    let location = shift.freeAtLocation ?? shift.startLocation;
    for (const { visit: index, departAt, startAt } of route?.stops ?? []) {
      const visit = visits[index];
      if (visit === undefined) throw new Error(`plan names visit ${index} of ${visits.length}`);
      served.add(index);
      leg(location, visit.location, departAt);
      location = visit.location;
      sum.lateness += latenessCost(visit, weights, startAt);
      sum.downtime += downtimeCost(visit, weights, startAt);
      sum.urgency += urgencyCost(visit, weights, startAt);
      for (const { skill, level } of visit.skills ?? []) {
        const has = engineers[engineer]?.skills.find((entry) => entry.skill === skill)?.level ?? 0;
        sum.overQualification += weights.overQualifiedLevel * Math.max(0, has - level);
      }
      const another = (wanted: readonly number[] = []) => wanted.length > 0 && !wanted.includes(engineer);
      sum.preference += another(visit.preferredEngineers) ? (weights.notPreferred ?? 0) : 0;
      sum.familiarity += another(visit.familiarEngineers) ? (weights.unfamiliar ?? 0) : 0;
      sum.territory += another(visit.territoryEngineers) ? (weights.outOfTerritory ?? 0) : 0;
      const within = (visit.preferred ?? []).map(({ from, to }) => from <= startAt && startAt <= to);
      sum.hours += within.length > 0 && !within.includes(true) ? (weights.outsidePreferred ?? 0) : 0;
      if (visit.previous === undefined) continue;
      const moved =
        visit.previous.engineer !== engineer ||
        Math.abs(visit.previous.startAt - startAt) > weights.churnToleranceSeconds;
      sum.churn += moved ? weights.churnPerMovedVisit : 0;
    }
    leg(location, shift.endLocation, route?.homeDepartAt ?? Math.max(shift.from, shift.freeAt ?? shift.from));
    const setOutAt = route?.stops[0]?.departAt;
    if (route === undefined || setOutAt === undefined) return;
    sum.overtime += weights.overtimeSecond * Math.max(0, route.homeAt - shift.to);
    const hours = Math.max(0, route.homeAt - setOutAt);
    sum.work += (weights.workSecond ?? 0) * hours;
    sum.fairness += fairnessCost(weights, hours);
    sum.fixed += shift.fixedCost ?? 0;
  };

  const routes = new Map(plan.routes.map((route) => [route.vehicle, route]));
  engineers.forEach(({ shifts }, engineer) => {
    shifts.forEach((shift, s) => {
      shiftCost(shift, engineer, routes.get(instance.vehicleOf(engineer, s)));
    });
  });
  visits.forEach((visit, index) => {
    if (served.has(index)) return;
    sum.lateness += latenessCost(visit, weights, instance.horizonEnd);
    sum.downtime += downtimeCost(visit, weights, instance.horizonEnd);
    sum.urgency += urgencyCost(visit, weights, instance.horizonEnd);
    sum.churn += visit.previous === undefined ? 0 : weights.churnPerMovedVisit;
    sum.unassigned += visit.mandatory ? instance.mandatoryPenalty : (weights.unassignedByPriority[visit.priority] ?? 0);
  });
  const total = Object.values(sum).reduce((a, b) => a + b, 0);
  return { ...sum, total };
}
