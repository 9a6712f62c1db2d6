import { type Logger, startWorker } from '@uptower/platform';
import type { Answer, Call, Calls } from './reading-store.worker.ts';

type Waiting = { resolve(value: unknown): void; reject(error: Error): void };
type CallStore = <K extends keyof Calls>(name: K, ...args: Calls[K]['args']) => Promise<Calls[K]['result']>;

/** The thread DuckDB works in. One that died is replaced with the next call, after its hold on the file is gone. */
export interface StoreThread {
  readonly call: CallStore;
  close(): Promise<void>;
}

/** After such an error (a full disk, a damaged file) DuckDB answers nothing more until the file is opened anew. */
const INVALID = /FATAL Error|has been invalidated/;

export function storeThread(file: string, log: Logger): StoreThread {
  let current = startOne(file, log);
  let closed = false;
  const call: CallStore = (name, ...args) => {
    if (closed) return Promise.reject(new Error('the reading store is closed'));
    if (current.alive()) return current.call(name, ...args);
    return current.gone.then(() => {
      if (closed) throw new Error('the reading store is closed');
      if (!current.alive()) {
        log.warn({ file }, 'reading-store.opened-again');
        current = startOne(file, log);
      }
      return current.call(name, ...args);
    });
  };
  return {
    call,
    async close() {
      if (closed) return;
      closed = true;
      await current.close();
    },
  };
}

function startOne(file: string, log: Logger) {
  const worker = startWorker(new URL('./reading-store.worker.ts', import.meta.url), { workerData: { file } });
  const waiting = new Map<number, Waiting>();
  let nextId = 1;
  let alive = true;
  const fail = (error: Error) => {
    alive = false;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  const call: CallStore = (name, ...args) =>
    new Promise((resolve, reject) => {
      const id = nextId++;
      waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      worker.postMessage({ id, name, args } satisfies Call);
    });
  const gone = new Promise<void>((resolve) =>
    worker.once('exit', () => {
      fail(new Error('the thread of the reading store ended'));
      resolve();
    }),
  );
  /** A worker terminated inside a call of DuckDB takes the process with it (Napi::Error, 1.5.6): it is closed first. */
  const close = async () => {
    if (alive) {
      alive = false;
      await call('close').catch(() => undefined);
    }
    await worker.terminate();
  };
  worker.on('message', ({ id, ok, value, error }: Answer) => {
    const asked = waiting.get(id);
    waiting.delete(id);
    if (ok) asked?.resolve(value);
    else asked?.reject(new Error(error));
    if (!ok && alive && INVALID.test(error ?? '')) {
      log.error({ error }, 'reading-store.invalid');
      void close();
    }
  });
  worker.on('error', (error: Error) => {
    log.error({ err: error }, 'reading-store.thread-failed');
    fail(error);
  });
  return { call, close, gone, alive: () => alive };
}
