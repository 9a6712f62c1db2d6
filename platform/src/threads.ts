import { parentPort, type Worker } from 'node:worker_threads';
import { startWorker } from './worker.ts';

/** Threads that work on jobs side by side. Jobs and answers are what structured clone can carry. */
export interface Threads<Job, Answer> {
  /**
   * Done in the next free thread. `onProgress` hears what the work says of how far it is.
   *
   * @throws what the work threw, or why its thread ended
   */
  run(job: Job, onProgress?: (done: number) => void): Promise<Answer>;
  close(): Promise<void>;
}

type Word<Answer> =
  | { readonly type: 'progress'; readonly done: number }
  | { readonly type: 'done'; readonly answer: Answer }
  | { readonly type: 'failed'; readonly error: unknown };

/** At most so many threads of one entry module, which calls `answerJobs`; each is started when it is needed. */
export function startThreads<Job, Answer>(entry: URL, most: number): Threads<Job, Answer> {
  const all = new Set<Worker>();
  const free: Worker[] = [];
  const waiting: ((worker: Worker) => void)[] = [];
  const start = (): Worker => {
    const worker = startWorker(entry);
    all.add(worker);
    return worker;
  };
  const acquire = (): Worker | Promise<Worker> => {
    const idle = free.pop();
    if (idle) return idle;
    return all.size < most ? start() : new Promise((resolve) => waiting.push(resolve));
  };
  const release = (worker: Worker): void => {
    // One that ended makes place for another, which somebody may be waiting for.
    const next = all.has(worker) ? worker : waiting.length > 0 ? start() : undefined;
    if (!next) return;
    const waiter = waiting.shift();
    if (waiter) waiter(next);
    else free.push(next);
  };
  return {
    async run(job, onProgress) {
      const worker = await acquire();
      try {
        return await new Promise<Answer>((resolve, reject) => {
          const end = (settle: () => void) => {
            worker.off('message', hear);
            worker.off('error', fail);
            worker.off('exit', gone);
            settle();
          };
          const hear = (word: Word<Answer>) => {
            if (word.type === 'progress') onProgress?.(word.done);
            else if (word.type === 'done') end(() => resolve(word.answer));
            else end(() => reject(word.error));
          };
          const fail = (error: unknown) => {
            all.delete(worker);
            end(() => reject(error));
          };
          const gone = (code: number) => fail(new Error(`the thread ended with code ${code}`));
          worker.on('message', hear);
          worker.on('error', fail);
          worker.on('exit', gone);
          worker.postMessage(job);
        });
      } finally {
        release(worker);
      }
    },
    async close() {
      await Promise.all([...all].map((worker) => worker.terminate()));
    },
  };
}

/** In the entry module of a thread: works on each job it is sent. */
export function answerJobs<Job, Answer>(work: (job: Job, onProgress: (done: number) => void) => Answer): void {
  const port = parentPort;
  if (port === null) throw new Error('this module is started as a worker thread');
  const say = (word: Word<Answer>) => port.postMessage(word);
  port.on('message', (job: Job) => {
    try {
      say({ type: 'done', answer: work(job, (done) => say({ type: 'progress', done })) });
    } catch (error) {
      say({ type: 'failed', error });
    }
  });
}
