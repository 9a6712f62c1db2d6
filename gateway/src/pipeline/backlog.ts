import type { Logger } from '@uptower/platform';
import type { Batch } from '../ports/reading-store.ts';
import { openJournal } from '../telemetry/journal/journal.ts';

/** A batch with its beginning: everything in `(after, through]`. */
export type Stretch = Batch & { readonly after: number };

/** What waits on disk for the store: decided readings, batch by batch, in the journal's order. */
export interface Backlog {
  /** Journal position before the first batch that is still here; null when there is none. */
  begin(): number | null;
  /** Journal position through which the batches here reach; null when there is none. */
  end(): number | null;
  /** Resolves when it is on disk. */
  push(batch: Stretch): Promise<void>;
  /** The oldest batch that reaches beyond this journal position; undefined when there is none. */
  next(after: number): Promise<Stretch | undefined>;
  /** Forgets batches up to this journal position. */
  drop(through: number): Promise<void>;
  close(): Promise<void>;
}

const SEGMENT_BYTES = 8 * 1024 * 1024;
const TOPIC = 'backlog';

interface Place {
  readonly position: number;
  readonly after: number;
  readonly through: number;
}

/**
 * A queue in the form of a second journal: the same segments, checksums and recovery. Each record is one batch; its
 * `from` holds the stretch of the intake journal it covers.
 */
export async function openBacklog(directory: string, log: Logger): Promise<Backlog> {
  const journal = await openJournal(directory, { log, segmentBytes: SEGMENT_BYTES, keepBytes: 0 });
  const places: Place[] = [];
  for (let last = 0; ; ) {
    const entries = await journal.read(last);
    const newest = entries.at(-1);
    if (!newest) break;
    for (const entry of entries)
      if (entry.kind === 'message') {
        const [after, through] = entry.from.split('-').map(Number) as [number, number];
        places.push({ position: entry.position, after, through });
      }
    last = newest.position;
  }
  return {
    begin: () => places[0]?.after ?? null,
    end: () => places.at(-1)?.through ?? null,
    async push({ readings, after, through }) {
      const payload = Buffer.from(JSON.stringify(readings));
      const position = await journal.append({
        kind: 'message',
        receivedAt: 0,
        from: `${after}-${through}`,
        topic: TOPIC,
        payload,
      });
      places.push({ position, after, through });
    },
    async next(after) {
      for (;;) {
        const place = places.find((candidate) => candidate.through > after);
        if (!place) return undefined;
        const [entry] = await journal.read(place.position - 1, 1);
        if (entry?.kind === 'message' && entry.position === place.position)
          return { ...place, readings: JSON.parse(entry.payload.toString()) as Batch['readings'] };
        if (!places.includes(place)) continue; // dropped meanwhile
        // What is left out here the store will not have, and it is brought again from the intake journal.
        log.error({ after: place.after, through: place.through }, 'backlog.batch-unreadable');
        places.splice(places.indexOf(place), 1);
      }
    },
    async drop(through) {
      while (places[0] && places[0].through <= through) places.shift();
      await journal.trim((places[0]?.position ?? journal.head() + 1) - 1);
    },
    close: () => journal.close(),
  };
}
