/** Half a second, doubled up to half a minute; a connection that lasted begins anew. */
const FIRST_MS = 500;
const LONGEST_MS = 30_000;
const LASTED_MS = 10_000;
const LAST_PATIENCE_MS = 2_000;

export interface Retry {
  /** No further attempt; a session under way is for the caller to end. */
  stop(): void;
  /** Resolves when the last session is over, or soon: an attempt that gets no answer is not waited for. */
  over(): Promise<void>;
}

/** Runs sessions one after the other, with growing pauses between them, and tells how each ended. */
export function retrying(session: () => Promise<string>, ended: (reason: string) => void): Retry {
  let stopped = false;
  let wake: () => void = () => undefined;

  const run = async () => {
    for (let pause = FIRST_MS; !stopped; pause = Math.min(pause * 2, LONGEST_MS)) {
      const began = performance.now();
      const reason = await session().catch((error: Error) => error.message);
      ended(reason);
      if (performance.now() - began > LASTED_MS) pause = FIRST_MS;
      if (!stopped)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, pause);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
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
