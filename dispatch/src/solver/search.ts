import type { Cost } from './cost.ts';
import type { Instance } from './instance.ts';
import type { Parameters } from './parameters.ts';
import type { SolveProgram } from './partition.ts';
import type { Plan } from './plan.ts';
import { Session, searchesOf, sharesOf } from './session.ts';

export interface SolveLimits {
  /** A whole number. Same instance, start, seed and iterations (and no clock): same plan. */
  readonly seed: number;
  /** Stop after so many. 0: the first answer only. */
  readonly iterations?: number;
  /** Stop after so long; needs `now`. At least one of the two limits is needed; with both, the one reached first counts. */
  readonly milliseconds?: number;
  /** The plan in force. Nothing worse comes back, as long as it still passes `checkPlan`; else as much of it as is possible is used. */
  readonly start?: Plan;
}

export interface SolveOptions extends SolveLimits {
  /** Milliseconds, from any origin. The solver never reads a clock itself. */
  readonly now?: () => number;
  /** An AbortSignal, or anything else that says when to stop. The best plan so far is returned. */
  readonly signal?: { readonly aborted: boolean };
  readonly onProgress?: (progress: Progress) => void;
  readonly parameters?: Partial<Parameters>;
  /** Solves set partitioning programs (highs.ts). Without it longer searches do without recombined routes. */
  readonly solveProgram?: SolveProgram;
}

/** Told after the first answer, and when there is a better plan, a few times a second at most. */
export interface Progress {
  readonly iterations: number;
  /** Total cost of the best plan. */
  readonly cost: number;
  readonly unassigned: number;
}

export interface SolveResult {
  readonly plan: Plan;
  readonly cost: Cost;
  readonly iterations: number;
  /** Of the start as it was, or as far as it could be kept, with visits it does not name left out; without a start, of the first answer. */
  readonly startCost: Cost;
  /** `optimum`: nothing better can be found. */
  readonly stoppedBy: StoppedBy;
}

export type StoppedBy = 'iterations' | 'time' | 'signal' | 'optimum';

/** On this thread. Slack induction by string removals (ruin.ts, recreate.ts, chain.ts), its routes recombined (session.ts). */
export function solve(instance: Instance, options: SolveOptions): SolveResult {
  const count = searchesOf(options, 1);
  const sessions = Array.from({ length: count }, (_, index) => new Session(instance, options, index, count));
  const iterations = () => sessions.reduce((sum, session) => sum + session.iterations, 0);
  let told = Number.POSITIVE_INFINITY;
  const tell = () => {
    const { bestCost, unassigned } = bestOf(sessions);
    if (bestCost >= told) return;
    told = bestCost;
    options.onProgress?.({ iterations: iterations(), cost: bestCost, unassigned });
  };
  tell();
  for (const share of sessions.some(({ isOptimal }) => isOptimal) ? [] : sharesOf(options)) {
    for (const session of sessions) session.runUntil(share, tell);
    if (share === 1 || options.signal?.aborted || instance.visitCount === 0) continue;
    const best = bestOf(sessions);
    const others = sessions.filter((session) => session !== best);
    const orders = best.review(others.map(({ pool }) => pool));
    for (const session of others) session.adopt(orders);
    tell();
  }
  return bestOf(sessions).result(iterations());
}

/** The cheapest; of equals the first. */
export function bestOf<T extends { readonly bestCost: number }>(searches: readonly T[]): T {
  return searches.reduce((a, b) => (b.bestCost < a.bestCost ? b : a));
}
