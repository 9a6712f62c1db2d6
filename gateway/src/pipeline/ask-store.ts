import { SECOND } from '@uptower/domain';
import type { RangeOf } from '../event-time/stored-readings.ts';
import { type ReadingStore, StoreUnavailable } from '../ports/reading-store.ts';

/** A store that is silent or far behind is waited for so long (real time), and then not asked again for a while. */
const PATIENCE_MS = 5 * SECOND;
const PAUSE_MS = 10 * SECOND;

/** What the store holds, asked in the middle of the pipeline's work; `given`: it was given everything taken so far, or rejects. */
export function askStore(
  store: Pick<ReadingStore, 'range'>,
  given: () => Promise<void>,
  { patienceMs = PATIENCE_MS, pauseMs = PAUSE_MS, monotonicMs = () => performance.now() } = {},
): RangeOf {
  let notBefore = Number.NEGATIVE_INFINITY;
  return async (...stretch) => {
    if (monotonicMs() < notBefore) throw new StoreUnavailable('did not answer a moment ago');
    try {
      return await within(patienceMs, async () => {
        await given();
        return store.range(...stretch);
      });
    } catch (error) {
      notBefore = monotonicMs() + pauseMs;
      throw error;
    }
  };
}

async function within<T>(ms: number, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new StoreUnavailable(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}
