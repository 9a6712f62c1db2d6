import { HOUR } from '@uptower/domain';
import { waitingCost } from '../../../dispatch/src/planning/risk-cost.ts';
import { planningInput } from '../../../dispatch/src/planning/snapshot.ts';
import { type PlanningProblem, toInstance } from '../../../dispatch/src/planning/to-instance.ts';
import { checkPlan } from '../../../dispatch/src/solver/check-plan.ts';
import { type Cost, cost } from '../../../dispatch/src/solver/cost.ts';
import { buildInstance } from '../../../dispatch/src/solver/instance.ts';
import type { PlainVisit } from '../../../dispatch/src/solver/plain.ts';
import type { Plan } from '../../../dispatch/src/solver/plan.ts';
import { solve } from '../../../dispatch/src/solver/search.ts';
import { estimatedTravel } from '../../../dispatch/src/travel.ts';
import { aDayService, type Executed, type Planning } from './day-run.ts';
import { DAY_BEGINS, type DayWorld, openedBy } from './day-world.ts';

/** When the planner first looks. */
const KNOWN_FROM = DAY_BEGINS - HOUR;

/** The whole day as numbers, as somebody would know it who had known all calls: nobody is there before the call. */
export async function wholeDay(world: DayWorld, planning: Planning): Promise<PlanningProblem> {
  const service = await aDayService(world, planning, 1, false);
  for (const call of world.calls)
    await service.events.append([openedBy(service.state, call)], { at: KNOWN_FROM, actor: 'call' });
  const input = planningInput(service.state, new Map(), estimatedTravel, { ...service.policy, planning }, KNOWN_FROM);
  const problem = toInstance(input);
  await service.stop();
  const visits = problem.plain.visits.map((visit, i): PlainVisit => {
    const planned = problem.orders[i];
    if (!planned || planned.order.openedAt <= KNOWN_FROM) return visit;
    const { openedAt } = planned.order;
    const at = Math.ceil(openedAt / 1_000);
    const downtime = waitingCost(planned.order, planned.contract, openedAt);
    return { ...visit, release: at, waitingSince: at, downtime };
  });
  return { ...problem, plain: { ...problem.plain, visits } };
}

/** The best of some long searches, CPU seconds each. */
export function inHindsight(problem: PlanningProblem, iterations: number, seeds: readonly number[]): Cost {
  const instance = buildInstance(problem.plain);
  const costs = seeds.map((seed) => {
    const { plan } = solve(instance, { seed, iterations });
    const [violation] = checkPlan(instance, plan);
    if (violation) throw new Error(`the plan in hindsight breaks a rule: ${JSON.stringify(violation)}`);
    return cost(instance, plan);
  });
  return costs.reduce((best, one) => (one.total < best.total ? one : best));
}

/** What the day that was worked cost, by the same books. `late`: starts beyond the plan's times by the simulation's steps. */
export function asWorked(
  problem: PlanningProblem,
  { orders }: Executed,
): { cost: Cost; undone: number; violations: unknown[] } {
  const instance = buildInstance(problem.plain);
  const routes: Plan['routes'][number][] = [];
  const rows = problem.plain.engineers.flatMap(({ shifts }, e) => shifts.map((shift, s) => ({ e, s, shift })));
  const planned = problem.orders.map(({ order }) => order.id);
  const visitOf = new Map(planned.map((id, i) => [id, i]));
  let undone = 0;
  for (const order of orders) if (!('visit' in order) || order.state === 'scheduled') undone += 1;
  for (const [vehicle, { e, shift }] of rows.entries()) {
    const engineerId = problem.engineers[e]?.engineer.id;
    const stops = orders
      .flatMap((order) => {
        if (!('visit' in order) || !order.visit || order.state === 'scheduled') return [];
        const { visit } = order;
        const index = visitOf.get(order.id);
        if (visit.engineerId !== engineerId || index === undefined) return [];
        const second = (at: number) => Math.round(at / 1_000);
        const { departAt, arriveAt, startAt, endAt } = visit;
        return [
          {
            visit: index,
            departAt: second(departAt),
            arriveAt: second(arriveAt),
            startAt: second(startAt),
            endAt: second(endAt),
          },
        ];
      })
      .sort((a, b) => a.startAt - b.startAt);
    const last = stops.at(-1);
    if (!last) continue;
    const from = problem.plain.visits[last.visit]?.location ?? 0;
    const home =
      shift.endLocation === null
        ? 0
        : (problem.plain.travelSeconds[from * problem.plain.locationCount + shift.endLocation] ?? 0);
    routes.push({ vehicle, engineer: e, stops, homeDepartAt: last.endAt, homeAt: last.endAt + home });
  }
  const plan: Plan = { routes, unassigned: [] };
  return { cost: cost(instance, plan), undone, violations: checkPlan(instance, plan) };
}
