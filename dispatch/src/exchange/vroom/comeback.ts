import { NEVER } from './gaps.ts';
import type { VroomModel } from './model.ts';
import type { VroomProblem } from './problem.ts';
import { way } from './way.ts';

/** To serve a task is worth any way to it and back; one of a higher priority is worth all of a lower one together. */
export function leftOutCosts({ vehicles, tasks }: VroomProblem): Float64Array {
  const distinct = [...new Set(vehicles.map(({ ways }) => ways))];
  const longestOf = new Map(distinct.map((ways) => [ways, largest(ways.units)]));
  const longest = Math.max(...vehicles.map(({ ways, fixed }) => fixed + 4 * (longestOf.get(ways) as number)));
  const action = Math.max(...vehicles.map((v) => v.perTaskSecond * 2 * (largest(v.service) + largest(v.setup))));
  const worth = 1 + longest + action;
  return Float64Array.from(tasks, ({ priority, stops }) => worth * (stops.length + priority * (2 * tasks.length + 1)));
}

/** Orders in which tasks come back: what is hard to place first, in several senses. */
export function comebackKeys(problem: VroomProblem, model: VroomModel): VroomModel['keys'] {
  const { tasks, stops } = problem;
  const key = (of: (task: number) => number) => Float64Array.from(tasks, (_, t) => of(t));
  const first = (t: number) => stops[tasks[t]!.stops[0] as number]!;
  const width = (t: number) => first(t).windows.reduce((sum, [from, to]) => sum + to - from, 0) || NEVER;
  const size = (t: number) => tasks[t]!.delivery.concat(tasks[t]!.pickup, tasks[t]!.carried).reduce((a, b) => a + b, 0);
  return [
    { weight: 2, key: key((t) => -model.leftOutCost(t)) },
    { weight: 2, key: key((t) => model.vehiclesFor(t).length) },
    { weight: 4, key: key((t) => -size(t)) },
    { weight: 2, key: key((t) => -nearestStart(problem, model, t)) },
    { weight: 1, key: key((t) => nearestStart(problem, model, t)) },
    { weight: 2, key: key(width) },
    { weight: 2, key: key((t) => first(t).windows[0]?.[0] ?? 0) },
    { weight: 2, key: key((t) => -(first(t).windows.at(-1)?.[1] ?? 0)) },
  ];
}

function nearestStart(problem: VroomProblem, model: VroomModel, task: number): number {
  const stop = problem.tasks[task]!.stops[0] as number;
  let least = NEVER;
  for (const vehicle of model.vehiclesFor(task)) {
    const { ways, start, end } = model.vehicle(vehicle);
    least = Math.min(least, way(ways.seconds, ways.count, start < 0 ? end : start, model.locationOf(stop)));
  }
  return least === NEVER ? 0 : least;
}

function largest(values: Float64Array): number {
  let most = 0;
  for (let k = 0; k < values.length; k++) if ((values[k] as number) > most) most = values[k] as number;
  return most;
}
