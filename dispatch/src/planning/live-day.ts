import type { Visit, WorkOrder, WorkOrderId } from '@uptower/domain';
import type { PlainInterval } from '../solver/plain.ts';
import type { DispatchState } from '../state.ts';
import { asStart } from './from-solution.ts';
import type { SolverPlan } from './port.ts';
import type { DayToRepair, RepairedDay } from './repair-day.ts';
import { ceilSecond, floorSecond } from './shift-rows.ts';
import type { PlannedOrder, PlanningProblem } from './to-instance.ts';
import { toldOf } from './told-window.ts';

/** The plan in force as a day to repair. `urgent`: who else is to have a place at once; everybody who has none, if not given. */
export function dayToRepair(problem: PlanningProblem, urgent?: ReadonlySet<WorkOrderId>): DayToRepair {
  const told = problem.orders.map((planned) => heldIn(problem, planned));
  const wanted = problem.orders.flatMap(({ order }, visit) =>
    order.state === 'received' && (urgent?.has(order.id) ?? true) ? [visit] : [],
  );
  return { plain: problem.plain, start: asStart(problem), told, urgent: wanted };
}

function heldIn({ placed, loose }: PlanningProblem, { order }: PlannedOrder): PlainInterval | null {
  if (order.state !== 'scheduled' || order.id === loose) return null;
  if (placed?.some(({ workOrderId }) => workOrderId === order.id)) return null;
  const from = ceilSecond(order.visit.startAt);
  return { from, to: Math.max(from, floorSecond((order.slot ?? toldOf(order.visit)).to)) };
}

/** Visits of agreed orders that a plan gives to somebody else or to another hour. */
export function movedIn(problem: PlanningProblem, { routes }: SolverPlan): number[] {
  const tolerance = problem.plain.weights.churnToleranceSeconds;
  return routes.flatMap(({ engineer, stops }) =>
    stops.flatMap(({ visit, startAt }) => {
      const previous = problem.plain.visits[visit]?.previous;
      if (previous === undefined) return [];
      const stays = previous.engineer === engineer && Math.abs(previous.startAt - startAt) <= tolerance;
      return stays ? [] : [visit];
    }),
  );
}

/** Of those without a place, whom a plan may name: who was looked for a place for, now or in the plan before. */
export function namedAbsent(problem: PlanningProblem, { tried }: RepairedDay, { plan }: DispatchState) {
  const before = new Set(plan?.unassigned.map(({ workOrderId }) => workOrderId));
  const named = new Set(tried.map((visit) => problem.orders[visit]?.order.id));
  return (id: WorkOrderId) => before.has(id) || named.has(id);
}

/** Visits of the plan in force that nobody is needed for any more: their orders ended before anybody was there. */
export function withdrawnVisits({ plan, orders }: DispatchState): { order: WorkOrder; visit: Visit }[] {
  return (plan?.visits ?? []).flatMap((visit) => {
    const order = orders.get(visit.workOrderId)?.order;
    const ended = order?.state === 'cancelled' || (order?.state === 'closed' && order.visitsMade === 0);
    return order && ended ? [{ order, visit }] : [];
  });
}
