import type { Worker } from 'node:worker_threads';
import { startWorker } from '@uptower/platform';
import { type ProposeRotas, SolverMissing } from './port.ts';
import type { RotaAnswer } from './roster.worker.ts';

/** Each rota on a thread of its own, so that planning never waits; nothing is loaded before the first. */
export function rosterThread(): ProposeRotas {
  const running = new Set<Worker>();
  return {
    run: (job, onProgress) =>
      new Promise((resolve, reject) => {
        const worker = startWorker(new URL('./roster.worker.ts', import.meta.url));
        running.add(worker);
        const end = () => {
          running.delete(worker);
          void worker.terminate();
        };
        worker.on('message', (answer: RotaAnswer) => {
          if (answer.type === 'progress') return onProgress({ cost: answer.cost, bound: answer.bound });
          if (answer.type === 'done') resolve(answer.proposal);
          else reject(answer.type === 'absent' ? new SolverMissing(answer.message) : new Error(answer.message));
          end();
        });
        worker.on('error', (error) => {
          reject(error);
          end();
        });
        worker.on('exit', (code) => {
          running.delete(worker);
          reject(new Error(`the thread ended without a rota, code ${code}`));
        });
        worker.postMessage(job);
      }),
    async stop() {
      await Promise.all([...running].map((worker) => worker.terminate()));
    },
  };
}
