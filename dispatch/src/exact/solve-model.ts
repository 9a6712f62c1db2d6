import type { Worker } from 'node:worker_threads';
import { startWorker } from '@uptower/platform';
import type { CpModelData } from './cp-model.ts';
import type { CpAnswer, CpRequest, CpStatus } from './cp-sat.worker.ts';

/** What to type where the package was left out. */
export const CP_SAT_PACKAGE = 'or-tools-wasm@0.9.1';

/** Thrown where the optional package is not installed. */
export class CpSatMissing extends Error {
  constructor() {
    super(`this needs CP-SAT, which is not installed here: npm install --no-save ${CP_SAT_PACKAGE}`);
    this.name = 'CpSatMissing';
  }
}

/** At least one of `work`, `seconds` and `signal`: a search without a limit may never end. */
export interface CpOptions {
  readonly seed: number;
  /** CP-SAT's deterministic time: the same model, seed and work give the same answer on every machine. */
  readonly work?: number;
  /** Of the clock on the wall, loading not included. */
  readonly seconds?: number;
  /** Ends the search; what was found until then is the answer. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: CpProgress) => void;
}

/** `cost` is null until there is a solution; `bound` is -Infinity until there is one. */
export interface CpProgress {
  readonly cost: number | null;
  readonly bound: number;
}

export interface CpResult extends CpProgress {
  /** `unknown`: neither a solution nor a proof that there is none. */
  readonly status: CpStatus;
  /** Of each variable; null where there is no solution. */
  readonly values: readonly number[] | null;
}

/** CP-SAT on a thread of its own, with one search worker. Loading costs a second or two, so the thread is kept until `close`. */
export class CpSat {
  private worker: Worker | null = null;
  private queue: Promise<unknown> = Promise.resolve();

  /**
   * One model at a time; others wait. Rejects with `CpSatMissing` where the package is not installed, with an Error where
   * CP-SAT calls the model invalid.
   */
  solve(model: CpModelData, options: CpOptions): Promise<CpResult> {
    const answer = this.queue.then(() => this.ask(model, options));
    this.queue = answer.catch(() => undefined);
    return answer;
  }

  async close(): Promise<void> {
    const { worker } = this;
    this.worker = null;
    await worker?.terminate();
  }

  private ask(model: CpModelData, { signal, onProgress, ...limits }: CpOptions): Promise<CpResult> {
    if (signal?.aborted)
      return Promise.resolve({ status: 'unknown', values: null, cost: null, bound: Number.NEGATIVE_INFINITY });
    this.worker ??= startWorker(new URL('./cp-sat.worker.ts', import.meta.url));
    const { worker } = this;
    return new Promise((resolve, reject) => {
      let best: { values: readonly number[]; cost: number } | null = null;
      let bound = Number.NEGATIVE_INFINITY;
      const soFar = () => ({ values: best?.values ?? null, cost: best?.cost ?? null, bound });
      const done = () => {
        worker.off('message', onMessage);
        worker.off('error', fail);
        worker.off('exit', onExit);
        signal?.removeEventListener('abort', onAbort);
      };
      const fail = (error: Error) => {
        done();
        void this.close();
        reject(error);
      };
      const onAbort = () => {
        done();
        void this.close(); // a search blocks its thread, which cannot be told
        resolve({ status: best === null ? 'unknown' : 'feasible', ...soFar() });
      };
      const onMessage = (answer: CpAnswer) => {
        if (answer.type === 'absent') return fail(new CpSatMissing());
        if (answer.type === 'failed') return fail(new Error(answer.message));
        if (answer.type === 'solution') best = { values: answer.values, cost: answer.cost };
        bound = Math.max(bound, answer.bound);
        if (answer.type !== 'end') return onProgress?.({ cost: best?.cost ?? null, bound });
        done();
        resolve({ status: answer.status, ...soFar() });
      };
      const onExit = (code: number) => fail(new Error(`CP-SAT's thread ended without an answer, code ${code}`));
      worker.on('message', onMessage);
      worker.on('error', fail);
      worker.on('exit', onExit);
      signal?.addEventListener('abort', onAbort, { once: true });
      worker.postMessage({ model, ...limits } satisfies CpRequest);
    });
  }
}
