import type { Batch } from '../ports/reading-store.ts';
import { deviceA1 } from './fixtures.ts';

export const ROWS_A_BATCH = 500;

/** Batch number n: so many moments of one device at journal position n. */
export function numberedBatch(n: number): Batch {
  const readings = Array.from({ length: ROWS_A_BATCH }, (_, i) => ({
    deviceId: deviceA1,
    ts: n * 1000 + i,
    seq: i,
    values: { oil: 1 },
    position: n,
  }));
  return { readings, through: n };
}
