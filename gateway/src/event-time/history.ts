import { DAY, type Instant } from '@uptower/domain';
import type { ReadingStore } from '../ports/reading-store.ts';
import type { Moment } from './past.ts';

const PAGE = 5_000;
/** More are not judged anew in one piece: a reading a second of three days, one a minute of half a year. */
const MAX_MOMENTS = 300_000;

/** A device's stored moments in `[from, to)`, oldest first, page by page. */
export async function* historyPages(
  store: Pick<ReadingStore, 'range'>,
  deviceId: string,
  from: Instant,
  to: Instant,
): AsyncGenerator<Moment[]> {
  let width = DAY;
  for (let at = from; at < to; ) {
    const end = Math.min(to, at + width);
    const page = await store.range(deviceId, at, end, PAGE);
    // The store gives the newest of too many: ask for a shorter time, down to one that has room for its milliseconds.
    if (page.length >= PAGE && end - at > PAGE - 1) {
      width = Math.max(PAGE - 1, Math.floor((end - at) / 4));
      continue;
    }
    yield page.map(({ ts, values }) => ({ ts, values }));
    at = end;
    if (page.length < PAGE / 4) width *= 4;
  }
}

/** A device's stored moments in `[from, to)`, oldest first; null when they are too many. */
export async function historyOf(
  store: Pick<ReadingStore, 'range'>,
  deviceId: string,
  from: Instant,
  to: Instant,
): Promise<Moment[] | null> {
  const moments: Moment[] = [];
  for await (const page of historyPages(store, deviceId, from, to)) {
    for (const moment of page) moments.push(moment);
    if (moments.length > MAX_MOMENTS) return null;
  }
  return moments;
}
