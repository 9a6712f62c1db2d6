import { type Clock, DAY, HOUR, type Instant } from '@uptower/domain';
import { readJsonFile, scaledClock, writeJsonFile } from '@uptower/platform';
import { z } from 'zod';

/** China has one zone and no daylight saving: UTC+8. */
const CHINA_OFFSET_MS = 8 * HOUR;
const SAVE_EVERY_REAL_MS = 250;

/** 08:00 in China of the first working day that starts after `now`: a demo opens on a working morning. */
export function nextWorkingMorning(now: Instant): Instant {
  const localDay = Math.floor((now + CHINA_OFFSET_MS) / DAY);
  for (let day = localDay; ; day++) {
    const morning = day * DAY + 8 * HOUR - CHINA_OFFSET_MS;
    const weekday = new Date(day * DAY).getUTCDay();
    if (morning > now && weekday !== 0 && weekday !== 6) return morning;
  }
}

const Saved = z.object({ now: z.int() });

/**
 * The demo's clock: starts on a working morning, goes on after a restart where it stopped (the world stood still
 * meanwhile), never behind `notBefore`, the newest moment the records know.
 */
export function demoClock(
  file: string,
  speed: number,
  wallNow: Instant,
  notBefore: Instant,
): { readonly clock: Clock; stop(): void } {
  const saved = readJsonFile(file, Saved);
  const start = Math.max(saved?.now ?? nextWorkingMorning(wallNow), notBefore);
  const clock = scaledClock({ start, speed });
  const save = () => writeJsonFile(file, { now: clock.now() });
  save();
  const stopSaving = clock.every(SAVE_EVERY_REAL_MS * speed, save);
  return {
    clock,
    stop() {
      stopSaving();
      save();
    },
  };
}
