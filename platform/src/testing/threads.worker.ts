import { answerJobs } from '../threads.ts';

export type TestJob =
  | { readonly kind: 'square'; readonly n: number }
  | { readonly kind: 'throw' }
  | { readonly kind: 'exit' };

answerJobs((job: TestJob, onProgress) => {
  if (job.kind === 'throw') throw new Error('not today');
  if (job.kind === 'exit') process.exit(7);
  onProgress(job.n);
  return job.n * job.n;
});
