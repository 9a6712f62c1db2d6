import { type Cost, cost } from '../solver/cost.ts';
import { findPlaces } from '../solver/insertion.ts';
import { buildInstance, type Instance } from '../solver/instance.ts';
import type { PlainInstance } from '../solver/plain.ts';
import type { Plan, Refusal, Stop } from '../solver/plan.ts';
import { solve } from '../solver/search.ts';

export type CostTerm = Exclude<keyof Cost, 'total'>;

export interface WhyNotQuestion {
  readonly plain: PlainInstance;
  readonly plan: Plan;
  readonly visit: number;
  readonly engineer: number;
  readonly seed: number;
  /** Of each of the searches. */
  readonly iterations: number;
}

export interface MovedVisit {
  readonly visit: number;
  /** Null: not in the plan. */
  readonly before: { readonly engineer: number; readonly startAt: number } | null;
  readonly after: { readonly engineer: number; readonly startAt: number } | null;
}

export type WhyNot =
  /** No plan has the visit there: for that reason, or, `cost`, because leaving it out costs less. */
  | { readonly verdict: 'impossible'; readonly reason: Refusal | 'cost' }
  | {
      /** `already`: the best plan known has it there; `possible`: for what it costs more. */
      readonly verdict: 'already' | 'possible';
      readonly stop: Stop;
      /** Best plan with this engineer less best plan, by term; they add up to `total`. Terms that do not differ are left out. */
      readonly difference: Partial<Record<CostTerm, number>>;
      readonly total: number;
      /** What else is planned otherwise then. */
      readonly moved: readonly MovedVisit[];
    };

/**
 * Why a visit is not with this engineer: both plans, with and without that one demand, are searched equally long, and what
 * the demand costs is told by term. The free plan goes on from the other one, so it never costs more.
 */
export function whyNot({ plain, plan, visit, engineer, seed, iterations }: WhyNotQuestion): WhyNot {
  const instance = buildInstance(plain);
  const demand = withEngineer(plain, visit, engineer);
  if (demand === null)
    return { verdict: 'impossible', reason: instance.refusalOf(engineer, visit) ?? 'required-other' };
  const limits = { seed, iterations };
  const first = solve(instance, { ...limits, start: plan }).plan;
  const forced = solve(buildInstance(demand), { ...limits, start: first }).plan;
  const stop = stopOf(forced, visit);
  if (stop === null) {
    const { refusals } = findPlaces(instance, first, visit);
    return { verdict: 'impossible', reason: refusals.find((entry) => entry.engineer === engineer)?.reason ?? 'cost' };
  }
  const free = cheaper(instance, first, solve(instance, { ...limits, start: forced }).plan);
  const [without, withIt] = [cost(instance, free), cost(instance, forced)];
  const difference: Partial<Record<CostTerm, number>> = {};
  for (const term of Object.keys(without) as (keyof Cost)[]) {
    if (term !== 'total' && withIt[term] !== without[term]) difference[term] = withIt[term] - without[term];
  }
  return {
    verdict: engineerOf(free, visit) === engineer ? 'already' : 'possible',
    stop,
    difference,
    total: withIt.total - without.total,
    moved: movedBetween(plain.visits.length, free, forced).filter((other) => other.visit !== visit),
  };
}

/** The problem in which nobody else may go; null where the engineer may not. */
function withEngineer(plain: PlainInstance, visit: number, engineer: number): PlainInstance | null {
  const wanted = plain.visits[visit];
  if (wanted === undefined) throw new Error(`there is no visit ${visit}`);
  const barred = wanted.requiredEngineer !== undefined && wanted.requiredEngineer !== engineer;
  if (barred || wanted.excludedEngineers?.includes(engineer)) return null;
  const demanded = { ...wanted, requiredEngineer: engineer };
  return { ...plain, visits: plain.visits.map((one, index) => (index === visit ? demanded : one)) };
}

function cheaper(instance: Instance, a: Plan, b: Plan): Plan {
  return cost(instance, b).total < cost(instance, a).total ? b : a;
}

const stopOf = (plan: Plan, visit: number): Stop | null =>
  plan.routes.flatMap(({ stops }) => stops).find((stop) => stop.visit === visit) ?? null;

const engineerOf = (plan: Plan, visit: number): number =>
  plan.routes.find(({ stops }) => stops.some((stop) => stop.visit === visit))?.engineer ?? -1;

/** Visits that have another engineer or another start. */
function movedBetween(count: number, before: Plan, after: Plan): MovedVisit[] {
  const where = (plan: Plan) =>
    new Map(
      plan.routes.flatMap(({ engineer, stops }) =>
        stops.map(({ visit, startAt }) => [visit, { engineer, startAt }] as const),
      ),
    );
  const [old, now] = [where(before), where(after)];
  return Array.from({ length: count }, (_, visit) => ({
    visit,
    before: old.get(visit) ?? null,
    after: now.get(visit) ?? null,
  })).filter(({ before: a, after: b }) => a?.engineer !== b?.engineer || a?.startAt !== b?.startAt);
}
