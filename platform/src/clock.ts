import type { Clock, Instant } from '@uptower/domain';

/** Longest delay setTimeout takes without wrapping (2^31 − 1 ms). */
const MAX_TIMEOUT_MS = 2_147_483_647;

export interface ScaledClockOptions {
  /** Instant of this clock at the moment of construction. */
  readonly start: Instant;
  /** Milliseconds of this clock in one real millisecond; greater than 0. */
  readonly speed: number;
  /** Real monotonic milliseconds. */
  readonly monotonicMs?: () => number;
}

/** A clock that runs `speed` times as fast as real time from `start`. Speed 1 and start = now is the wall clock. */
export function scaledClock({ start, speed, monotonicMs = () => performance.now() }: ScaledClockOptions): Clock {
  if (!(speed > 0) || !Number.isFinite(speed)) throw new Error(`clock speed must be a positive number, not ${speed}`);
  const origin = monotonicMs();
  const now = () => Math.floor(start + (monotonicMs() - origin) * speed);
  const at = (instant: Instant, callback: () => void) => {
    let timer: NodeJS.Timeout;
    const arm = () => {
      const waitMs = Math.ceil((instant - now()) / speed);
      if (waitMs <= 0) timer = setTimeout(callback, 0);
      else timer = setTimeout(waitMs > MAX_TIMEOUT_MS ? arm : fire, Math.min(waitMs, MAX_TIMEOUT_MS));
    };
    // setTimeout may fire a millisecond early: look again instead of calling back before time.
    const fire = () => (now() >= instant ? callback() : arm());
    arm();
    return () => clearTimeout(timer);
  };
  const every = (everyMs: number, callback: () => void) => {
    const timer = setInterval(callback, Math.max(1, everyMs / speed));
    return () => clearInterval(timer);
  };
  return { now, speed, at, every };
}

/** The wall clock: the one place that reads it. */
export function wallClock(): Clock {
  return scaledClock({ start: Date.now(), speed: 1 });
}

/** Moved by hand in tests: `advance` runs everything that falls due, in order. */
export function manualClock(start: Instant): Clock & { advance(ms: number): void; set(instant: Instant): void } {
  let current = start;
  let counter = 0;
  const waiting = new Map<number, { at: Instant; callback: () => void; everyMs: number | null }>();
  const wait = (at: Instant, callback: () => void, everyMs: number | null) => {
    const id = counter++;
    waiting.set(id, { at, callback, everyMs });
    return () => void waiting.delete(id);
  };
  const set = (instant: Instant) => {
    for (;;) {
      const due = [...waiting]
        .filter(([, item]) => item.at <= instant)
        .sort((a, b) => a[1].at - b[1].at || a[0] - b[0])[0];
      if (!due) break;
      const [id, item] = due;
      current = Math.max(current, item.at);
      if (item.everyMs === null) waiting.delete(id);
      else item.at += item.everyMs;
      item.callback();
    }
    current = Math.max(current, instant);
  };
  return {
    now: () => current,
    speed: 1,
    at: (instant, callback) => wait(instant, callback, null),
    every: (everyMs, callback) => wait(current + everyMs, callback, everyMs),
    advance: (ms) => set(current + ms),
    set,
  };
}
