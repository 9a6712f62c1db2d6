import type { Instant } from '@uptower/domain';
import { TOLERANCE_MS } from './clock-watch.ts';

export interface Jump {
  readonly deviceId: string;
  readonly offset: number;
  readonly at: Instant;
}

/** So many devices whose clocks jump alike are no coincidence. */
const LEAST_DEVICES = 5;
const SHARE = 0.5;

/**
 * Whether it is this server's clock that jumped: at least five devices, and half of all that tell the time, are off by the
 * same amount. Returns how far their clocks are ahead of ours (negative: behind); null when each is on its own.
 */
export function serverClockOff(jumps: readonly Jump[], timed: number): { offsetMs: number; since: Instant } | null {
  if (jumps.length < LEAST_DEVICES || jumps.length < SHARE * timed) return null;
  const offsets = jumps.map(({ offset }) => offset).sort((a, b) => a - b);
  const median = offsets[Math.floor(offsets.length / 2)] as number;
  const alike = jumps.filter(({ offset }) => Math.abs(offset - median) <= TOLERANCE_MS);
  if (alike.length < LEAST_DEVICES || alike.length < SHARE * timed) return null;
  return { offsetMs: median, since: Math.min(...alike.map(({ at }) => at)) };
}
