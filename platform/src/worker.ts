import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * Starts a worker from its module's URL, written as `new URL('./x.worker.ts', import.meta.url)`: the source when it is
 * there (tests, development; tsx translates), else the bundle of the same name beside the running one.
 */
export function startWorker(url: URL, options: WorkerOptions = {}): Worker {
  const source = fileURLToPath(url);
  if (existsSync(source)) return new Worker(url, { ...options, execArgv: ['--import', import.meta.resolve('tsx')] });
  return new Worker(source.replace(/\.ts$/, '.js'), options);
}
