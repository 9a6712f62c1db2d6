import type { Instant } from '@uptower/domain';
import { Packed } from './packed.ts';

/** Doubles these times take; a detector's own come after them. */
export const DELAYED_SIZE = 3;

/** ISA-18.2 alarms with on and off delays: since when the condition has held, or has been past its deadband, without a break. */
export abstract class Delayed extends Packed {
  get lastTs(): Instant | null {
    return this.numberOrNull(0);
  }
  set lastTs(ts: Instant | null) {
    this.set(0, ts);
  }
  get beyondSince(): Instant | null {
    return this.numberOrNull(1);
  }
  set beyondSince(ts: Instant | null) {
    this.set(1, ts);
  }
  get backSince(): Instant | null {
    return this.numberOrNull(2);
  }
  set backSince(ts: Instant | null) {
    this.set(2, ts);
  }
}
