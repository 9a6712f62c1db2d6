import { withInserted } from '../../routing/route-model.ts';
import { InputError, type InputProblem } from '../input-error.ts';
import { VroomModel, type VroomRoute } from './model.ts';
import { LATEST, type ProblemVehicle, UNITS_PER_COST, type VroomProblem } from './problem.ts';
import { stopNumbers } from './solve-vroom.ts';
import { placeBreaks, timelineOf } from './timeline.ts';

/** For one task of a plan: every vehicle's best place, or what keeps it out. */
export interface Explained {
  readonly id: number;
  readonly type: 'job' | 'shipment';
  /** The vehicle that has it now; null: left out. */
  readonly now: number | null;
  /** Cheapest first. What the route costs more, and when the task is reached and begun then. */
  readonly places: readonly {
    readonly vehicle: number;
    readonly cost: number;
    readonly arrival: number;
    readonly begin: number;
  }[];
  readonly refusals: readonly { readonly vehicle: number; readonly reasons: readonly Reason[] }[];
}

/**
 * A rule that alone keeps a task out of a route: without it there would be a place. `several`: no single one; `no-route`:
 * the task's own route could not be driven without it, so it cannot leave.
 */
export type Reason =
  | 'skills'
  | 'time_windows'
  | 'working_hours'
  | 'load'
  | 'max_tasks'
  | 'max_travel_time'
  | 'max_distance'
  | 'breaks'
  | 'others_time_windows'
  | 'several'
  | 'no-route';

/** `routes`: stops by vehicle. `tasks`: which to explain. */
export function explainVroom(
  problem: VroomProblem,
  routes: readonly (readonly number[])[],
  tasks: readonly number[],
): Explained[] {
  const model = new VroomModel(problem);
  return tasks.map((task) => explainTask(problem, model, routes, task));
}

function explainTask(
  problem: VroomProblem,
  model: VroomModel,
  routes: readonly (readonly number[])[],
  task: number,
): Explained {
  const { stops, skills } = problem.tasks[task]!;
  const places: Explained['places'][number][] = [];
  const refusals: Explained['refusals'][number][] = [];
  const now = routes.findIndex((order) => order.includes(stops[0] as number));
  const home = now < 0 ? null : without(model, now, routes[now] as number[], task);
  for (const [v, vehicle] of problem.vehicles.entries()) {
    const refuse = (reasons: readonly Reason[]) => refusals.push({ vehicle: vehicle.source.id, reasons });
    const route = v === now ? home : model.build(v, routes[v] as number[]);
    if (route === null || (now >= 0 && home === null)) {
      refuse(['no-route']);
      continue;
    }
    const skilled = skills.every((skill) => vehicle.skills.has(skill));
    const into = { added: Number.POSITIVE_INFINITY, at: 0, secondAt: 0 };
    const fits = model.bestInsertion(route, task, into);
    if (!fits || !skilled) {
      refuse([...(skilled ? [] : (['skills'] as const)), ...(fits ? [] : reasonsOf(problem, v, route, task))]);
      continue;
    }
    const order = withInserted(route.stops, stops, into);
    const steps = timelineOf(model, problem, v, placeBreaks(model, problem, v, order));
    const step = steps.find(({ type, index }) => index === stops[0] && type !== 'break')!;
    const { arrival, waiting } = step;
    places.push({ vehicle: vehicle.source.id, cost: into.added / UNITS_PER_COST, arrival, begin: arrival + waiting });
  }
  places.sort((a, b) => a.cost - b.cost || a.begin - b.begin || a.vehicle - b.vehicle);
  const first = problem.stops[stops[0] as number]!;
  const owner = problem.vehicles[now]?.source.id ?? null;
  return { id: first.source.id, type: stops.length === 1 ? 'job' : 'shipment', now: owner, places, refusals };
}

function without(model: VroomModel, vehicle: number, order: readonly number[], task: number): VroomRoute | null {
  return model.build(
    vehicle,
    order.filter((stop) => model.taskOf(stop) !== task),
  );
}

/** Waives one rule after the other. */
function reasonsOf(problem: VroomProblem, v: number, route: VroomRoute, task: number): Reason[] {
  const vehicle = problem.vehicles[v] as ProblemVehicle;
  const none = Number.POSITIVE_INFINITY;
  const mine = new Set(problem.tasks[task]!.stops);
  const anytime = (waived: (stop: number) => boolean): VroomProblem['stops'] =>
    problem.stops.map((stop, k) => (waived(k) ? { ...stop, windows: [] } : stop));
  const waivers: [Reason, Partial<ProblemVehicle>, VroomProblem['stops']?][] = [
    ['time_windows', {}, anytime((stop) => mine.has(stop))],
    ['working_hours', { from: 0, to: LATEST }],
    ['load', { capacity: vehicle.capacity.map(() => none) }],
    ['max_tasks', { maxTasks: none }],
    ['max_travel_time', { maxTravel: none }],
    ['max_distance', { maxDistance: none }],
    ['breaks', { breaks: [] }],
    ['others_time_windows', {}, anytime((stop) => !mine.has(stop))],
  ];
  const reasons = waivers.flatMap(([reason, change, stops]) => {
    const vehicles = problem.vehicles.with(v, { ...vehicle, ...change });
    const model = new VroomModel({ ...problem, vehicles, stops: stops ?? problem.stops });
    const base = model.build(v, route.stops);
    const into = { added: none, at: 0, secondAt: 0 };
    return base !== null && model.bestInsertion(base, task, into) ? [reason] : [];
  });
  return reasons.length > 0 ? reasons : ['several'];
}

/** Stops by vehicle as an answer of `solve` tells them. Throws an `InputError` where they are none of the problem's. */
export function routesOfAnswer(problem: VroomProblem, answer: AnswerRoutes): number[][] {
  const numbers = stopNumbers(problem);
  const problems: InputProblem[] = [];
  const routes: number[][] = problem.vehicles.map(() => []);
  answer.routes.forEach(({ vehicle, steps }, r) => {
    const v = problem.vehicles.findIndex(({ source }) => source.id === vehicle);
    if (v < 0) problems.push({ path: `routes[${r}].vehicle`, message: `there is no vehicle ${vehicle}` });
    steps.forEach(({ type, id }, s) => {
      if (type === 'start' || type === 'end' || type === 'break') return;
      const stop = numbers.get(`${type} ${id}`);
      if (stop === undefined) problems.push({ path: `routes[${r}].steps[${s}]`, message: `there is no ${type} ${id}` });
      else routes[v]?.push(stop);
    });
  });
  const model = new VroomModel(problem);
  routes.forEach((stops, v) => {
    if (problems.length === 0 && model.build(v, stops) === null)
      problems.push({
        path: 'routes',
        message: `the route of vehicle ${problem.vehicles[v]!.source.id} breaks a rule`,
      });
  });
  if (problems.length > 0) throw new InputError(problems);
  return routes;
}

export interface AnswerRoutes {
  readonly routes: readonly {
    readonly vehicle: number;
    readonly steps: readonly { readonly type: string; readonly id?: number | undefined }[];
  }[];
}
