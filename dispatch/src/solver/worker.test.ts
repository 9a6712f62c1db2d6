import { EventEmitter } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { checkPlan } from './check-plan.ts';
import { loadHighs } from './highs.ts';
import { buildInstance, type PlainInstance } from './instance.ts';
import { solveInParallel } from './parallel.ts';
import { Rng } from './rng.ts';
import { solve } from './search.ts';
import { solveInWorker } from './solve-in-worker.ts';
import { anEngineer, aShift, aVisit, onALine } from './test-cases.ts';

const plain = onALine([0, 30, 50, 70], { visits: [aVisit(1), aVisit(2), aVisit(3)] });

/** A real thread. On Node 20 `--import tsx` leaves worker threads alone, so tsx is registered in there by hand. */
const tsx = `import { register } from ${JSON.stringify(import.meta.resolve('tsx/esm/api'))}; register();`;
const execArgv = ['--import', `data:text/javascript,${encodeURIComponent(tsx)}`];
const start = () => new Worker(new URL('./solver.worker.ts', import.meta.url), { execArgv });

/** Answers nothing, and does what it is told to. */
class StubWorker extends EventEmitter {
  readonly posted: unknown[] = [];
  terminated = false;
  postMessage(message: unknown): void {
    this.posted.push(message);
  }
  terminate(): Promise<number> {
    this.terminated = true;
    return Promise.resolve(0);
  }
}

const stubbed = (stub: StubWorker) => () => stub as unknown as Worker;

test('[W1] a worker gives the same answer as this thread', async () => {
  const progress: number[] = [];
  const result = await solveInWorker(start, plain, {
    seed: 3,
    iterations: 50,
    onProgress: ({ cost }) => progress.push(cost),
  });
  expect(result).toEqual(solve(buildInstance(plain), { seed: 3, iterations: 50 }));
  expect(progress.length).toBeGreaterThan(0);
});

test('[W2] abort ends an endless search with the best plan so far', async () => {
  const abort = new AbortController();
  const onProgress = () => abort.abort();
  const result = await solveInWorker(start, plain, { seed: 3, iterations: 1e12, signal: abort.signal, onProgress });
  expect(result.stoppedBy).toBe('signal');
  expect(result.plan.unassigned).toEqual([]);
});

test('[W3] a refused instance rejects with the path', async () => {
  const wrong = { ...plain, visits: [aVisit(9)] };
  await expect(solveInWorker(start, wrong, { seed: 1, iterations: 1 })).rejects.toThrow(/visits\[0\]\.location/);
});

test('[W4] a worker that fails or ends without an answer rejects, and is ended', async () => {
  const failing = new StubWorker();
  const failed = solveInWorker(stubbed(failing), plain, { seed: 1, iterations: 1 });
  failing.emit('error', new Error('out of memory'));
  await expect(failed).rejects.toThrow('out of memory');
  expect(failing.terminated).toBe(true);

  const leaving = new StubWorker();
  const left = solveInWorker(stubbed(leaving), plain, { seed: 1, iterations: 1 });
  leaving.emit('exit', 1);
  await expect(left).rejects.toThrow(/without an answer, exit code 1/);
});

test('[W5] two threads find what one finds, where iterations are the limit', async () => {
  const rng = new Rng(5);
  const points = Array.from({ length: 31 }, () => rng.below(1000));
  const visits = points.slice(1).map((_, k) => aVisit(k + 1, { windows: [{ from: rng.below(2000), to: 3500 }] }));
  const engineers = Array.from({ length: 6 }, () => anEngineer({ shifts: [aShift({ to: 4000 })] }));
  const scattered = onALine(points, { visits, engineers });
  const limits = { seed: 11, iterations: 20_001 };
  const solveProgram = await loadHighs();
  const here = solve(buildInstance(scattered), { ...limits, solveProgram });
  expect(here.iterations).toBe(20_001);
  expect(await solveInParallel(start, scattered, { ...limits, threads: 1 })).toEqual(here);
  expect(await solveInParallel(start, scattered, { ...limits, threads: 2 })).toEqual(here);
  expect(checkPlan(buildInstance(scattered), here.plan)).toEqual([]);
}, 60_000);

test('[W6] abort ends threads that search side by side; a refused instance names the path', async () => {
  const abort = new AbortController();
  const running = solveInParallel(start, plain, { seed: 1, milliseconds: 600_000, threads: 2, signal: abort.signal });
  setTimeout(() => abort.abort(), 50);
  expect((await running).stoppedBy).toBe('signal');
  const broken = { ...plain, visits: [aVisit(99)] };
  await expect(solveInParallel(start, broken, { seed: 1, iterations: 1, threads: 2 })).rejects.toThrow(
    /visits\[0\]\.location/,
  );
}, 60_000);

test('[W7] nor do threads matter where visits are tied to each other', async () => {
  const windows = (from: number) => [{ from, to: 700 }];
  const tied: PlainInstance = {
    ...onALine([0, 30, 50, 70], { visits: [aVisit(1), aVisit(1, { windows: windows(90) }), aVisit(3), aVisit(2)] }),
    engineers: [anEngineer(), anEngineer()],
    links: [
      { kind: 'together', first: 0, second: 1 },
      { kind: 'after', first: 2, second: 3, minGapSeconds: 100, maxGapSeconds: 400 },
    ],
  };
  const limits = { seed: 11, iterations: 20_000 };
  const here = solve(buildInstance(tied), { ...limits, solveProgram: await loadHighs() });
  expect(checkPlan(buildInstance(tied), here.plan)).toEqual([]);
  expect(here.plan.unassigned).toEqual([]);
  expect(await solveInParallel(start, tied, { ...limits, threads: 2 })).toEqual(here);
}, 60_000);
