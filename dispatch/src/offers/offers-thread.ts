import { startThreads } from '@uptower/platform';
import type { RepairedDay } from '../planning/repair-day.ts';
import type { PlacesFound, RoomFound } from './best-places.ts';
import type { SlotFound } from './find-slots.ts';
import type { FindOffers, OfferQuestion } from './port.ts';

/** Two: while one moves others to make room for a visit, another visit has its answer. */
const THREADS = 2;

/** Threads of their own: who asks for a promise does not wait for a search that is running, nor for who asks why. */
export function offersThread(): FindOffers {
  const entry = new URL('./offers.worker.ts', import.meta.url);
  const threads = startThreads<OfferQuestion, unknown>(entry, THREADS);
  return {
    places: (question) => threads.run({ kind: 'places', ...question }) as Promise<PlacesFound>,
    repaired: (question) => threads.run({ kind: 'repaired', ...question }) as Promise<RoomFound | null>,
    slots: (question) => threads.run({ kind: 'slots', ...question }) as Promise<SlotFound[]>,
    repairDay: (day) => threads.run({ kind: 'day', ...day }) as Promise<RepairedDay>,
    stop: () => threads.close(),
  };
}
