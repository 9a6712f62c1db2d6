import type { SearchLimits, StoppedBy } from '../../routing/limits.ts';
import { searchRoutes } from '../../routing/search-routes.ts';
import { InputError, type InputProblem } from '../input-error.ts';
import { VroomModel } from './model.ts';
import type { VroomProblem } from './problem.ts';
import { respond, type VroomResponse } from './response.ts';
import { placeBreaks, timelineOf } from './timeline.ts';

export interface VroomOptions extends SearchLimits {
  readonly onProgress?: (progress: { iterations: number; cost: number; unassigned: number }) => void;
}

export interface VroomSolved {
  readonly response: VroomResponse;
  readonly iterations: number;
  readonly stoppedBy: StoppedBy;
}

/** Throws an `InputError` when `steps` of a vehicle describe a route that breaks a rule. */
export function solveVroom(problem: VroomProblem, options: VroomOptions): VroomSolved {
  const model = new VroomModel(problem);
  const start = startRoutes(problem, model);
  const stopsOf = (task: number) => problem.tasks[task]!.stops;
  const found = searchRoutes(model, { ...options, stopsOf, ...(start !== null && { start }) });
  const routes = found.routes.flatMap(({ vehicle, stops, cost }) => {
    if (stops.length === 0) return [];
    const sequence = placeBreaks(model, problem, vehicle, stops);
    return [{ vehicle, stops, units: cost, steps: timelineOf(model, problem, vehicle, sequence) }];
  });
  const { iterations, stoppedBy } = found;
  return { response: respond(problem, model, routes, found.unassigned), iterations, stoppedBy };
}

/** Stops by the name `vehicles[].steps` know them by. */
export function stopNumbers(problem: VroomProblem): ReadonlyMap<string, number> {
  return new Map(problem.stops.map(({ kind, source }, stop) => [`${kind} ${source.id}`, stop]));
}

/** The routes that `vehicles[].steps` describe, or null when none does. Breaks and times are the solver's to choose. */
function startRoutes(problem: VroomProblem, model: VroomModel): number[][] | null {
  const { vehicles } = problem.request;
  if (vehicles.every(({ steps }) => steps === undefined)) return null;
  const numbers = stopNumbers(problem);
  const problems: InputProblem[] = [];
  const seen = new Set<number>();
  const routes = vehicles.map(({ steps = [] }, v) => {
    const stops = steps.flatMap(({ type, id }, s) => {
      if (type === 'start' || type === 'end' || type === 'break') return [];
      const stop = numbers.get(`${type} ${id}`);
      const path = `vehicles[${v}].steps[${s}]`;
      if (stop === undefined) problems.push({ path, message: `there is no ${type} ${id}` });
      else if (seen.has(stop)) problems.push({ path, message: `${type} ${id} is in a step twice` });
      else {
        seen.add(stop);
        return [stop];
      }
      return [];
    });
    const skilled = stops.every((stop) => {
      const { skills } = problem.tasks[model.taskOf(stop)]!;
      return skills.every((skill) => model.vehicle(v).skills.has(skill));
    });
    if (!skilled || !inOrder(problem, stops) || model.build(v, stops) === null)
      problems.push({ path: `vehicles[${v}].steps`, message: 'describes a route that breaks a rule' });
    return stops;
  });
  if (problems.length > 0) throw new InputError(problems);
  return routes;
}

/** Each shipment whole, its pickup first. */
function inOrder(problem: VroomProblem, stops: readonly number[]): boolean {
  const at = new Map(stops.map((stop, i) => [stop, i]));
  return stops.every((stop) => {
    const [first, second] = problem.tasks[problem.stops[stop]!.task]!.stops as [number, number?];
    if (second === undefined) return true;
    const [i, j] = [at.get(first), at.get(second)];
    return i !== undefined && j !== undefined && i < j;
  });
}
