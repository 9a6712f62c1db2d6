import type { Worker } from 'node:worker_threads';
import { startWorker } from '@uptower/platform';
import type { Booster } from './boost.ts';
import type { FitJob } from './fit-job.ts';
import type { FitAnswer } from './hazard-fit.worker.ts';

export interface FitThreads {
  /** Fits in the next free thread. `onRound` hears how many rounds of this member are done. */
  fit(job: FitJob, onRound?: (done: number) => void): Promise<Booster>;
  close(): Promise<void>;
}

/** Threads that fit members side by side; started when they are needed. */
export function startFitThreads(threads: number): FitThreads {
  const all: Worker[] = [];
  const free: Worker[] = [];
  const waiting: ((worker: Worker) => void)[] = [];
  const acquire = (): Promise<Worker> => {
    const worker = free.pop();
    if (worker) return Promise.resolve(worker);
    if (all.length < threads) {
      const started = startWorker(new URL('./hazard-fit.worker.ts', import.meta.url));
      all.push(started);
      return Promise.resolve(started);
    }
    return new Promise((resolve) => waiting.push(resolve));
  };
  const release = (worker: Worker) => {
    const next = waiting.shift();
    if (next) next(worker);
    else free.push(worker);
  };
  return {
    async fit(job, onRound) {
      const worker = await acquire();
      try {
        return await new Promise<Booster>((resolve, reject) => {
          const onMessage = (answer: FitAnswer) => {
            if (answer.type === 'round') return onRound?.(answer.done);
            worker.off('message', onMessage);
            worker.off('error', reject);
            if (answer.type === 'fitted') resolve(answer.booster);
            else reject(answer.error);
          };
          worker.on('message', onMessage);
          worker.on('error', reject);
          worker.postMessage(job);
        });
      } finally {
        release(worker);
      }
    },
    async close() {
      await Promise.all(all.map((worker) => worker.terminate()));
    },
  };
}
