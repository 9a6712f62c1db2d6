import { answerJobs } from '@uptower/platform';
import { answerQuestion } from './port.ts';

answerJobs(answerQuestion);
