import type { Worker } from 'node:worker_threads';
import type { PlainInstance } from './plain.ts';
import type { Progress, SolveLimits, SolveResult } from './search.ts';
import type { SolveAnswer, SolveRequest } from './solver.worker.ts';

export interface WorkerOptions extends SolveLimits {
  /** Aborting ends the search; the promise resolves with the best plan so far, `stoppedBy: 'signal'`. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/**
 * `solve` on another thread. `makeWorker` starts a worker that runs solver.worker.ts (how is the caller's business: bundled file,
 * loader, ...); it serves this one call and is ended with it. Rejects when the instance is refused, or the worker fails or
 * ends without an answer.
 */
export function solveInWorker(
  makeWorker: () => Worker,
  plain: PlainInstance,
  options: WorkerOptions,
): Promise<SolveResult> {
  const { signal, onProgress, ...limits } = options;
  const stop = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const onAbort = () => void Atomics.store(new Int32Array(stop), 0, 1);
  const worker = makeWorker();

  const answered = new Promise<SolveResult>((resolve, reject) => {
    worker.on('message', (answer: SolveAnswer) => {
      if (answer.type === 'progress') onProgress?.(answer.progress);
      else if (answer.type === 'result') resolve(answer.result);
      else if (answer.type === 'refused') reject(answer.error);
    });
    worker.once('error', reject);
    worker.once('messageerror', reject);
    worker.once('exit', (code) => reject(new Error(`the solver's worker ended without an answer, exit code ${code}`)));
    if (signal?.aborted) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    worker.postMessage({ plain, limits, stop } satisfies SolveRequest);
  });
  return answered.finally(async () => {
    signal?.removeEventListener('abort', onAbort);
    await worker.terminate();
  });
}
