import { type Charge, chargesOf } from '../solver/cost.ts';
import { buildInstance } from '../solver/instance.ts';
import type { PlainInstance } from '../solver/plain.ts';
import type { Plan } from '../solver/plan.ts';
import { solve } from '../solver/search.ts';

export interface TermsQuestion {
  readonly plain: PlainInstance;
  readonly plan: Plan;
}

/** The plan as it can still be carried out: the one in force may have been made an hour ago. */
export function planNow({ plain, plan }: TermsQuestion): Plan {
  return solve(buildInstance(plain), { seed: 1, iterations: 0, start: plan }).plan;
}

/** Everything the plan is charged from now on. */
export function chargesNow(question: TermsQuestion): Charge[] {
  return chargesOf(buildInstance(question.plain), planNow(question));
}
