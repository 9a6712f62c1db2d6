/**
 * Worker thread entry: solves each request it is sent, or is one of several searches that share an instance (parallel.ts).
 * The one file here that reads a clock, because a function cannot be posted. `stop` is shared memory, so that a running
 * search sees it at once.
 */
import { parentPort } from 'node:worker_threads';
import { loadHighs } from './highs.ts';
import { buildInstance, type PlainInstance } from './instance.ts';
import type { Orders } from './orders.ts';
import type { PooledRoute } from './pool.ts';
import { type Progress, type SolveLimits, type SolveOptions, type SolveResult, solve } from './search.ts';
import { Session, sharesOf } from './session.ts';

export interface SolveRequest {
  readonly plain: PlainInstance;
  readonly limits: SolveLimits;
  /** One Int32; anything but zero means stop. */
  readonly stop: SharedArrayBuffer;
  /** One of `count` searches, which then waits for commands. Not given: the whole search. */
  readonly search?: { readonly index: number; readonly count: number };
  /** Milliseconds are those of the processor, divided by so many threads; not given: of the clock on the wall. */
  readonly processorThreads?: number;
}

export type SearchCommand =
  | { readonly command: 'run'; readonly share: number }
  | { readonly command: 'review'; readonly pools: readonly (readonly PooledRoute[])[] }
  | { readonly command: 'adopt'; readonly orders: Orders }
  | { readonly command: 'finish'; readonly iterations: number };

export type SolveAnswer =
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'result'; readonly result: SolveResult }
  | { readonly type: 'state'; readonly bestCost: number; readonly iterations: number; readonly pool: PooledRoute[] }
  | { readonly type: 'orders'; readonly orders: Orders }
  | { readonly type: 'refused'; readonly error: unknown };

const port = parentPort;
if (port === null) throw new Error('solver.worker.ts is started as a worker thread');
const answer = (message: SolveAnswer) => port.postMessage(message);

let session: Session | null = null;
port.on('message', (message: SolveRequest | SearchCommand) => {
  const done = 'command' in message ? obey(message) : begin(message);
  done.catch((error: unknown) => answer({ type: 'refused', error }));
});

async function begin(request: SolveRequest): Promise<void> {
  const flag = new Int32Array(request.stop);
  const signal = {
    get aborted() {
      return Atomics.load(flag, 0) !== 0;
    },
  };
  const onProgress = (progress: Progress) => answer({ type: 'progress', progress });
  const now = clock(request.processorThreads);
  const instance = buildInstance(request.plain);
  const recombines = sharesOf(request.limits).length > 1;
  const options: SolveOptions = {
    ...request.limits,
    now,
    signal,
    onProgress,
    ...(recombines && { solveProgram: await loadHighs() }),
  };
  if (request.search === undefined) {
    answer({ type: 'result', result: solve(instance, options) });
    return;
  }
  session = new Session(instance, options, request.search.index, request.search.count);
  tellState(session);
}

async function obey(command: SearchCommand): Promise<void> {
  if (session === null) throw new Error('no search was begun');
  if (command.command === 'run') {
    let told = session.bestCost;
    session.runUntil(command.share, () => {
      const { bestCost, iterations, unassigned } = session as Session;
      if (bestCost < told) answer({ type: 'progress', progress: { iterations, cost: bestCost, unassigned } });
      told = Math.min(told, bestCost);
    });
    tellState(session);
  } else if (command.command === 'review') answer({ type: 'orders', orders: session.review(command.pools) });
  else if (command.command === 'adopt') session.adopt(command.orders);
  else answer({ type: 'result', result: session.result(command.iterations) });
}

function tellState({ bestCost, iterations, pool }: Session): void {
  answer({ type: 'state', bestCost, iterations, pool });
}

function clock(processorThreads: number | undefined): () => number {
  if (processorThreads === undefined) return () => performance.now();
  return () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000 / processorThreads;
  };
}
