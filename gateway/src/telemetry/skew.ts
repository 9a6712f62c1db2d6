import { DAY, type Instant, SECOND } from '@uptower/domain';

/**
 * How far a device's clock is from ours, by its live messages; plain data, kept in the pipeline's snapshot.
 *
 * A message shows `delay = receivedAt − ts`: what the clock is behind plus the way here. The way is never negative and
 * seldom long, so the least of the latest delays is the clock (the lower envelope, as in NTP's clock filter, RFC 5905
 * section 10). A device that sends its buffer goes through hours in seconds: such messages say nothing of the clock, nor
 * do late ones.
 */
export interface Skew {
  /** The latest delays of live messages, ms, oldest first. */
  delays: number[];
  /** The last message with a time of its own, live or not. */
  last: { ts: Instant; receivedAt: Instant } | null;
  /** The skew as it was when it last changed by more than it wavers, and since when it is so. */
  settled: { readonly ms: number; readonly since: Instant } | null;
}

export const noSkew = (): Skew => ({ delays: [], last: null, settled: null });

/** So many live delays are looked at; the least of fewer than `ENOUGH` could be one slow way. */
const DELAYS = 15;
const ENOUGH = 3;
/** In live messages the device's time goes on as ours does, but for a pause of the way and the wavering of timers. */
const LIVE_SLACK_MS = 2 * SECOND;
const LIVE_FACTOR = 1.5;
/** A skew that differs by less is the same. */
const WAVERING_MS = 2 * SECOND;
/** A time further away is no clock that is off but a wrong unit, or none. */
const NO_CLOCK_MS = 400 * DAY;

/** The newest time of its own that a message carried, also where it was refused for being in the future. */
export function onDeviceTime(skew: Skew, ts: Instant, receivedAt: Instant): void {
  const { last } = skew;
  const delay = receivedAt - ts;
  if (Math.abs(delay) > NO_CLOCK_MS) return;
  if (!last) {
    skew.last = { ts, receivedAt };
    return;
  }
  const theirs = ts - last.ts;
  const ours = receivedAt - last.receivedAt;
  last.ts = ts;
  last.receivedAt = receivedAt;
  if (theirs <= 0 || theirs > ours * LIVE_FACTOR + LIVE_SLACK_MS) return;
  skew.delays.push(delay);
  if (skew.delays.length > DELAYS) skew.delays.shift();
  const ms = skewMs(skew);
  if (ms === null || (skew.settled && Math.abs(ms - skew.settled.ms) <= WAVERING_MS)) return;
  skew.settled = { ms, since: receivedAt };
}

function skewMs({ delays }: Skew): number | null {
  if (delays.length < ENOUGH) return null;
  let least = Number.POSITIVE_INFINITY;
  for (const delay of delays) if (delay < least) least = delay;
  return least;
}

export interface SkewView {
  /** Milliseconds the device's clock is behind ours, the way of the message included; negative: ahead. */
  readonly ms: number;
  /** Since when it is so, by our clock. */
  readonly since: Instant;
}

/** Null until enough live messages with a time of their own were seen. */
export function skewOf(skew: Skew): SkewView | null {
  const ms = skewMs(skew);
  return ms === null || !skew.settled ? null : { ms, since: skew.settled.since };
}
