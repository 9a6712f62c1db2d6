import type { PlainInstance } from '../solver/plain.ts';
import type { Plan as SolverPlan } from '../solver/plan.ts';
import type { SolveLimits, SolveResult } from '../solver/search.ts';

export type { PlainInstance, SolveLimits, SolveResult, SolverPlan };

/** Numbers in, numbers out. The adapter is a worker thread; tests use the same search on this one. */
export interface PlanVisits {
  /** `signal`: nobody needs the answer any more; what is found so far will do. */
  solve(plain: PlainInstance, limits: SolveLimits, signal?: AbortSignal): Promise<SolveResult>;
  stop(): Promise<void>;
}
