import type { Incoming } from '../ports.ts';

/** Told once: true when all are durable, false when they were not taken. */
type Settled = (taken: boolean) => void;

export interface Gathering {
  add(messages: readonly Incoming[], settled: Settled): void;
  /** Sends what was gathered so far at once: something follows that must not overtake it. */
  flush(): void;
}

/**
 * What all connections bring in one turn of the event loop goes on in one piece: simple firmware waits for each
 * acknowledgement, so that one connection alone never has more than one message to give.
 */
export function gathering(takeAll: (messages: readonly Incoming[]) => Promise<void>): Gathering {
  let messages: Incoming[] = [];
  let waiting: Settled[] = [];

  const flush = () => {
    if (messages.length === 0) return;
    const [batch, told] = [messages, waiting];
    messages = [];
    waiting = [];
    const tell = (taken: boolean) => {
      for (const settled of told) settled(taken);
    };
    takeAll(batch).then(
      () => tell(true),
      () => tell(false),
    );
  };

  return {
    add(given, settled) {
      if (messages.length === 0) setImmediate(flush);
      for (const message of given) messages.push(message);
      waiting.push(settled);
    },
    flush,
  };
}
