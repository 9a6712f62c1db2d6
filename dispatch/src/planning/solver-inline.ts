import { buildInstance } from '../solver/instance.ts';
import { solve } from '../solver/search.ts';
import type { PlanVisits } from './port.ts';

/** The same search on this thread, limited by iterations only: same input, same plan. For tests and small tools. */
export function solverInline(iterations = 300): PlanVisits {
  return {
    solve: async (plain, { milliseconds: _, ...limits }) =>
      solve(buildInstance(plain), { ...limits, iterations: Math.min(iterations, limits.iterations ?? iterations) }),
    stop: async () => undefined,
  };
}
