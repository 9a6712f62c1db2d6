import type { Instance, PlainShift } from './instance.ts';
import { downtimeCost, fairnessCost, latenessCost, urgencyCost } from './penalty.ts';
import type { PlainVisit } from './plain.ts';
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

/** Part of what a plan costs: of a visit, or else of a whole working day (a shift: the way home, hours, overtime). */
export interface Charge {
  readonly term: Exclude<keyof Cost, 'total'>;
  /** Whole cost units, never zero. */
  readonly amount: number;
  readonly visit: number | null;
  readonly vehicle: number | null;
}

/**
 * The cost of a plan from nothing: slow, plain, from the raw numbers and the plan's own times, for tests and reports.
 * A visit in no route counts as unassigned and is charged as if it were still waiting at the end of the horizon.
 * A shift without visits still drives from where the engineer is to where the day ends, zero where those are one place;
 * where speeds change with the hour, at those of the moment the engineer is free.
 */
export function cost(instance: Instance, plan: Plan): Cost {
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
  let total = 0;
  for (const { term, amount } of chargesOf(instance, plan)) {
    sum[term] += amount;
    total += amount;
  }
  return { ...sum, total };
}

/** Everything a plan is charged, one by one; they add up to its cost. The way to a visit is that visit's. */
export function chargesOf(instance: Instance, plan: Plan): Charge[] {
  const { engineers, visits, weights } = instance.plain;
  const charges: Charge[] = [];
  const served = new Set<number>();
  type Whose = Pick<Charge, 'visit' | 'vehicle'>;
  const charge = (whose: Whose, term: Charge['term'], amount: number) => {
    if (amount !== 0) charges.push({ term, amount, visit: whose.visit, vehicle: whose.vehicle });
  };
  const leg = (whose: Whose, a: number, b: number | null, departAt: number) => {
    if (b === null) return;
    charge(whose, 'travel', weights.travelSecond * instance.travelSecondsAt(a, b, departAt));
    charge(whose, 'distance', weights.distanceMetre * instance.distanceMetres(a, b));
  };
  const waiting = (whose: Whose, visit: PlainVisit, until: number) => {
    charge(whose, 'lateness', latenessCost(visit, weights, until));
    charge(whose, 'downtime', downtimeCost(visit, weights, until));
    charge(whose, 'urgency', urgencyCost(visit, weights, until));
  };
  const shiftCharges = (shift: PlainShift, engineer: number, vehicle: number, route: Route | undefined) => {
    const day = { visit: null, vehicle };
    let location = shift.freeAtLocation ?? shift.startLocation;
    for (const { visit: index, departAt, startAt } of route?.stops ?? []) {
      const visit = visits[index];
      if (visit === undefined) throw new Error(`plan names visit ${index} of ${visits.length}`);
      const own = { visit: index, vehicle };
      served.add(index);
      leg(own, location, visit.location, departAt);
      location = visit.location;
      waiting(own, visit, startAt);
      for (const { skill, level } of visit.skills ?? []) {
        const has = engineers[engineer]?.skills.find((entry) => entry.skill === skill)?.level ?? 0;
        charge(own, 'overQualification', weights.overQualifiedLevel * Math.max(0, has - level));
      }
      const another = (wanted: readonly number[] = []) => wanted.length > 0 && !wanted.includes(engineer);
      if (another(visit.preferredEngineers)) charge(own, 'preference', weights.notPreferred ?? 0);
      if (another(visit.familiarEngineers)) charge(own, 'familiarity', weights.unfamiliar ?? 0);
      if (another(visit.territoryEngineers)) charge(own, 'territory', weights.outOfTerritory ?? 0);
      const within = (visit.preferred ?? []).map(({ from, to }) => from <= startAt && startAt <= to);
      if (within.length > 0 && !within.includes(true)) charge(own, 'hours', weights.outsidePreferred ?? 0);
      if (visit.previous === undefined) continue;
      const moved =
        visit.previous.engineer !== engineer ||
        Math.abs(visit.previous.startAt - startAt) > weights.churnToleranceSeconds;
      if (moved) charge(own, 'churn', weights.churnPerMovedVisit);
    }
    const setOutAt = route?.stops[0]?.departAt;
    leg(day, location, shift.endLocation, route?.homeDepartAt ?? Math.max(shift.from, shift.freeAt ?? shift.from));
    if (route === undefined || setOutAt === undefined) return;
    charge(day, 'overtime', weights.overtimeSecond * Math.max(0, route.homeAt - shift.to));
    const hours = Math.max(0, route.homeAt - setOutAt);
    charge(day, 'work', (weights.workSecond ?? 0) * hours);
    charge(day, 'fairness', fairnessCost(weights, hours));
    charge(day, 'fixed', shift.fixedCost ?? 0);
  };

  const routes = new Map(plan.routes.map((route) => [route.vehicle, route]));
  engineers.forEach(({ shifts }, engineer) => {
    shifts.forEach((shift, s) => {
      const vehicle = instance.vehicleOf(engineer, s);
      shiftCharges(shift, engineer, vehicle, routes.get(vehicle));
    });
  });
  visits.forEach((visit, index) => {
    if (served.has(index)) return;
    const own = { visit: index, vehicle: null };
    waiting(own, visit, instance.horizonEnd);
    charge(own, 'churn', visit.previous === undefined ? 0 : weights.churnPerMovedVisit);
    const leftOut = visit.mandatory ? instance.mandatoryPenalty : (weights.unassignedByPriority[visit.priority] ?? 0);
    charge(own, 'unassigned', leftOut);
  });
  return charges;
}
