import { type Clock, HOUR, MINUTE, SECOND } from '@uptower/domain';
import type { Logger } from '@uptower/platform';
import type { ReadingStore, Retention } from '../ports/reading-store.ts';

/** Looked for work so often (real time), and rested after each step, so that what comes in has the disk to itself. */
const EVERY_MS = HOUR;
const FIRST_MS = MINUTE;
const REST_MS = SECOND;

export interface TidyParts {
  readonly store: ReadingStore;
  readonly clock: Clock;
  readonly log: Logger;
  readonly retention: Retention;
}

/** Has the store carry out the retention, step by step, for as long as it runs. */
export function keepTidy({ store, clock, log, retention }: TidyParts): { stop(): void } {
  let stopped = false;
  let cancel = (): void => undefined;
  const after = (ms: number) => {
    cancel = clock.at(clock.now() + ms * clock.speed, () => void step());
  };
  const step = async () => {
    const begun = performance.now();
    const more = await store.tidy(retention, clock.now()).catch((error) => {
      log.error({ err: error }, 'reading-store.tidy-failed');
      return false;
    });
    if (more) log.debug({ ms: Math.round(performance.now() - begun) }, 'reading-store.tidied');
    if (!stopped) after(more ? REST_MS : EVERY_MS);
  };
  after(FIRST_MS);
  return {
    stop() {
      stopped = true;
      cancel();
    },
  };
}
