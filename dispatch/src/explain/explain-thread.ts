import { startThreads } from '@uptower/platform';
import type { Charge } from '../solver/cost.ts';
import type { Explain, Question } from './port.ts';
import type { Relaxed } from './relaxations.ts';
import type { WhyNot } from './why-not.ts';

/** A thread of its own, so that who asks why does not hold up who plans. One question at a time. */
export function explainThread(): Explain {
  const threads = startThreads<Question, WhyNot | Relaxed[] | Charge[]>(
    new URL('./explain.worker.ts', import.meta.url),
    1,
  );
  return {
    whyNot: (question) => threads.run({ kind: 'why-not', ...question }) as Promise<WhyNot>,
    relaxations: (question) => threads.run({ kind: 'relaxations', ...question }) as Promise<Relaxed[]>,
    terms: (question) => threads.run({ kind: 'terms', ...question }) as Promise<Charge[]>,
    stop: () => threads.close(),
  };
}
