/** Worker thread entry: fits each member it is sent and answers with its progress and the trees. */
import { parentPort } from 'node:worker_threads';
import type { Booster } from './boost.ts';
import { type FitJob, fitJob } from './fit-job.ts';

export type FitAnswer =
  | { readonly type: 'round'; readonly done: number }
  | { readonly type: 'fitted'; readonly booster: Booster }
  | { readonly type: 'refused'; readonly error: unknown };

const port = parentPort;
if (port === null) throw new Error('hazard-fit.worker.ts is started as a worker thread');

port.on('message', (job: FitJob) => {
  const answer = (message: FitAnswer) => port.postMessage(message);
  try {
    answer({ type: 'fitted', booster: fitJob(job, (done) => answer({ type: 'round', done })) });
  } catch (error) {
    answer({ type: 'refused', error });
  }
});
