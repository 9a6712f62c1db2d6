import { type Logger, startWorker } from '@uptower/platform';
import type { ReadingStore } from '../ports/reading-store.ts';
import { rowsOf } from './reading-rows.ts';
import type { Answer, Call, Calls } from './reading-store.worker.ts';

type Waiting = { resolve(value: unknown): void; reject(error: Error): void };

/**
 * DuckDB in a worker thread (its appender's flush blocks the thread it runs on). Calls are carried out in the order they
 * were made, so a query sees every batch appended before it.
 */
export async function openDuckdbReadingStore(file: string, log: Logger): Promise<ReadingStore> {
  const worker = startWorker(new URL('./reading-store.worker.ts', import.meta.url), { workerData: { file } });
  const waiting = new Map<number, Waiting>();
  let nextId = 1;
  let gone: Error | undefined;
  const fail = (error: Error) => {
    gone ??= error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  worker.on('message', ({ id, ok, value, error }: Answer) => {
    const call = waiting.get(id);
    waiting.delete(id);
    if (ok) call?.resolve(value);
    else call?.reject(new Error(error));
  });
  worker.on('error', (error: Error) => {
    log.error({ err: error }, 'reading-store.worker-failed');
    fail(error);
  });
  worker.on('exit', () => fail(new Error('the reading store is closed')));

  function call<K extends keyof Calls>(name: K, ...args: Calls[K]['args']): Promise<Calls[K]['result']> {
    if (gone) return Promise.reject(gone);
    return new Promise((resolve, reject) => {
      const id = nextId++;
      waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      worker.postMessage({ id, name, args } satisfies Call);
    });
  }

  let position = await call('open');
  return {
    position: () => position,
    async append(batch) {
      const rows = rowsOf(batch, position);
      if (rows.through <= position) return;
      await call('append', rows);
      position = rows.through;
    },
    series: (...args) => call('series', ...args),
    range: (...args) => call('range', ...args),
    latest: (...args) => call('latest', ...args),
    async close() {
      if (gone) return;
      await call('close'); // a worker terminated inside a call of DuckDB takes the process with it (Napi::Error, 1.5.6)
      await worker.terminate();
    },
  };
}
