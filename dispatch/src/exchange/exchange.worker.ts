/** Worker thread entry: solves each job it is sent. The one file here that reads a clock, as a function cannot be posted. */
import { parentPort } from 'node:worker_threads';
import { startWorker } from '@uptower/platform';
import { proveDay } from '../exact/prove-day.ts';
import { CpSat, CpSatMissing } from '../exact/solve-model.ts';
import { loadHighs } from '../solver/highs.ts';
import type { Instance } from '../solver/instance.ts';
import { solveInParallel } from '../solver/parallel.ts';
import type { Plan } from '../solver/plan.ts';
import type { Search } from './core.ts';
import { InputError, type InputProblem } from './input-error.ts';
import { type SolveJob, type SolveOutcome, type SolveProgress, solveText } from './solve-text.ts';
import { osrmWays } from './vroom/osrm.ts';
import { TooLargeError } from './vroom/request.ts';
import { estimatedWays, RoutingError } from './vroom/ways.ts';

export interface ExchangeRequest {
  readonly job: SolveJob;
  /** Base address of an OSRM server; without one travel is estimated. */
  readonly routing?: string;
  /** One Int32; anything but zero means stop. */
  readonly stop: SharedArrayBuffer;
  /** Limits in time count `wall` or `processor` milliseconds, the latter shared by so many threads. */
  readonly clock: 'wall' | 'processor';
  /** That work at the same time on this job. */
  readonly threads: number;
  /** Whether this one is to start the others; else they have requests of their own. */
  readonly leads: boolean;
}

export type ExchangeAnswer =
  | { readonly type: 'progress'; readonly progress: SolveProgress }
  | { readonly type: 'outcome'; readonly outcome: SolveOutcome }
  | { readonly type: 'refused'; readonly problems: readonly InputProblem[]; readonly tooLarge: boolean }
  | { readonly type: 'no-way'; readonly message: string }
  | { readonly type: 'cp-sat-missing' }
  | { readonly type: 'failed'; readonly error: unknown };

const port = parentPort;
if (port === null) throw new Error('exchange.worker.ts is started as a worker thread');

port.on('message', async ({ job, routing, stop, clock, threads, leads }: ExchangeRequest) => {
  const answer = (message: ExchangeAnswer) => port.postMessage(message);
  const flag = new Int32Array(stop);
  const signal = {
    get aborted() {
      return Atomics.load(flag, 0) !== 0;
    },
  };
  const processor = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000 / threads;
  };
  const onThreads: Search = ({ plain }, { seed, iterations, milliseconds, start, onProgress }) =>
    solveInParallel(() => startWorker(new URL('./search.worker.ts', import.meta.url)), plain, {
      seed,
      threads,
      stop,
      processorTime: clock === 'processor',
      ...(iterations !== undefined && { iterations }),
      ...(milliseconds !== undefined && { milliseconds }),
      ...(start !== undefined && { start }),
      ...(onProgress !== undefined && { onProgress }),
    });
  try {
    const outcome = await solveText(job, {
      now: clock === 'processor' ? processor : () => performance.now(),
      signal,
      onProgress: (progress) => answer({ type: 'progress', progress }),
      ask: routing === undefined ? estimatedWays : osrmWays(routing),
      loadProgram: loadHighs,
      ...(leads && threads > 1 && { search: onThreads }),
      prove: (instance, plan, limits) => prove(signal, instance, plan, limits),
      askName: routing === undefined ? 'estimated' : 'osrm',
    });
    answer({ type: 'outcome', outcome });
  } catch (error) {
    if (error instanceof InputError)
      answer({ type: 'refused', problems: error.problems, tooLarge: error instanceof TooLargeError });
    else if (error instanceof CpSatMissing) answer({ type: 'cp-sat-missing' });
    else if (error instanceof RoutingError) answer({ type: 'no-way', message: error.message });
    else answer({ type: 'failed', error });
  }
});

/** The flag is looked at now and then, as the proof runs on a thread of its own. */
async function prove(
  flag: { readonly aborted: boolean },
  instance: Instance,
  plan: Plan,
  limits: { seed: number; seconds: number },
) {
  const cpSat = new CpSat();
  const aborter = new AbortController();
  const look = setInterval(() => flag.aborted && aborter.abort(), 100);
  try {
    return await proveDay(cpSat, instance, plan, { ...limits, signal: aborter.signal });
  } finally {
    clearInterval(look);
    await cpSat.close();
  }
}
