import type { Worker } from 'node:worker_threads';
import type { PlainInstance } from './plain.ts';
import { bestOf, type Progress, type SolveResult } from './search.ts';
import { searchesOf, sharesOf } from './session.ts';
import type { WorkerOptions } from './solve-in-worker.ts';
import type { SearchCommand, SolveAnswer, SolveRequest } from './solver.worker.ts';

export interface ParallelOptions extends WorkerOptions {
  /** Limited by time: so many searches side by side. Limited by iterations alone, they change nothing in what is found. */
  readonly threads: number;
  /** Beside `signal`: one Int32 of shared memory, anything but zero means stop. */
  readonly stop?: SharedArrayBuffer;
  /** Milliseconds are of the processor: for benchmarks on busy machines. */
  readonly processorTime?: boolean;
}

/** `solve` on several threads; see `solveInWorker` for `makeWorker` and how it ends. */
export async function solveInParallel(
  makeWorker: () => Worker,
  plain: PlainInstance,
  options: ParallelOptions,
): Promise<SolveResult> {
  const { signal, onProgress, threads, processorTime, ...rest } = options;
  const { stop = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT), ...limits } = rest;
  const onAbort = () => void Atomics.store(new Int32Array(stop), 0, 1);
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  let told = Number.POSITIVE_INFINITY;
  const tell = (progress: Progress) => {
    if (progress.cost < told) onProgress?.(progress);
    told = Math.min(told, progress.cost);
  };
  const count = searchesOf(limits, threads);
  const searches = Array.from({ length: count }, () => new RemoteSearch(makeWorker(), tell));
  const atOnce = Math.max(1, Math.min(threads, count));
  try {
    await inTurns(searches, atOnce, (search, index) =>
      search.ask({
        plain,
        limits,
        stop,
        search: { index, count },
        ...(processorTime && { processorThreads: atOnce }),
      }),
    );
    for (const share of sharesOf(limits)) {
      await inTurns(searches, atOnce, (search) => search.ask({ command: 'run', share }));
      if (share === 1 || Atomics.load(new Int32Array(stop), 0) !== 0 || plain.visits.length === 0) continue;
      const best = bestOf(searches);
      const others = searches.filter((search) => search !== best);
      const reviewed = await best.ask({ command: 'review', pools: others.map(({ pool }) => pool) });
      if (reviewed.type !== 'orders') throw new Error(`expected orders, not ${reviewed.type}`);
      for (const search of others) search.send({ command: 'adopt', orders: reviewed.orders });
    }
    const iterations = searches.reduce((sum, search) => sum + search.iterations, 0);
    const finished = await bestOf(searches).ask({ command: 'finish', iterations });
    if (finished.type !== 'result') throw new Error(`expected a result, not ${finished.type}`);
    return finished.result;
  } finally {
    signal?.removeEventListener('abort', onAbort);
    await Promise.all(searches.map((search) => search.end()));
  }
}

/** No more than so many at once: threads beyond that would only take each other's time. */
async function inTurns(
  searches: readonly RemoteSearch[],
  atOnce: number,
  ask: (search: RemoteSearch, index: number) => Promise<SolveAnswer>,
): Promise<void> {
  for (let k = 0; k < searches.length; k += atOnce) {
    const answers = searches
      .slice(k, k + atOnce)
      .map(async (search, i) => ({ search, answer: await ask(search, k + i) }));
    for (const { search, answer } of await Promise.all(answers)) search.take(answer);
  }
}

/** One search on a thread of its own, with what it said last. */
class RemoteSearch {
  bestCost = Number.POSITIVE_INFINITY;
  iterations = 0;
  pool: readonly Extract<SolveAnswer, { type: 'state' }>['pool'][number][] = [];
  private readonly worker: Worker;
  private readonly tell: (progress: Progress) => void;

  constructor(worker: Worker, tell: (progress: Progress) => void) {
    this.worker = worker;
    this.tell = tell;
  }

  send(message: SolveRequest | SearchCommand): void {
    this.worker.postMessage(message);
  }

  /** The next answer that is not progress. */
  ask(message: SolveRequest | SearchCommand): Promise<SolveAnswer> {
    const { worker } = this;
    return new Promise<SolveAnswer>((resolve, reject) => {
      const done = () => {
        worker.off('message', onMessage);
        worker.off('error', onError);
        worker.off('exit', onExit);
      };
      const onMessage = (answer: SolveAnswer) => {
        if (answer.type === 'progress') {
          this.tell(answer.progress);
          return;
        }
        done();
        if (answer.type === 'refused') reject(answer.error);
        else resolve(answer);
      };
      const onError = (error: Error) => {
        done();
        reject(error);
      };
      const onExit = (code: number) => {
        done();
        reject(new Error(`the solver's worker ended without an answer, exit code ${code}`));
      };
      worker.on('message', onMessage);
      worker.once('error', onError);
      worker.once('exit', onExit);
      this.send(message);
    });
  }

  take(answer: SolveAnswer): void {
    if (answer.type !== 'state') throw new Error(`expected a state, not ${answer.type}`);
    this.bestCost = answer.bestCost;
    this.iterations = answer.iterations;
    this.pool = answer.pool;
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }
}
