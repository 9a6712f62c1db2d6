/**
 * Worker thread entry: solves each request it is sent and answers with messages. The one file here that reads a clock,
 * because a function cannot be posted. `stop` is shared memory, so that a running search sees it at once.
 */
import { parentPort } from 'node:worker_threads';
import { buildInstance, type PlainInstance } from './instance.ts';
import { type Progress, type SolveLimits, type SolveResult, solve } from './search.ts';

export interface SolveRequest {
  readonly plain: PlainInstance;
  readonly limits: SolveLimits;
  /** One Int32; anything but zero means stop. */
  readonly stop: SharedArrayBuffer;
}

export type SolveAnswer =
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'result'; readonly result: SolveResult }
  | { readonly type: 'refused'; readonly error: unknown };

const port = parentPort;
if (port === null) throw new Error('solver.worker.ts is started as a worker thread');

port.on('message', ({ plain, limits, stop }: SolveRequest) => {
  const answer = (message: SolveAnswer) => port.postMessage(message);
  const flag = new Int32Array(stop);
  const signal = {
    get aborted() {
      return Atomics.load(flag, 0) !== 0;
    },
  };
  try {
    const onProgress = (progress: Progress) => answer({ type: 'progress', progress });
    const result = solve(buildInstance(plain), { ...limits, now: () => performance.now(), signal, onProgress });
    answer({ type: 'result', result });
  } catch (error) {
    answer({ type: 'refused', error });
  }
});
