import { checkPlan } from '../solver/check-plan.ts';
import { cost } from '../solver/cost.ts';
import type { Instance } from '../solver/instance.ts';
import type { Plan, Route, Stop } from '../solver/plan.ts';
import { solve } from '../solver/search.ts';
import { type DayModel, dayModel, setupAt } from './day-model.ts';
import type { CpOptions, CpSat } from './solve-model.ts';

/** Beyond these a proof is not to be hoped for in minutes. */
export const PROOF_LIMITS = { visits: 25, shifts: 8 };

export interface DayProof {
  /** `optimal`: no plan costs less than `plan`. `open`: none costs less than `bound`. */
  readonly status: 'optimal' | 'open';
  /** The cheapest known: the one handed in unless a cheaper one was found. */
  readonly plan: Plan;
  readonly cost: number;
  /** Whole cost units, as `cost()` counts them. */
  readonly bound: number;
  /** Share of the cost that is not proven: (cost - bound) / cost; 0 where both are 0. */
  readonly gap: number;
}

/** What a proof does not know or is too large for, by the path of its field; empty: it can be tried. */
export function unprovable({ plain }: Instance): { path: string; message: string }[] {
  const problems: { path: string; message: string }[] = [];
  plain.visits.forEach(({ frozen }, i) => {
    if (frozen !== undefined) problems.push({ path: `visits[${i}].frozen`, message: 'a proof knows no fixed visits' });
  });
  if ((plain.links ?? []).length > 0)
    problems.push({ path: 'links', message: 'a proof knows no visits tied together' });
  if (plain.speeds !== undefined) problems.push({ path: 'speeds', message: 'a proof knows no speeds by time of day' });
  const shifts = plain.engineers.reduce((sum, engineer) => sum + engineer.shifts.length, 0);
  const tooMany = (path: string, count: number, most: number) => {
    if (count > most) problems.push({ path, message: `${count} in all, a proof takes ${most} at most` });
  };
  tooMany('visits', plain.visits.length, PROOF_LIMITS.visits);
  tooMany('engineers', shifts, PROOF_LIMITS.shifts);
  return problems;
}

/**
 * How good a plan of a small day is: CP-SAT looks for a cheaper one and shows how cheap none can be. `plan` keeps all rules
 * (`checkPlan` finds nothing) and is where the search begins. Throws where the day cannot be proven (`unprovable`), where
 * model and checker do not agree, and what `CpSat.solve` throws.
 */
export async function proveDay(cpSat: CpSat, instance: Instance, plan: Plan, options: CpOptions): Promise<DayProof> {
  const [problem] = unprovable(instance);
  if (problem !== undefined) throw new Error(`${problem.path}: ${problem.message}`);
  const day = dayModel(instance);
  hintPlan(day, instance, plan);
  const result = await cpSat.solve(day.model.data, options);
  let best = { plan, cost: cost(instance, plan).total };
  if (result.values !== null) {
    const found = planOf(day, instance, result.values);
    const [wrong] = checkPlan(instance, found);
    if (wrong !== undefined) throw new Error(`the checker refuses the proof's plan: ${JSON.stringify(wrong)}`);
    const price = cost(instance, found).total;
    if (price < best.cost) best = { plan: withReasons(instance, found), cost: price };
  }
  const none = result.status === 'infeasible';
  if (none || best.cost < result.bound) throw new Error(`the proof's bound ${result.bound} is above a plan's cost`);
  const bound = Math.max(0, result.bound);
  const gap = best.cost === 0 ? 0 : (best.cost - bound) / best.cost;
  return { status: bound === best.cost ? 'optimal' : 'open', ...best, bound, gap };
}

/** The solver names why visits are left out, and lets everybody set out as late as can be. */
function withReasons(instance: Instance, plan: Plan): Plan {
  const named = solve(instance, { seed: 1, iterations: 0, start: plan });
  return named.cost.total <= cost(instance, plan).total ? named.plan : plan;
}

function hintPlan({ model, stops, shifts, arcs }: DayModel, { visitCount }: Instance, plan: Plan): void {
  const chosen = new Set<string>();
  const servedBy = new Map<number, { vehicle: number; stop: Stop }>();
  const routes = new Map(plan.routes.map((route) => [route.vehicle, route]));
  shifts.forEach(({ homeAt, homeDepart }, v) => {
    let place = visitCount + v;
    const route = routes.get(v);
    for (const stop of route?.stops ?? []) {
      servedBy.set(stop.visit, { vehicle: v, stop });
      chosen.add(`${place} ${stop.visit}`);
      place = stop.visit;
    }
    chosen.add(`${place} ${visitCount + ((v + 1) % shifts.length)}`);
    if (route === undefined) return;
    model.hint(homeDepart, route.homeDepartAt);
    model.hint(homeAt, route.homeAt);
  });
  stops.forEach((stop, i) => {
    if (stop === null) return;
    const served = servedBy.get(i);
    if (served === undefined) chosen.add(`${i} ${i}`);
    else {
      model.hint(stop.start, served.stop.startAt);
      if (stop.depart !== null) model.hint(stop.depart, served.stop.departAt);
    }
    for (const [v, literal] of stop.by) model.hint(literal, served?.vehicle === v ? 1 : 0);
  });
  for (const { from, to, literal } of arcs) model.hint(literal, chosen.has(`${from} ${to}`) ? 1 : 0);
}

/** The model's answer as a plan with its own times. */
function planOf({ stops, shifts, arcs }: DayModel, instance: Instance, values: readonly number[]): Plan {
  const { visits } = instance.plain;
  const next = new Map(arcs.filter(({ literal }) => values[literal] === 1).map(({ from, to }) => [from, to]));
  const routes: Route[] = [];
  shifts.forEach(({ engineer, plain, startLocation, homeDepart }, vehicle) => {
    const served: Stop[] = [];
    let place = startLocation;
    for (let i = next.get(visits.length + vehicle)!; i < visits.length; i = next.get(i)!) {
      const { location } = visits[i]!;
      const way = instance.travelSeconds(place, location);
      const service = instance.serviceSeconds(i, vehicle);
      const startAt = values[stops[i]!.start]!;
      const depart = stops[i]!.depart;
      const departAt = depart === null ? startAt - way - setupAt(instance, place, location) : values[depart]!;
      served.push({ visit: i, departAt, arriveAt: departAt + way, startAt, endAt: startAt + service });
      place = location;
    }
    const last = served.at(-1);
    if (last === undefined) return;
    const homeDepartAt = plain.endLocation === null ? last.endAt : values[homeDepart]!;
    const home = plain.endLocation === null ? 0 : instance.travelSeconds(place, plain.endLocation);
    routes.push({ vehicle, engineer, stops: served, homeDepartAt, homeAt: homeDepartAt + home });
  });
  const done = new Set(routes.flatMap((route) => route.stops.map(({ visit }) => visit)));
  const left = visits.map((_, visit) => visit).filter((visit) => !done.has(visit));
  return { routes, unassigned: left.map((visit) => ({ visit, reason: 'cost' })) };
}
