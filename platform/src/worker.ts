import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * Starts a worker from its module's URL, written as `new URL('./x.worker.ts', import.meta.url)`: the source when it is
 * there (tests, development; tsx translates), else the bundle of the same name beside the running one.
 * On Node 20 `--import tsx` does not reach a worker's own entry file, so a few words of JavaScript register it first.
 */
export function startWorker(url: URL, options: WorkerOptions = {}): Worker {
  const source = fileURLToPath(url);
  if (!existsSync(source)) return new Worker(source.replace(/\.ts$/, '.js'), options);
  const [tsx, entry] = [import.meta.resolve('tsx/esm/api'), url.href].map((text) => JSON.stringify(text));
  return new Worker(`import(${tsx}).then(({ register }) => { register(); return import(${entry}); });`, {
    ...options,
    eval: true,
  });
}
