import { answerJobs } from '@uptower/platform';
import { answerOffer, type OfferQuestion } from './port.ts';

answerJobs((question: OfferQuestion) => answerOffer(question, () => performance.now()));
