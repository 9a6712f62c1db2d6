import { cost } from '../solver/cost.ts';
import type { Instance } from '../solver/instance.ts';
import type { Plan } from '../solver/plan.ts';
import { repairPlan } from '../solver/repair.ts';
import type { SolveResult } from './port.ts';

/** So many visits without a place are tried: the first answer must not keep a dispatcher waiting. */
const MOST_VISITS = 3;
/** Of routes asked for a place, each: some ten to fifty milliseconds. */
const LOOKS = 30_000;

/**
 * The first answer puts visits where there is room and lets nobody else change hands. Where it left out the urgent one, or
 * dropped others for it, those get a place by moving a few others (repair.ts), as far as that costs less than leaving them out.
 * The search behind it finds better plans, but later.
 */
export function makeRoom(instance: Instance, first: SolveResult, urgent: number, before: Plan): SolveResult {
  const had = new Set(before.routes.flatMap(({ stops }) => stops.map(({ visit }) => visit)));
  const wanted = first.plan.unassigned.map(({ visit }) => visit).filter((visit) => visit === urgent || had.has(visit));
  let { plan } = first;
  for (const visit of wanted.slice(0, MOST_VISITS)) {
    const repaired = repairPlan(instance, plan, visit, { looks: LOOKS });
    if (repaired.extra !== null && repaired.extra.total < 0) plan = repaired.plan;
  }
  return plan === first.plan ? first : { ...first, plan, cost: cost(instance, plan) };
}
