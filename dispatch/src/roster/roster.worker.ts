/** Worker thread entry: one rota is proposed, then the thread is ended by who started it. */
import { parentPort } from 'node:worker_threads';
import { CpSat, CpSatMissing } from '../exact/solve-model.ts';
import type { RotaJob } from './port.ts';
import { proposeRota, type RotaProposal } from './propose-rota.ts';

export type RotaAnswer =
  | { readonly type: 'progress'; readonly cost: number; readonly bound: number }
  | { readonly type: 'done'; readonly proposal: RotaProposal }
  | { readonly type: 'absent'; readonly message: string }
  | { readonly type: 'failed'; readonly message: string };

const port = parentPort;
if (port === null) throw new Error('roster.worker.ts is started as a worker thread');
const answer = (message: RotaAnswer) => port.postMessage(message);

port.once('message', async ({ problem, seconds, seed }: RotaJob) => {
  const cpSat = new CpSat();
  try {
    const proposal = await proposeRota(cpSat, problem, {
      seed,
      seconds,
      now: () => performance.now(),
      onProgress: (progress) => answer({ type: 'progress', ...progress }),
    });
    answer({ type: 'done', proposal });
  } catch (error) {
    const { message } = error as Error;
    answer(error instanceof CpSatMissing ? { type: 'absent', message } : { type: 'failed', message });
  } finally {
    await cpSat.close();
  }
});
