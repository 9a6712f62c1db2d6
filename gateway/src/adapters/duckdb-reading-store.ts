import type { Logger } from '@uptower/platform';
import type { ReadingStore } from '../ports/reading-store.ts';
import { storeThread } from './duckdb-thread.ts';
import { rowsOf } from './reading-rows.ts';

const PROGRESS_MS = 500;

/** DuckDB in a worker thread (its appender's flush blocks the thread it runs on). A query sees every batch that was appended when it was asked. */
export async function openDuckdbReadingStore(file: string, log: Logger): Promise<ReadingStore> {
  const { call, close } = storeThread(file, log);
  let position = await call('position');
  return {
    position: () => position,
    async check() {
      position = await call('position');
      return position;
    },
    async append(batch) {
      if (batch.through <= position) return;
      await call('append', rowsOf(batch, position));
      position = batch.through;
    },
    settle: async () => undefined,
    async rewind(to) {
      await call('rewind', to);
      position = to;
    },
    series: (...args) => call('series', ...args),
    range: (...args) => call('range', ...args),
    tidy: (...args) => call('tidy', ...args),
    async exportTo(target, format, what, onProgress) {
      const looking = setInterval(
        () =>
          void call('progress').then(
            (done) => onProgress(done),
            () => undefined,
          ),
        PROGRESS_MS,
      );
      try {
        await call('exportTo', target, format, what);
      } finally {
        clearInterval(looking);
      }
      onProgress(1);
    },
    async copyTo(target) {
      await call('pinCopy', target);
      return { done: call('copy') };
    },
    refused: () => 0,
    close,
  };
}
