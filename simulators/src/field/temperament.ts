import type { WorkOrder } from '@uptower/domain';
import { bell, seedOf, unit } from '../rng.ts';

/** How one visit goes beyond the plan. Drawn from order and visit, so that a restart in the middle changes nothing. */
export interface Temperament {
  /** Travel time as a multiple of what the roads take. */
  readonly travel: number;
  /** Real work time as a multiple of the planned. */
  readonly work: number;
  /** The engineer has to give up (a part does not fit, the ward needs the room). */
  readonly givesUp: boolean;
}

const GIVES_UP = 0.03;

/** Scripted stories are never given up: their end is written. */
export function temperamentOf(
  seed: number,
  order: Pick<WorkOrder, 'id' | 'visitsMade'>,
  scripted: boolean,
): Temperament {
  const own = seedOf(seed, order.id, String(order.visitsMade));
  const within = (index: number, share: number) =>
    1 + Math.max(-share, Math.min(share, (bell(own, index) * share) / 2));
  return { travel: within(0, 0.15), work: within(1, 0.2), givesUp: !scripted && unit(own, 2) < GIVES_UP };
}
