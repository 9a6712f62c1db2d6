import type { Instant, Interval, OpenWorkOrder, PlanChange, PromiseVerdict, Visit, WorkOrder } from '@uptower/domain';
import { workMinutes } from '../work-orders/work-time.ts';
import { type Cause, causeFor } from './causes.ts';
import { isWithin, toldOf } from './told-window.ts';

/** The last moment at which work may begin and every deadline of the contract is kept; null where none is open. */
export function beginBy(order: OpenWorkOrder): Instant | null {
  const response = order.promises.find(({ kind, settledAt }) => kind === 'response' && settledAt === null);
  const resolution = order.promises.find(({ kind }) => kind === 'resolution');
  const dues = [response?.due, resolution && resolution.due - workMinutes(order, 0.8) * 60_000];
  const known = dues.filter((due) => due !== undefined);
  return known.length > 0 ? Math.min(...known) : null;
}

export interface PlansToCompare {
  /** What was planned anew, as it was before. */
  readonly orders: readonly OpenWorkOrder[];
  /** The new visits of these orders. */
  readonly visits: readonly Visit[];
  /** Orders of the plan before that nobody is needed for any more, with their visits. */
  readonly withdrawn: readonly { readonly order: WorkOrder; readonly visit: Visit }[];
  /** What happened since the plan before; at least one thing. */
  readonly causes: readonly Cause[];
  readonly toleranceMs: number;
}

/** Who is affected by a new plan, how, why, and what becomes of what the hospital was told. Pure. */
export function diffOf({ orders, visits, withdrawn, causes, toleranceMs }: PlansToCompare): PlanChange[] {
  const visitOf = new Map(visits.map((visit) => [visit.workOrderId, visit]));
  const changed = orders.flatMap((order): PlanChange[] => {
    const before = order.state === 'scheduled' ? order.visit : null;
    const after = visitOf.get(order.id) ?? null;
    const kind = kindOf(before, after, toleranceMs);
    if (kind === null) return [];
    return [changeOf(order, kind, before, after, verdictOf(order, before, after), causes)];
  });
  const gone = withdrawn.map(({ order, visit }) => changeOf(order, 'removed', visit, null, 'withdrawn', causes));
  return [...gone, ...changed];
}

function changeOf(
  { id }: Pick<WorkOrder, 'id'>,
  kind: PlanChange['kind'],
  before: Visit | null,
  after: Visit | null,
  verdict: PromiseVerdict,
  causes: readonly Cause[],
): PlanChange {
  const told = (visit: Visit | null): Interval | null => visit && { ...toldOf(visit) };
  return {
    workOrderId: id,
    kind,
    from: before && { engineerId: before.engineerId, startAt: before.startAt },
    to: after && { engineerId: after.engineerId, startAt: after.startAt },
    cause: causeFor(causes, id, [before?.engineerId, after?.engineerId]),
    promise: { verdict, before: told(before), after: told(after) },
  };
}

function kindOf(before: Visit | null, after: Visit | null, toleranceMs: number): PlanChange['kind'] | null {
  if (!before || !after) return after ? 'placed' : before ? 'removed' : null;
  if (before.engineerId !== after.engineerId) return 'moved';
  if (Math.abs(before.startAt - after.startAt) > toleranceMs) return 'moved';
  return isWithin(toldOf(before), after.startAt) ? null : 'moved';
}

function verdictOf(order: OpenWorkOrder, before: Visit | null, after: Visit | null): PromiseVerdict {
  if (!after) return 'broken';
  if (order.slot && isWithin(order.slot, after.startAt)) return 'kept';
  if (before && isWithin(toldOf(before), after.startAt)) return 'kept';
  const by = beginBy(order) ?? Number.POSITIVE_INFINITY;
  // A deadline that was lost before is not lost again by this.
  if (after.startAt > by && (!before || before.startAt <= by)) return 'broken';
  return before ? 'moved' : 'kept';
}
