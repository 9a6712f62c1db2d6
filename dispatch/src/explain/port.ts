import type { Charge } from '../solver/cost.ts';
import { type Relaxed, smallestRelaxations } from './relaxations.ts';
import { chargesNow, planNow, type TermsQuestion } from './terms.ts';
import { type WhyNot, type WhyNotQuestion, whyNot } from './why-not.ts';

export type RelaxationsQuestion = Pick<WhyNotQuestion, 'plain' | 'plan' | 'visit'>;

export type Question =
  | ({ readonly kind: 'why-not' } & WhyNotQuestion)
  | ({ readonly kind: 'relaxations' } & RelaxationsQuestion)
  | ({ readonly kind: 'terms' } & TermsQuestion);

/** Answers about plans that take a while. The adapter is a thread; tests answer on this one. */
export interface Explain {
  whyNot(question: WhyNotQuestion): Promise<WhyNot>;
  relaxations(question: RelaxationsQuestion): Promise<Relaxed[]>;
  terms(question: TermsQuestion): Promise<Charge[]>;
  stop(): Promise<void>;
}

export function answerQuestion(question: Question): WhyNot | Relaxed[] | Charge[] {
  switch (question.kind) {
    case 'why-not':
      return whyNot(question);
    case 'relaxations':
      return relaxationsNow(question);
    case 'terms':
      return chargesNow(question);
  }
}

function relaxationsNow(question: RelaxationsQuestion): Relaxed[] {
  return smallestRelaxations(question.plain, planNow(question), question.visit);
}

export const explainInline: Explain = {
  whyNot: async (question) => whyNot(question),
  relaxations: async (question) => relaxationsNow(question),
  terms: async (question) => chargesNow(question),
  stop: async () => undefined,
};
