import { type Instant, MINUTE } from '@uptower/domain';

/**
 * A device's time of day against ours. An offset is the device's time minus the time of receipt: near zero and a little
 * negative when all is well. Plain data, constant size.
 */
export interface ClockWatch {
  /** Its usual offset, ms; null before it was seen. */
  usual: number | null;
  /** Its newest time so far. */
  lastTs: Instant | null;
  /** Another offset that may turn out to be a jump. */
  suspect: { offset: number; at: Instant; count: number } | null;
  /** Its clock jumped: now so much off, noticed then. */
  jumped: { offset: number; at: Instant } | null;
}

export const noClock = (): ClockWatch => ({ usual: null, lastTs: null, suspect: null, jumped: null });

/** Less than this is transport. */
export const TOLERANCE_MS = 2 * MINUTE;
/** A jump is believed after so many messages over so much time that agree with each other. */
const BELIEVED_COUNT = 3;
const BELIEVED_MS = 2 * MINUTE;
/** How closely they must agree: readings from a buffer come faster than they were measured, so theirs drift apart. */
const AGREE_MS = MINUTE / 2;
/** Weight of one message in the usual offset. */
const FORGET = 0.05;

/**
 * Takes the newest time a message speaks of. Three things look alike at first and are told apart:
 * a late or emptied buffer begins where the device's time had stopped and closes in on ours; a slow path is late by the
 * same amount but its times never run backwards; a clock that was set back runs at our pace and begins before what it
 * said last. Ahead of us there is nothing but a wrong clock.
 */
export function onTime(clock: ClockWatch, ts: Instant, at: Instant): void {
  const offset = ts - at;
  const backwards = clock.lastTs !== null && ts < clock.lastTs;
  const asUsual = clock.usual !== null && Math.abs(offset - clock.usual) <= TOLERANCE_MS;
  if (asUsual || Math.abs(offset) <= TOLERANCE_MS) {
    // Set right: what was usual is over.
    clock.usual = asUsual && clock.usual !== null ? clock.usual + FORGET * (offset - clock.usual) : offset;
    clock.suspect = null;
    clock.jumped = null;
  } else if (offset > 0 || backwards || clock.suspect) suspected(clock, offset, at, offset > 0 || backwards);
  // On a clock that may have jumped, later is what comes later; otherwise history does not move the newest time back.
  clock.lastTs = clock.suspect || clock.jumped ? ts : Math.max(clock.lastTs ?? ts, ts);
}

function suspected(clock: ClockWatch, offset: number, at: Instant, mayBegin: boolean): void {
  const { suspect } = clock;
  if (suspect && Math.abs(offset - suspect.offset) <= AGREE_MS) {
    suspect.count += 1;
    if (suspect.count >= BELIEVED_COUNT && at - suspect.at >= BELIEVED_MS)
      clock.jumped = { offset: suspect.offset, at: clock.jumped?.at ?? suspect.at };
    return;
  }
  clock.suspect = mayBegin ? { offset, at, count: 1 } : null;
}
