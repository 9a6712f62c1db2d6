/**
 * The pauses between attempts, ms. Short, so that devices behind a broker that was restarted wait for a moment only; doubled
 * up to some seconds, so that one that refuses us, or whose messages we cannot store, is not asked without end.
 */
const FIRST_MS = 500;
const LONGEST_MS = 5_000;
/** A session that was in for so long was a success: the next pause is a first one again. */
const LASTED_MS = 1_000;
const LAST_PATIENCE_MS = 2_000;

export interface Retry {
  /** No further attempt; a session under way is for the caller to end. */
  stop(): void;
  /** Resolves when the last session is over, or soon: an attempt that gets no answer is not waited for. */
  over(): Promise<void>;
}

/**
 * ms to wait after `failures` failures in a row before the one that just ended; `random` in [0, 1). Between half and the
 * whole of the doubled pause: gateways that lost the same broker do not come back at the same moment.
 */
export const pauseAfter = (failures: number, random: number): number =>
  Math.min(FIRST_MS * 2 ** failures, LONGEST_MS) * (0.5 + random / 2);

/**
 * Runs sessions one after the other, with pauses between them, and tells how each ended. A session calls `isIn` when it is
 * at work, and resolves or rejects when it is over.
 */
export function retrying(session: (isIn: () => void) => Promise<string>, ended: (reason: string) => void): Retry {
  let stopped = false;
  let wake: () => void = () => undefined;

  const run = async () => {
    let failures = 0;
    while (!stopped) {
      let inSince = Number.POSITIVE_INFINITY;
      const isIn = () => {
        inSince = performance.now();
      };
      const reason = await session(isIn).catch((error: Error) => error.message);
      ended(reason);
      if (performance.now() - inSince >= LASTED_MS) failures = 0;
      if (!stopped)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, pauseAfter(failures, Math.random()));
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      failures += 1;
    }
  };
  const done = run();
  return {
    stop() {
      stopped = true;
      wake();
    },
    over: () =>
      Promise.race([done, new Promise<void>((resolve) => void setTimeout(resolve, LAST_PATIENCE_MS).unref())]),
  };
}
