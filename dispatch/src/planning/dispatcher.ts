import type { EngineerId, Instant, Plan, Visit, WhatIfAnswer, WorkOrder, WorkOrderId } from '@uptower/domain';
import { HttpProblem } from '@uptower/platform';
import { checkPlan } from '../solver/check-plan.ts';
import { buildInstance, type Instance } from '../solver/instance.ts';
import type { Plan as SolverPlan } from '../solver/plan.ts';
import type { DispatchState } from '../state.ts';
import { describeViolations } from './from-solution.ts';
import type { Planner, PlanRun } from './planner.ts';
import { type Placed, rowAt } from './to-instance.ts';
import { whatIf } from './what-if.ts';

/** What a dispatcher does to the plan by hand. */
export class Dispatcher {
  private readonly state: DispatchState;
  private readonly planner: Planner;

  constructor(state: DispatchState, planner: Planner) {
    this.state = state;
    this.planner = planner;
  }

  /**
   * Puts a visit where the dispatcher wants it, if no hard rule and no fixed visit stands in the way. The engineer's other
   * visits are planned around it.
   */
  async move(id: WorkOrderId, engineerId: EngineerId, startAt: Instant, pin: boolean, actor: string): Promise<Plan> {
    plannableOrder(this.state, id);
    const violations = this.violationsOf(id, engineerId, startAt);
    if (violations.length > 0) throw new HttpProblem('plan-breaks-rules', violations[0]?.message, violations);
    const placed = [{ workOrderId: id, engineerId, startAt }];
    this.refuseUnless(await this.planner.answer({ trigger: 'moved-by-hand', actor, placed }));
    // What was not fixed would be free to go back where it came from.
    if (pin) this.planner.request('after-hand-edit');
    if (!pin) return this.setPinned(id, false, actor);
    return this.present();
  }

  /** What moves would cost and break, and whom else they would move; nothing is changed. */
  async whatIf(moves: readonly Placed[]): Promise<WhatIfAnswer> {
    for (const { workOrderId } of moves) plannableOrder(this.state, workOrderId);
    const alone = moves.flatMap((move) => this.violationsOf(move.workOrderId, move.engineerId, move.startAt));
    const answer = whatIf(await this.planner.dayAround(), await this.planner.dayAround(moves));
    // The same rule may be broken on the way there and by the work itself: it is named once.
    const named = new Map(
      [...alone, ...answer.violations].map((one) => [`${one.path} ${one.message.split(' (')[0]}`, one]),
    );
    return { ...answer, violations: [...named.values()] };
  }

  /** Lets the optimizer move a visit again. */
  unpin(id: WorkOrderId, actor: string): Promise<Plan> {
    return this.setPinned(id, false, actor);
  }

  private async setPinned(id: WorkOrderId, pinned: boolean, actor: string): Promise<Plan> {
    await this.planner.exclusive(async () => {
      const order = plannableOrder(this.state, id);
      if (order.state !== 'scheduled') throw new HttpProblem('order-wrong-state');
      if (order.visit.pinned === pinned) return;
      const visit: Visit = { ...order.visit, pinned };
      const before = this.present();
      const visits = before.visits.map((other) => (other.workOrderId === id ? visit : other));
      const plan = this.planner.planOf(pinned ? 'pinned' : 'unpinned', visits, before.unassigned, before.cost, []);
      await this.planner.commit(plan, { scheduled: [visit], unscheduled: [] }, actor);
    });
    return this.present();
  }

  /** A longer search than usual, on request. */
  async optimise(actor: string): Promise<PlanRun & { readonly plan: Plan | null }> {
    const run = await this.planner.run({ trigger: 'optimise', actor, milliseconds: LONG_SEARCH_MS });
    this.refuseUnless(run);
    return { ...run, plan: this.state.plan };
  }

  private present(): Plan {
    if (!this.state.plan) throw new HttpProblem('not-found', 'there is no plan yet');
    return this.state.plan;
  }

