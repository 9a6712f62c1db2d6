import { startThreads, type Threads } from '@uptower/platform';
import type { FitJob } from './fit.ts';
import type { Network } from './network.ts';

/** Threads that fit networks side by side. */
export const startRulThreads = (most: number): Threads<FitJob, Network> =>
  startThreads(new URL('./rul-fit.worker.ts', import.meta.url), most);
