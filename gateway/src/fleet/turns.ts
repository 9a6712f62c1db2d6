/** Asked for more than may wait. */
export class TooManyWaiting extends Error {}

/**
 * Runs at most `atOnce` tasks at the same time; the others wait, and those of each key (an address) take turns, so that a
 * flood from one is a queue of its own. Rejects when more than `most` would wait.
 */
export function createTurns(atOnce: number, most: number) {
  const waiting = new Map<string, (() => void)[]>();
  let running = 0;
  let count = 0;

  const next = () => {
    const first = waiting.entries().next().value;
    if (!first) return;
    const [key, queue] = first;
    const start = queue.shift();
    // Behind all others.
    waiting.delete(key);
    if (queue.length > 0) waiting.set(key, queue);
    count -= 1;
    start?.();
  };

  return async function inTurn<T>(key: string, task: () => Promise<T>): Promise<T> {
    if (running >= atOnce) {
      if (count >= most) throw new TooManyWaiting('busy');
      count += 1;
      // The place is handed over by whoever ends: nobody slips in between.
      await new Promise<void>((resolve) => {
        const queue = waiting.get(key);
        if (queue) queue.push(resolve);
        else waiting.set(key, [resolve]);
      });
    } else running += 1;
    try {
      return await task();
    } finally {
      if (count > 0) next();
      else running -= 1;
    }
  };
}
