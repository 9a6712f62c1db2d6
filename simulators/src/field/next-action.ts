import { type Instant, MINUTE, type Outcome, type PartId, type WorkOrder } from '@uptower/domain';
import type { Temperament } from './temperament.ts';

/** What an engineer does next about an order; `wait` says until when at least. */
export type FieldAction =
  | { readonly kind: 'wait'; readonly until: Instant }
  | { readonly kind: 'depart' }
  | { readonly kind: 'travel'; readonly share: number }
  | { readonly kind: 'arrive' }
  | { readonly kind: 'complete-step'; readonly step: string }
  | { readonly kind: 'use-part'; readonly partId: PartId }
  /** Parts are in, the fault is (believed to be) gone: test scans begin. Physics, not a message. */
  | { readonly kind: 'repair' }
  | { readonly kind: 'finish'; readonly outcome: Outcome };

/** What is known of a visit besides the order itself. */
export interface Progress {
  /** The repair was made, in vain or not. */
  readonly repaired: boolean;
  /** Parts the product refused to book (not in the van): done without. */
  readonly refusedParts: ReadonlySet<string>;
  /** Whoever looks finds nothing wrong with what the order is about. */
  readonly nothingWrong?: boolean;
  /** How long the way takes on the roads of that hour; as planned when nobody saw where it began. */
  readonly roadSeconds?: number;
}

export type VisitedOrder = Extract<WorkOrder, { state: 'scheduled' | 'travelling' | 'on-site' }>;

/** Share of the work after which an engineer who will give up sees it. */
const GIVES_UP_AT = 0.6;

/**
 * The one next thing due, from the order alone: whoever reads the order again after a crash goes on in the same place.
 * Steps are spread evenly over the work; parts go in and the repair is made before the last step, which is the test.
 */
export function nextAction(order: VisitedOrder, progress: Progress, how: Temperament, now: Instant): FieldAction {
  const { visit } = order;
  switch (order.state) {
    case 'scheduled':
      return now >= visit.departAt ? { kind: 'depart' } : { kind: 'wait', until: visit.departAt };
    case 'travelling': {
      const travelMs = Math.max(MINUTE, (progress.roadSeconds ?? visit.travelSeconds) * 1_000 * how.travel);
      const share = (now - order.departedAt) / travelMs;
      return share >= 1 ? { kind: 'arrive' } : { kind: 'travel', share };
    }
    case 'on-site':
      return atWork(order, progress, how, now);
  }
}

function atWork(
  order: Extract<WorkOrder, { state: 'on-site' }>,
  { repaired, refusedParts, nothingWrong }: Progress,
  how: Temperament,
  now: Instant,
): FieldAction {
  // The ward may hand the device over only at the agreed start, but never keeps anybody waiting for hours.
  const begin = Math.min(Math.max(order.arrivedAt, order.visit.startAt), order.arrivedAt + 30 * MINUTE);
  const workMs = order.serviceMinutes * MINUTE * how.work;
  const share = (now - begin) / workMs;
  if (how.givesUp && share >= GIVES_UP_AT) return { kind: 'finish', outcome: 'cannot-finish' };
  const index = order.steps.findIndex((step) => !order.stepsDone.some((done) => done.key === step.key));
  const count = order.steps.length;
  if (index === -1) return { kind: 'finish', outcome: 'fixed' };
  const isTest = index === count - 1;
  if (isTest && count > 1) {
    // Everything was looked at: nobody changes a part that is well.
    if (nothingWrong && !repaired && order.partsUsed.length === 0) return { kind: 'finish', outcome: 'no-fault-found' };
    const part = order.parts.find((id) => !refusedParts.has(id) && !order.partsUsed.some((used) => used.partId === id));
    if (part) return { kind: 'use-part', partId: part };
    if (!repaired) return { kind: 'repair' };
  }
  const due = begin + (workMs * (index + 1)) / count;
  const step = order.steps[index];
  if (now < due || !step) return { kind: 'wait', until: due };
  if (count === 1 && !repaired) return { kind: 'repair' };
  return { kind: 'complete-step', step: step.key };
}
