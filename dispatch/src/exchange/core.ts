import { checkPlan } from '../solver/check-plan.ts';
import type { Instance } from '../solver/instance.ts';
import { type SolveOptions, type SolveResult, solve } from '../solver/search.ts';

/** The solver on a whole instance; no plan leaves it that its own independent checker refuses. */
export function solveChecked(instance: Instance, options: SolveOptions): SolveResult {
  const result = solve(instance, options);
  const [wrong] = checkPlan(instance, result.plan);
  if (wrong !== undefined) throw new Error(`the solver's checker refuses the plan: ${JSON.stringify(wrong)}`);
  return result;
}
