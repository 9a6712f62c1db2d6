import { startThreads } from '@uptower/platform';
import type { Explain, Question } from './port.ts';
import type { Relaxed } from './relaxations.ts';
import type { WhyNot } from './why-not.ts';

/** A thread of its own, so that who asks why does not hold up who plans. One question at a time. */
export function explainThread(): Explain {
  const threads = startThreads<Question, WhyNot | Relaxed[]>(new URL('./explain.worker.ts', import.meta.url), 1);
  return {
    whyNot: (question) => threads.run({ kind: 'why-not', ...question }) as Promise<WhyNot>,
    relaxations: (question) => threads.run({ kind: 'relaxations', ...question }) as Promise<Relaxed[]>,
    stop: () => threads.close(),
  };
}
