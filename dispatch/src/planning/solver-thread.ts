import type { Worker } from 'node:worker_threads';
import { startWorker } from '@uptower/platform';
import type { SolveAnswer, SolveRequest } from '../solver/solver.worker.ts';
import type { PlanVisits, SolveResult } from './port.ts';

/**
 * The solver on a thread of its own that is kept between runs (starting one costs more than most searches). One request
 * at a time; a thread that dies fails its request and is replaced at the next one.
 */
export function solverThread(): PlanVisits {
  let worker: Worker | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  const ask = (request: SolveRequest) =>
    new Promise<SolveResult>((resolve, reject) => {
      worker ??= startWorker(new URL('./plan.worker.ts', import.meta.url));
      const running = worker;
      const done = () => {
        running.off('message', onMessage);
        running.off('error', onError);
        running.off('exit', onExit);
      };
      const onMessage = (answer: SolveAnswer) => {
        if (answer.type === 'progress') return;
        done();
        if (answer.type === 'result') resolve(answer.result);
        else if (answer.type === 'refused') reject(answer.error);
      };
      const onError = (error: Error) => {
        done();
        worker = undefined;
        reject(error);
      };
      const onExit = (code: number) => onError(new Error(`the solver's thread ended with code ${code}`));
      running.on('message', onMessage);
      running.on('error', onError);
      running.on('exit', onExit);
      running.postMessage(request);
    });

  return {
    solve(plain, limits, signal) {
      const stop = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
      const end = () => Atomics.store(new Int32Array(stop), 0, 1);
      signal?.addEventListener('abort', end, { once: true });
      if (signal?.aborted) end();
      const answer = queue
        .then(() => ask({ plain, limits, stop }))
        .finally(() => signal?.removeEventListener('abort', end));
      queue = answer.catch(() => undefined);
      return answer;
    },
    async stop() {
      await queue;
      await worker?.terminate();
      worker = undefined;
    },
  };
}
