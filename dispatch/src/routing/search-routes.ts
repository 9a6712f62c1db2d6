import { Rng } from '../solver/rng.ts';
import { annealRoutes, type PlanSnapshot, TINY } from './anneal-routes.ts';
import { takeOver } from './cross.ts';
import { Countdown, type SearchLimits, type StoppedBy } from './limits.ts';
import { Neighbours } from './neighbours.ts';
import type { ModelRoute, RouteModel } from './route-model.ts';
import { RoutePlan } from './route-plan.ts';

export interface RouteSearchOptions extends SearchLimits {
  /** Routes to begin with, by vehicle; each must be one the model builds. Nothing worse comes back. */
  readonly start?: readonly (readonly number[])[];
  readonly stopsOf: (task: number) => readonly number[];
  readonly onProgress?: (progress: { iterations: number; cost: number; unassigned: number }) => void;
}

export interface RouteSearchResult<R extends ModelRoute> extends PlanSnapshot<R> {
  readonly iterations: number;
  readonly stoppedBy: StoppedBy;
}

/**
 * Ruin and recreate (anneal-routes.ts) over any `RouteModel`. Where there is time for it, several times from the start, and
 * then again and again from the best plan with routes of another one in it: a single search mostly ends in what the first
 * choice of vehicles led to. Temperatures follow the mean cost of a leg, because costs here have no fixed scale.
 */
export function searchRoutes<R extends ModelRoute>(
  model: RouteModel<R>,
  options: RouteSearchOptions,
): RouteSearchResult<R> {
  const rng = new Rng(options.seed);
  const countdown = new Countdown(options);
  const near = new Neighbours(model);
  const plan = new RoutePlan(model, near, options.stopsOf);
  plan.adopt(options.start ?? []);
  plan.recreate(rng, { blink: 0, shuffled: false });

  let best = plan.snapshot();
  const tell = () =>
    options.onProgress?.({ iterations: countdown.iterations, cost: best.cost, unassigned: best.unassigned.length });
  tell();
  const onBetter = (found: PlanSnapshot<R>) => {
    if (found.cost >= best.cost - TINY * Math.abs(best.cost)) return;
    best = found;
    countdown.better();
    tell();
  };
  const scale = plan.meanLegCost();
  // One task alone is at the best of all places after the first pass.
  const isOptimal = model.taskCount === 0 || (model.taskCount === 1 && options.start === undefined);
  const anneal = (from: number, to: number, until: number) =>
    annealRoutes(plan, near, rng, countdown, { from: scale * from, to: scale * to, until }, onBetter);
  if (!isOptimal) {
    const first = best;
    anneal(START_TEMPERATURE, START_TEMPERATURE, PROBE);
    const perTask = countdown.iterations / Math.max(PROBE, countdown.used()) / model.taskCount;
    if (perTask < ENOUGH) anneal(START_TEMPERATURE, END_TEMPERATURE, 1);
    else {
      const elite: PlanSnapshot<R>[] = [];
      for (let k = 1; k <= RUNS; k++) {
        if (k > 1) plan.load(first.routes);
        elite.push(anneal(START_TEMPERATURE, MIDDLE_TEMPERATURE, (RUNS_SHARE * k) / RUNS));
      }
      for (let k = 1; k <= CROSSINGS; k++) {
        elite.sort((a, b) => a.cost - b.cost);
        const one = rng.below(2) === 0 ? 0 : rng.below(RUNS);
        const other = (one + 1 + rng.below(RUNS - 1)) % RUNS;
        plan.load(elite[one]!.routes);
        takeOver(plan, elite[other]!.routes, near, rng);
        const child = anneal(CROSS_TEMPERATURE, END_TEMPERATURE, RUNS_SHARE + ((1 - RUNS_SHARE) * k) / CROSSINGS);
        const worst = elite[RUNS - 1] as PlanSnapshot<R>;
        // One that is there already would crowd out what makes the others different.
        if (child.cost < worst.cost && elite.every(({ cost }) => Math.abs(cost - child.cost) > SAME * child.cost))
          elite[RUNS - 1] = child;
      }
    }
  }
  return { ...best, iterations: countdown.iterations, stoppedBy: isOptimal ? 'optimum' : countdown.stoppedBy };
}

/** Of the limit, at the first temperature: how fast the search is says how often there is time for it. */
const PROBE = 0.01;
/** Iterations for each task from which on several searches find more than a single longer one. */
const ENOUGH = 800;
const RUNS = 4;
/** Of the limit; the rest is for crossings. */
const RUNS_SHARE = 0.5;
const CROSSINGS = 12;
const START_TEMPERATURE = 1.5;
const MIDDLE_TEMPERATURE = 0.1;
const CROSS_TEMPERATURE = 0.3;
const END_TEMPERATURE = 0.05;
const SAME = 1e-9;
