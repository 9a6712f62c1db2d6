import { buildInstance } from '../solver/instance.ts';
import { solve } from '../solver/search.ts';
import { type Relaxed, smallestRelaxations } from './relaxations.ts';
import { type WhyNot, type WhyNotQuestion, whyNot } from './why-not.ts';

export type Question =
  | ({ readonly kind: 'why-not' } & WhyNotQuestion)
  | ({ readonly kind: 'relaxations' } & Pick<WhyNotQuestion, 'plain' | 'plan' | 'visit'>);

/** Answers about plans that take a while. The adapter is a thread; tests answer on this one. */
export interface Explain {
  whyNot(question: WhyNotQuestion): Promise<WhyNot>;
  relaxations(question: Pick<WhyNotQuestion, 'plain' | 'plan' | 'visit'>): Promise<Relaxed[]>;
  stop(): Promise<void>;
}

export function answerQuestion(question: Question): WhyNot | Relaxed[] {
  return question.kind === 'why-not' ? whyNot(question) : relaxationsNow(question);
}

/** Beside the plan as it can still be carried out: the one in force may have been made an hour ago. */
function relaxationsNow({ plain, plan, visit }: Pick<WhyNotQuestion, 'plain' | 'plan' | 'visit'>): Relaxed[] {
  const base = solve(buildInstance(plain), { seed: 1, iterations: 0, start: plan });
  return smallestRelaxations(plain, base.plan, visit);
}

export const explainInline: Explain = {
  whyNot: async (question) => whyNot(question),
  relaxations: async (question) => relaxationsNow(question),
  stop: async () => undefined,
};
