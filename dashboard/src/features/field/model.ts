import type { WorkOrder } from '@uptower/domain';
import { ApiProblem } from '../../shared/api/client.ts';
import type { FieldStop } from '../../shared/api/types.ts';

/** What the big button does next. `wait`: nothing to do here for the engineer. */
export type NextAction = 'depart' | 'arrive' | 'finish' | 'wait';

export function nextAction(order: WorkOrder): NextAction {
  switch (order.state) {
    case 'scheduled':
      return 'depart';
    case 'travelling':
      return 'arrive';
    case 'on-site':
      return 'finish';
    default:
      return 'wait';
  }
}

/** The order moved on between the look and the touch. With a detail, the server has something to say that must be read. */
export const isOvertaken = (error: unknown): boolean =>
  error instanceof ApiProblem &&
  (error.code === 'step-already-done' || (error.code === 'order-wrong-state' && error.detail === undefined));

const RANK: Partial<Record<WorkOrder['state'], number>> = { 'on-site': 0, travelling: 1, scheduled: 2 };

/** What is under way first, then by the plan's times. */
export function inOrder(stops: readonly FieldStop[]): readonly FieldStop[] {
  return [...stops].sort(
    (a, b) =>
      Math.min(1, RANK[a.order.state] ?? 3) - Math.min(1, RANK[b.order.state] ?? 3) ||
      (RANK[a.order.state] ?? 3) - (RANK[b.order.state] ?? 3) ||
      a.visit.startAt - b.visit.startAt,
  );
}

export function missingSteps(order: WorkOrder): number {
  return order.steps.filter((step) => !order.stepsDone.some((done) => done.key === step.key)).length;
}

/** Pieces of a part that this order still expects: planned, less what was booked. */
export function plannedParts(order: WorkOrder): readonly { readonly partId: string; readonly used: number }[] {
  const ids = new Set<string>([...order.parts, ...order.partsUsed.map((part) => part.partId)]);
  return [...ids].map((partId) => ({
    partId,
    used: order.partsUsed.filter((part) => part.partId === partId).reduce((sum, part) => sum + part.quantity, 0),
  }));
}
