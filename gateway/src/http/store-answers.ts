import { HttpProblem } from '@uptower/platform';
import { StoreUnavailable } from '../ports/reading-store.ts';

/** What the store answers, or the problem that it does not; intake and alerts go on without it. */
export async function fromStore<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof StoreUnavailable) throw new HttpProblem('store-unavailable', error.message);
    throw error;
  }
}
