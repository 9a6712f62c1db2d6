import type { Instance } from './instance.ts';
import type { Plan } from './plan.ts';
import type { Hold } from './schedule.ts';

/** A visit that is not where and when it was. `by`: seconds later (or earlier, below zero) than it was to start. */
export interface Moved {
  readonly visit: number;
  readonly from: { readonly vehicle: number; readonly engineer: number; readonly startAt: number };
  readonly to: { readonly vehicle: number; readonly engineer: number; readonly startAt: number };
  readonly by: number;
}

/** What a new plan changes of an old one, visits that are in only one of them aside. In order of visit. */
export interface PlanChanges {
  /** In another shift, or starting more than the tolerance away from the hour told. */
  readonly moved: readonly Moved[];
  /** In the same shift and within the tolerance, at another moment. */
  readonly shifted: readonly Moved[];
}

/** By visit: the shift a plan has it in, its start there, and the hour told. */
export interface Told {
  readonly vehicle: Int32Array; // -1: not in the plan
  readonly startAt: Float64Array;
  /** `previous` where the plan keeps to it, so that many small shifts do not add up; else the start in the plan. */
  readonly hour: Float64Array;
  readonly tolerance: number;
}

export function toldBy(instance: Instance, plan: Plan, tolerance: number): Told {
  const { visitCount } = instance;
  const vehicle = new Int32Array(visitCount).fill(-1);
  const startAt = new Float64Array(visitCount);
  const hour = new Float64Array(visitCount);
  for (const route of plan.routes) {
    for (const stop of route.stops) {
      const { visit } = stop;
      const promised = instance.previousStart(visit);
      const kept =
        instance.previousEngineer(visit) === route.engineer && Math.abs(stop.startAt - promised) <= tolerance;
      vehicle[visit] = route.vehicle;
      startAt[visit] = stop.startAt;
      hour[visit] = kept ? promised : stop.startAt;
    }
  }
  return { vehicle, startAt, hour, tolerance };
}

/** Everybody in the plan starts within the tolerance of the hour told. */
export function holdOf({ vehicle, hour, tolerance }: Told): Pick<Hold, 'from' | 'to'> {
  return {
    from: hour.map((at, visit) => (vehicle[visit] === -1 ? Number.NEGATIVE_INFINITY : at - tolerance)),
    to: hour.map((at, visit) => (vehicle[visit] === -1 ? Number.POSITIVE_INFINITY : at + tolerance)),
  };
}

/** Routes that are the same object as in the old plan are passed over. */
export function changesFrom(told: Told, before: Plan, after: Plan): PlanChanges {
  const moved: Moved[] = [];
  const shifted: Moved[] = [];
  const same = new Set(before.routes);
  const engineers = new Map(before.routes.map(({ vehicle, engineer }) => [vehicle, engineer]));
  for (const route of after.routes) {
    if (same.has(route)) continue;
    const { vehicle, engineer } = route;
    for (const { visit, startAt } of route.stops) {
      const was = told.vehicle[visit] as number;
      const wasAt = told.startAt[visit] as number;
      if (was < 0 || (was === vehicle && wasAt === startAt)) continue;
      const near = was === vehicle && Math.abs(startAt - (told.hour[visit] as number)) <= told.tolerance;
      (near ? shifted : moved).push({
        visit,
        from: { vehicle: was, engineer: engineers.get(was) as number, startAt: wasAt },
        to: { vehicle, engineer, startAt },
        by: startAt - wasAt,
      });
    }
  }
  const byVisit = (a: Moved, b: Moved) => a.visit - b.visit;
  return { moved: moved.sort(byVisit), shifted: shifted.sort(byVisit) };
}