  private refuseUnless(run: PlanRun): void {
    if (run.outcome === 'committed' || run.outcome === 'unchanged') return;
    if (run.outcome === 'refused')
      throw new HttpProblem('plan-breaks-rules', run.violations[0]?.message, run.violations);
    if (run.outcome === 'stale') throw new HttpProblem('version-conflict');
    throw new HttpProblem('internal');
  }

  /** The hard rules that this one visit at this place would break, beside visits that are fixed. */
  private violationsOf(id: WorkOrderId, engineerId: EngineerId, startAt: Instant) {
    const problem = this.planner.problem({ loose: id });
    const start = Math.ceil(startAt / 1_000);
    const hours = problem.plain.engineers.map(({ shifts }) => shifts);
    const e = rowAt(problem.engineers, hours, engineerId, start);
    if (e < 0) throw new HttpProblem('not-found', `there is no engineer ${engineerId}`);
    const instance = buildInstance(problem.plain);
    const shifts = problem.plain.engineers[e]?.shifts ?? [];
    const s = shifts.findIndex(({ from, to, overtimeSeconds }) => from <= start && start < to + (overtimeSeconds ?? 0));
    const visit = problem.orders.findIndex(({ order }) => order.id === id);
    if (s < 0) {
      const outside = { kind: 'shift' as const, engineer: e, vehicle: -1, visit, by: 1 };
      const alone = checkPlan(instance, onePlan(instance, e, 0, [{ visit, start }], instance.vehicleOf(e, 0)));
      const own = alone.filter((found) => found.visit === visit && (found.kind === 'skill' || found.kind === 'level'));
      return describeViolations(problem, [outside, ...own]);
    }
    const fixed = problem.plain.visits.flatMap(({ frozen }, other) =>
      frozen?.engineer === e && frozen.shift === s ? [{ visit: other, start: frozen.startAt }] : [],
    );
    const stops = [...fixed, { visit, start }].sort((a, b) => a.start - b.start || a.visit - b.visit);
    const found = checkPlan(instance, onePlan(instance, e, s, stops, instance.vehicleOf(e, s)));
    const concerned = found.filter(({ kind, vehicle }) => vehicle >= 0 && kind !== 'missing');
    return describeViolations(problem, concerned);
  }
}

/** Real milliseconds a dispatcher waits for gladly. */
const LONG_SEARCH_MS = 1_500;

/** A plan of one route with these starts, each way driven as late as possible. */
function onePlan(
  instance: Instance,
  engineer: number,
  s: number,
  stops: readonly { readonly visit: number; readonly start: number }[],
  vehicle: number,
): SolverPlan {
  const { plain, speeds } = instance;
  const shift = plain.engineers[engineer]?.shifts[s];
  if (!shift) return { routes: [], unassigned: [] };
  let location = shift.freeAtLocation ?? shift.startLocation;
  let end = shift.from;
  const timed = stops.map(({ visit, start }) => {
    const to = instance.locationOf(visit);
    const way = instance.travelSeconds(location, to);
    const departAt = speeds?.departure(location, start, way) ?? start - way;
    location = to;
    end = start + (plain.visits[visit]?.serviceSeconds ?? 0);
    return { visit, departAt, arriveAt: start, startAt: start, endAt: end };
  });
  const home = shift.endLocation === null ? 0 : instance.travelSecondsAt(location, shift.endLocation, end);
  return {
    routes: [{ vehicle, engineer, stops: timed, homeDepartAt: end, homeAt: end + home }],
    unassigned: [],
  };
}

export const isPlannable = (order: WorkOrder): order is WorkOrder & { state: 'received' | 'scheduled' } =>
  order.service !== 'observe' && (order.state === 'received' || order.state === 'scheduled');

export function knownOrder({ orders }: DispatchState, id: WorkOrderId): WorkOrder {
  const order = orders.get(id)?.order;
  if (!order) throw new HttpProblem('not-found');
  return order;
}

/** An order the planner may still place; anything else is the problem that is answered. */
export function plannableOrder(state: DispatchState, id: WorkOrderId) {
  const order = knownOrder(state, id);
  if (!isPlannable(order)) throw new HttpProblem('order-wrong-state', `${order.number} is ${order.state}`);
  return order;
}
