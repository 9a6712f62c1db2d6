/**
 * Worker thread entry: solves each model it is sent with CP-SAT (https://developers.google.com/optimization/cp).
 * The one place that loads `or-tools-wasm`.
 */
import { parentPort } from 'node:worker_threads';
import type { CpModelData } from './cp-model.ts';

export interface CpRequest {
  readonly model: CpModelData;
  readonly seed: number;
  /** CP-SAT's own measure of work: the same on every machine. */
  readonly work?: number;
  /** Of the clock on the wall. */
  readonly seconds?: number;
}

export type CpStatus = 'optimal' | 'feasible' | 'infeasible' | 'unknown';

export type CpAnswer =
  | { readonly type: 'solution'; readonly values: readonly number[]; readonly cost: number; readonly bound: number }
  | { readonly type: 'bound'; readonly bound: number }
  | { readonly type: 'end'; readonly status: CpStatus; readonly bound: number }
  /** The package is not there. */
  | { readonly type: 'absent' }
  | { readonly type: 'failed'; readonly message: string };

/** Of work: some tenths of a second. */
const FIRST_ROUND = 0.01;

const STATUS: Record<string, CpStatus> = {
  OPTIMAL: 'optimal',
  FEASIBLE: 'feasible',
  INFEASIBLE: 'infeasible',
  UNKNOWN: 'unknown',
};

const port = parentPort;
if (port === null) throw new Error('cp-sat.worker.ts is started as a worker thread');
const answer = (message: CpAnswer) => port.postMessage(message);

port.on('message', async (request: CpRequest) => {
  try {
    await search(request);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    answer(code === 'ERR_MODULE_NOT_FOUND' ? { type: 'absent' } : { type: 'failed', message });
  }
});

/**
 * The package tells of solutions only when a search has ended. So it searches in rounds, each twice as long as the one
 * before and beginning with the best so far: at most twice the work, and whoever looks on sees the answer get better.
 */
async function search({ model, seed, work = Infinity, seconds = Infinity }: CpRequest): Promise<void> {
  const { CpModel, CpSolver } = await import('or-tools-wasm/cp-sat');
  const began = performance.now();
  let hinted = model;
  let best = Infinity;
  let bound = -Infinity;
  for (let spent = 0, round = FIRST_ROUND; ; round *= 2) {
    const solver = new CpSolver();
    const share = Math.min(round, work - spent);
    const left = seconds - (performance.now() - began) / 1_000;
    const status = await solver.solve(new CpModel(hinted), {
      numSearchWorkers: 1,
      randomSeed: seed,
      maxDeterministicTime: share,
      ...(Number.isFinite(left) && { maxTimeInSeconds: Math.max(0.01, left) }),
    });
    spent += share;
    const name = STATUS[String(solver.statusName(status))];
    if (name === undefined) throw new Error(`CP-SAT does not take the model: ${solver.statusName(status)}`);
    if (name === 'infeasible') return answer({ type: 'end', status: name, bound });
    bound = Math.max(bound, Math.ceil(solver.bestObjectiveBound() - 1e-6));
    if (name !== 'unknown' && Math.round(solver.objectiveValue()) < best) {
      best = Math.round(solver.objectiveValue());
      const values = (solver.response()?.solution ?? []).map(Number);
      hinted = { ...model, solutionHint: { vars: values.map((_, variable) => variable), values } };
      answer({ type: 'solution', values, cost: best, bound });
    } else answer({ type: 'bound', bound });
    const done = name === 'optimal' || bound >= best;
    const over = spent >= work || performance.now() - began >= seconds * 1_000;
    if (!done && !over) continue;
    return answer({ type: 'end', status: done ? 'optimal' : best < Infinity ? 'feasible' : 'unknown', bound });
  }
}
