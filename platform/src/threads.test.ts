import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TestJob } from './testing/threads.worker.ts';
import { startThreads, type Threads } from './threads.ts';

let threads: Threads<TestJob, number>;
beforeEach(() => {
  threads = startThreads(new URL('./testing/threads.worker.ts', import.meta.url), 2);
});
afterEach(() => threads.close());

test('more jobs than threads are all answered, each with its own answer and progress', async () => {
  const heard: number[][] = [[], [], [], [], []];
  const answers = await Promise.all(
    heard.map((of, n) => threads.run({ kind: 'square', n }, (done) => void of.push(done))),
  );
  expect(answers).toEqual([0, 1, 4, 9, 16]);
  expect(heard).toEqual([[0], [1], [2], [3], [4]]);
});

test('what the work throws is thrown to who asked, and the thread goes on', async () => {
  await expect(threads.run({ kind: 'throw' })).rejects.toThrow('not today');
  await expect(threads.run({ kind: 'square', n: 3 })).resolves.toBe(9);
});

test('a thread that ends is replaced for those who wait', async () => {
  const jobs: TestJob[] = [{ kind: 'exit' }, { kind: 'exit' }, { kind: 'square', n: 5 }, { kind: 'square', n: 6 }];
  const ended = { status: 'rejected', reason: new Error('the thread ended with code 7') };
  expect(await Promise.allSettled(jobs.map((job) => threads.run(job)))).toEqual([
    ended,
    ended,
    { status: 'fulfilled', value: 25 },
    { status: 'fulfilled', value: 36 },
  ]);
});
