import type { PlainInstance, PlainVisit } from '../solver/plain.ts';
import type { Plan } from '../solver/plan.ts';

/** When each visit of a plan starts, by visit. */
export function startsOf(plan: Plan): Map<number, number> {
  return new Map(plan.routes.flatMap(({ stops }) => stops.map(({ visit, startAt }) => [visit, startAt] as const)));
}

/**
 * The same problem in which whoever is in time stays in time: what the plan starts by its due moment may not start after it
 * any more. To make room for one visit must not break what was promised about another. `except`: the visit itself. Pure.
 */
export function keepingPromises(plain: PlainInstance, plan: Plan, except: number): PlainInstance {
  const starts = startsOf(plan);
  const visits = plain.visits.map((visit, v): PlainVisit => {
    const startAt = starts.get(v);
    const { due } = visit;
    if (v === except || due === undefined || startAt === undefined || startAt > due) return visit;
    const windows = (visit.windows ?? [{ from: 0, to: due }])
      .filter(({ from }) => from <= due)
      .map(({ from, to }) => ({ from, to: Math.min(to, due) }));
    return { ...visit, windows };
  });
  return { ...plain, visits };
}

/** Visits that start by their due moment in one plan and not in the other. Days that are the same object are passed over. */
export function promisesBroken(plain: PlainInstance, before: Plan, after: Plan): number[] {
  const old = new Set(before.routes);
  const same = new Set(after.routes.filter((route) => old.has(route)));
  const changed = (plan: Plan) => ({ ...plan, routes: plan.routes.filter((route) => !same.has(route)) });
  const then = startsOf(changed(after));
  const late: number[] = [];
  for (const [visit, startAt] of startsOf(changed(before))) {
    const due = plain.visits[visit]?.due;
    if (due !== undefined && startAt <= due && (then.get(visit) ?? Number.POSITIVE_INFINITY) > due) late.push(visit);
  }
  return late;
}
