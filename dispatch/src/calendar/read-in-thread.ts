import type { BusyCopy } from '@uptower/domain';
import { startWorker } from '@uptower/platform';
import { CalendarError } from '../availability/ical/lines.ts';
import type { ReadOptions } from '../availability/ical/read-calendar.ts';

/** Reads a calendar's text. Throws CalendarError for what is no calendar. */
export type ReadText = (text: string, options: ReadOptions) => Promise<BusyCopy>;

/** Honest files of five megabytes take a second or two. */
const TIMEOUT_MS = 30_000;
const MEMORY_MB = 512;

/** On a thread of its own, which ends with it: what people upload must not keep telemetry and plans waiting. */
export const readInThread: ReadText = (text, options) =>
  new Promise((resolve, reject) => {
    const worker = startWorker(new URL('./read-calendar.worker.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    });
    const timer = setTimeout(() => end(() => reject(new CalendarError('it takes too long to read'))), TIMEOUT_MS);
    const end = (settle: () => void) => {
      clearTimeout(timer);
      worker.removeAllListeners();
      worker.on('error', () => undefined);
      void worker.terminate();
      settle();
    };
    worker.on('message', (answer: { copy: BusyCopy } | { refused: string }) =>
      end(() => ('copy' in answer ? resolve(answer.copy) : reject(new CalendarError(answer.refused)))),
    );
    worker.on('error', (error: Error & { code?: string }) =>
      end(() =>
        reject(
          error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? new CalendarError('it takes too much memory to read') : error,
        ),
      ),
    );
    worker.on('exit', (code) =>
      end(() => reject(new Error(`the thread that reads calendars ended with code ${code}`))),
    );
    worker.postMessage({ text, options });
  });
