import type { Worker } from 'node:worker_threads';
import { startWorker } from '@uptower/platform';
import type { ExchangeAnswer, ExchangeRequest } from './exchange.worker.ts';
import { InputError } from './input-error.ts';
import type { SolveJob, SolveOutcome, SolveProgress } from './solve-text.ts';
import { TooLargeError } from './vroom/request.ts';
import { RoutingError } from './vroom/ways.ts';

export interface ThreadOptions {
  readonly threads: number;
  readonly clock: 'wall' | 'processor';
  /** Base address of an OSRM server. */
  readonly routing?: string;
  /** Ends the search; the best plan so far is the answer. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: SolveProgress) => void;
}

/**
 * Solves on threads of its own. A limit in time is used by all of them, each with a seed of its own, and the best answer
 * counts; a limit in iterations is for one thread, so that the answer is the same whatever the number of threads.
 * Throws what `solveText` throws.
 */
export async function solveOnThreads(job: SolveJob, options: ThreadOptions): Promise<SolveOutcome> {
  const threads = job.milliseconds === undefined ? 1 : Math.max(1, options.threads);
  const stop = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const onAbort = () => void Atomics.store(new Int32Array(stop), 0, 1);
  if (options.signal?.aborted) onAbort();
  options.signal?.addEventListener('abort', onAbort, { once: true });
  const { routing, clock } = options;
  try {
    const outcomes = await Promise.all(
      Array.from({ length: threads }, (_, thread) => {
        const request = { job: { ...job, seed: job.seed + thread }, stop, clock, threads };
        return ask(
          { ...request, ...(routing !== undefined && { routing }) },
          thread === 0 ? options.onProgress : undefined,
        );
      }),
    );
    return outcomes.reduce((best, other) => (isBetter(other, best) ? other : best));
  } finally {
    onAbort(); // one that failed must not leave the others searching
    options.signal?.removeEventListener('abort', onAbort);
  }
}

function isBetter({ answer: { summary: a } }: SolveOutcome, { answer: { summary: b } }: SolveOutcome): boolean {
  return a.unassigned !== b.unassigned ? a.unassigned < b.unassigned : a.cost < b.cost;
}

function ask(request: ExchangeRequest, onProgress: ThreadOptions['onProgress']): Promise<SolveOutcome> {
  const worker: Worker = startWorker(new URL('./exchange.worker.ts', import.meta.url));
  const answered = new Promise<SolveOutcome>((resolve, reject) => {
    worker.on('message', (answer: ExchangeAnswer) => {
      if (answer.type === 'progress') onProgress?.(answer.progress);
      else if (answer.type === 'outcome') resolve(answer.outcome);
      else if (answer.type === 'refused')
        reject(answer.tooLarge ? new TooLargeError(answer.problems) : new InputError(answer.problems));
      else if (answer.type === 'no-way') reject(new RoutingError(answer.message));
      else reject(answer.error);
    });
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the solver's thread ended without an answer, exit code ${code}`)));
    worker.postMessage(request);
  });
  return answered.finally(() => worker.terminate());
}
