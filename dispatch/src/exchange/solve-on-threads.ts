import type { Worker } from 'node:worker_threads';
import { startWorker } from '@uptower/platform';
import { CpSatMissing } from '../exact/solve-model.ts';
import type { ExchangeAnswer, ExchangeRequest } from './exchange.worker.ts';
import { goesThroughSolver, guessFormat } from './format.ts';
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

/** Threads that solve; each is kept for the next job, as starting one costs more than many a search. */
export class SolverThreads {
  private readonly idle: Worker[] = [];
  private closed = false;

  /**
   * Where the solver searches, its searches tell each other what they have, and with a limit in iterations alone the answer
   * is the same whatever the number of threads (parallel.ts). In other formats a limit in time is used by all threads, each
   * with a seed of its own, and the best answer counts; a limit in iterations is for one thread. Throws what `solveText`
   * throws.
   */
  async solve(job: SolveJob, options: ThreadOptions): Promise<SolveOutcome> {
    const format = job.format ?? guessFormat(job.text);
    const leads = goesThroughSolver(format);
    const threads = job.milliseconds === undefined && !leads ? 1 : Math.max(1, options.threads);
    const stop = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    const onAbort = () => void Atomics.store(new Int32Array(stop), 0, 1);
    if (options.signal?.aborted) onAbort();
    options.signal?.addEventListener('abort', onAbort, { once: true });
    const { routing, clock } = options;
    try {
      const outcomes = await Promise.all(
        Array.from({ length: leads ? 1 : threads }, (_, thread) => {
          const request = { job: { ...job, format, seed: job.seed + thread }, stop, clock, threads, leads };
          const onProgress = thread === 0 ? options.onProgress : undefined;
          return this.ask({ ...request, ...(routing !== undefined && { routing }) }, onProgress);
        }),
      );
      return outcomes.reduce((best, other) => (isBetter(other, best) ? other : best));
    } finally {
      onAbort(); // one that failed must not leave the others searching
      options.signal?.removeEventListener('abort', onAbort);
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.all(this.idle.splice(0).map((worker) => worker.terminate()));
  }

  private ask(request: ExchangeRequest, onProgress: ThreadOptions['onProgress']): Promise<SolveOutcome> {
    const worker = this.idle.pop() ?? startWorker(new URL('./exchange.worker.ts', import.meta.url));
    worker.ref();
    return new Promise<SolveOutcome>((resolve, reject) => {
      const done = (reusable: boolean) => {
        worker.off('message', onMessage);
        worker.off('error', onError);
        worker.off('exit', onExit);
        if (reusable && !this.closed) {
          worker.unref(); // an idle thread keeps no process alive
          this.idle.push(worker);
        } else void worker.terminate();
      };
      const onMessage = (answer: ExchangeAnswer) => {
        if (answer.type === 'progress') {
          onProgress?.(answer.progress);
          return;
        }
        done(answer.type !== 'failed');
        if (answer.type === 'outcome') resolve(answer.outcome);
        else if (answer.type === 'cp-sat-missing') reject(new CpSatMissing());
        else if (answer.type === 'no-way') reject(new RoutingError(answer.message));
        else if (answer.type === 'failed') reject(answer.error);
        else reject(answer.tooLarge ? new TooLargeError(answer.problems) : new InputError(answer.problems));
      };
      const onError = (error: Error) => {
        done(false);
        reject(error);
      };
      const onExit = (code: number) => onError(new Error(`the solver's thread ended without an answer, code ${code}`));
      worker.on('message', onMessage);
      worker.on('error', onError);
      worker.on('exit', onExit);
      worker.postMessage(request);
    });
  }
}

function isBetter({ answer: { summary: a } }: SolveOutcome, { answer: { summary: b } }: SolveOutcome): boolean {
  return a.unassigned !== b.unassigned ? a.unassigned < b.unassigned : a.cost < b.cost;
}
