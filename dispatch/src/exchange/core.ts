import { checkPlan } from '../solver/check-plan.ts';
import type { Instance } from '../solver/instance.ts';
import { type SolveOptions, type SolveResult, solve } from '../solver/search.ts';

/** The search itself: on this thread, or on several. */
export type Search = (instance: Instance, options: SolveOptions) => SolveResult | Promise<SolveResult>;

/** The solver on a whole instance; no plan leaves it that its own independent checker refuses. */
export async function solveChecked(
  instance: Instance,
  options: SolveOptions,
  search: Search = solve,
): Promise<SolveResult> {
  const result = await search(instance, options);
  const [wrong] = checkPlan(instance, result.plan);
  if (wrong !== undefined) throw new Error(`the solver's checker refuses the plan: ${JSON.stringify(wrong)}`);
  return result;
}
