import { z } from 'zod';
import { findPlaces } from '../solver/insertion.ts';
import type { Instance } from '../solver/instance.ts';
import type { Plan } from '../solver/plan.ts';
import { NEVER, timeRoute } from '../solver/schedule.ts';
import { timedRoute } from '../solver/timed-route.ts';
import { withReasons } from '../solver/to-plan.ts';
import { type Format, guessFormat, jsonOf } from './format.ts';
import { InputError, refuse } from './input-error.ts';
import { type SolveJob, type SolveSurroundings, solveText } from './solve-text.ts';
import { readUptower } from './uptower.ts';
import { explainVroom, routesOfAnswer } from './vroom/explain-vroom.ts';
import { buildProblem } from './vroom/problem.ts';
import { parseVroom, pathOf } from './vroom/request.ts';
import { waysFor } from './vroom/ways.ts';

export interface ExplainJob extends SolveJob {
  /** An answer of `solve`; without one the plan is made first. */
  readonly plan?: string;
  /** Explain this visit only: the id of a job, or of a shipment's pickup. */
  readonly visit?: number;
}

const Answer = z.object({
  routes: z.array(
    z.object({
      vehicle: z.number().int(),
      steps: z.array(
        z.object({
          type: z.string(),
          id: z.number().int().optional(),
          arrival: z.number().int().optional(),
          waiting_time: z.number().int().optional(),
        }),
      ),
    }),
  ),
});

/** Why who: for each visit every place it could have in the plan and its cost, and what keeps it from everybody else. */
export async function explainText(
  job: ExplainJob,
  around: SolveSurroundings,
): Promise<{ format: Format; visits: object[] }> {
  const format = job.format ?? guessFormat(job.text);
  if (format !== 'vroom' && format !== 'uptower') refuse('--format', `explain knows vroom and uptower, not ${format}`);
  const made = job.plan ?? JSON.stringify((await solveText({ ...job, format }, around)).answer);
  const parsed = Answer.safeParse(jsonOf(made));
  if (!parsed.success)
    throw new InputError(parsed.error.issues.map(({ path, message }) => ({ path: `plan ${pathOf(path)}`, message })));
  const answer = parsed.data;
  const wanted = <T>(ids: readonly number[], of: (index: number) => T): T[] => {
    const indices = [...ids.keys()].filter((index) => job.visit === undefined || ids[index] === job.visit);
    if (indices.length === 0 && job.visit !== undefined) refuse('--visit', `there is no visit ${job.visit}`);
    return indices.map(of);
  };
  if (format === 'vroom') {
    const request = parseVroom(jsonOf(job.text), job.limits);
    const { places, tables } = await waysFor(request, around.ask);
    const problem = buildProblem(request, places, tables);
    const routes = routesOfAnswer(problem, answer);
    const ids = problem.tasks.map(({ stops }) => problem.stops[stops[0] as number]!.source.id);
    return {
      format,
      visits: explainVroom(
        problem,
        routes,
        wanted(ids, (task) => task),
      ),
    };
  }
  const instance = readUptower(jsonOf(job.text));
  const plan = planOf(instance, answer);
  const ids = instance.plain.visits.map((_, visit) => visit);
  return { format, visits: wanted(ids, (visit) => explainVisit(instance, plan, visit)) };
}

/** Visits start as early as can be, those that are tied to others when the answer says. */
function planOf(instance: Instance, { routes }: z.infer<typeof Answer>): Plan {
  const held = instance.holdable();
  for (const { id, arrival, waiting_time = 0 } of routes.flatMap(({ steps }) => steps))
    if (id !== undefined && arrival !== undefined && instance.links?.groupOf[id])
      held.hold(id, arrival + waiting_time, arrival + waiting_time);
  const timed = routes.map(({ vehicle, steps }, r) => {
    const path = `plan routes[${r}]`;
    const order = steps.flatMap(({ type, id }) => (type === 'job' ? [id ?? -1] : []));
    if (!(vehicle >= 0 && vehicle < instance.vehicleCount)) refuse(`${path}.vehicle`, `there is no vehicle ${vehicle}`);
    const unknown = order.find((visit) => !(visit >= 0 && visit < instance.visitCount));
    if (unknown !== undefined) refuse(`${path}.steps`, `there is no visit ${unknown}`);
    const starts = new Float64Array(order.length);
    const homeAt = timeRoute(held, vehicle, order, starts);
    if (homeAt === NEVER) refuse(path, 'cannot be driven');
    return timedRoute(held, vehicle, order, starts, homeAt);
  });
  return withReasons(instance, timed);
}

function explainVisit(instance: Instance, plan: Plan, visit: number) {
  const now = plan.routes.find(({ stops }) => stops.some((stop) => stop.visit === visit));
  const common = { id: visit, type: 'job', now: now?.engineer ?? null };
  if (instance.plain.visits[visit]!.frozen !== undefined) return { ...common, frozen: true, places: [], refusals: [] };
  const { places, refusals } = findPlaces(instance, plan, visit);
  const best = new Map<number, (typeof places)[number]>();
  for (const place of places) if (!best.has(place.engineer)) best.set(place.engineer, place);
  return {
    ...common,
    places: [...best.values()].map(({ engineer, vehicle, addedCost, arriveAt, startAt }) => ({
      engineer,
      vehicle,
      cost: addedCost,
      arrival: arriveAt,
      begin: startAt,
    })),
    refusals: refusals.map(({ engineer, reason }) => ({ engineer, reasons: [reason] })),
  };
}
