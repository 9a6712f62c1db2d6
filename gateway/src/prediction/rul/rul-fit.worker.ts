/** Worker thread entry: fits each network it is sent. */
import { answerJobs } from '@uptower/platform';
import { type FitJob, fitNetwork } from './fit.ts';

answerJobs((job: FitJob, onEpoch) => fitNetwork(job, onEpoch));
