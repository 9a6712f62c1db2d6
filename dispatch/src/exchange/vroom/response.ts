import type { VroomModel } from './model.ts';
import { encodedPolyline } from './polyline.ts';
import { UNITS_PER_COST, type VroomProblem } from './problem.ts';
import type { VroomTask } from './request.ts';
import type { Step } from './timeline.ts';

/** VROOM's answer, as its API.md describes it. */
export interface VroomResponse {
  readonly code: 0;
  readonly summary: VroomSummary;
  readonly unassigned: readonly VroomUnassigned[];
  readonly routes: readonly VroomRouteOut[];
}

export interface VroomViolation {
  readonly cause: Cause;
  /** Seconds, of `lead_time` and `delay`. */
  readonly duration?: number;
}

export type Cause =
  | 'lead_time'
  | 'delay'
  | 'load'
  | 'max_tasks'
  | 'skills'
  | 'precedence'
  | 'missing_break'
  | 'max_travel_time'
  | 'max_load'
  | 'max_distance';

interface Sums {
  cost: number;
  delivery?: number[];
  /** The deprecated name of `delivery`. */
  amount?: number[];
  pickup?: number[];
  setup: number;
  service: number;
  duration: number;
  waiting_time: number;
  priority: number;
  distance?: number;
  violations: VroomViolation[];
}

export interface VroomSummary extends Sums {
  readonly routes: number;
  readonly unassigned: number;
}

export interface VroomRouteOut extends Sums {
  readonly vehicle: number;
  readonly description?: string;
  readonly steps: readonly VroomStepOut[];
  readonly geometry?: string;
}

export interface VroomStepOut {
  readonly type: Step['type'];
  readonly description?: string;
  readonly location?: readonly [number, number];
  readonly location_index?: number;
  readonly id?: number;
  readonly setup: number;
  readonly service: number;
  readonly waiting_time: number;
  /** The deprecated name of `id` of a task. */
  readonly job?: number;
  readonly load?: readonly number[];
  readonly arrival: number;
  readonly duration: number;
  readonly violations: readonly VroomViolation[];
  readonly distance?: number;
}

export interface VroomUnassigned {
  readonly id: number;
  readonly type: 'job' | 'pickup' | 'delivery';
  readonly description?: string;
  readonly location?: readonly [number, number];
  readonly location_index?: number;
}

/** A route with its times; `violations` by step, then those of the route as a whole. */
export interface RouteToTell {
  readonly vehicle: number;
  readonly stops: readonly number[];
  readonly units: number;
  readonly steps: readonly Step[];
  readonly stepViolations?: readonly (readonly VroomViolation[])[];
  readonly routeViolations?: readonly Cause[];
}

export function respond(
  problem: VroomProblem,
  model: VroomModel,
  routes: readonly RouteToTell[],
  unassigned: readonly number[],
): VroomResponse {
  const told = routes.map((route) => routeOut(problem, model, route));
  const left = unassigned.flatMap((task) => problem.tasks[task]!.stops.map((stop) => unassignedOut(problem, stop)));
  const summary: VroomSummary = { ...emptySums(problem), routes: told.length, unassigned: left.length };
  for (const route of told) add(summary, route);
  summary.violations = merged(told.map(({ violations }) => violations));
  return { code: 0, summary, unassigned: left, routes: told };
}

function emptySums({ dimensions, withDistances }: VroomProblem): Sums {
  const zeros = () => new Array<number>(dimensions).fill(0);
  return {
    cost: 0,
    ...(dimensions > 0 && { delivery: zeros(), amount: zeros(), pickup: zeros() }),
    setup: 0,
    service: 0,
    duration: 0,
    waiting_time: 0,
    priority: 0,
    ...(withDistances && { distance: 0 }),
    violations: [],
  };
}

function add(to: Sums, from: Sums): void {
  for (const key of ['cost', 'setup', 'service', 'duration', 'waiting_time', 'priority'] as const) to[key] += from[key];
  for (const key of ['delivery', 'amount', 'pickup'] as const)
    from[key]?.forEach((value, d) => {
      (to[key] as number[])[d] = (to[key]?.[d] ?? 0) + value;
    });
  if (to.distance !== undefined) to.distance += from.distance ?? 0;
}

function routeOut(problem: VroomProblem, model: VroomModel, route: RouteToTell): VroomRouteOut {
  const { source } = model.vehicle(route.vehicle);
  const sums = emptySums(problem);
  const byStep = route.stepViolations ?? route.steps.map(() => []);
  sums.cost = Math.floor(route.units / UNITS_PER_COST);
  for (const { setup, service, waiting } of route.steps) {
    sums.setup += setup;
    sums.service += service;
    sums.waiting_time += waiting;
  }
  sums.duration = route.steps.at(-1)?.travel ?? 0;
  if (sums.distance !== undefined) sums.distance = route.steps.at(-1)?.metres ?? 0;
  const tasks = new Set(route.stops.map((stop) => problem.stops[stop]!.task));
  for (const task of tasks) {
    const { priority, delivery, pickup, carried } = problem.tasks[task]!;
    sums.priority += priority;
    delivery.forEach((value, d) => {
      const dropped = value + (carried[d] as number);
      (sums.delivery as number[])[d] = (sums.delivery?.[d] ?? 0) + dropped;
      (sums.amount as number[])[d] = (sums.amount?.[d] ?? 0) + dropped;
      (sums.pickup as number[])[d] = (sums.pickup?.[d] ?? 0) + (pickup[d] as number) + (carried[d] as number);
    });
  }
  const ofRoute = (route.routeViolations ?? []).map((cause) => ({ cause }));
  sums.violations = merged([...byStep, ofRoute]);
  const steps = route.steps.map((step, i) => stepOut(problem, model, route.vehicle, step, byStep[i] ?? []));
  const geometry = problem.request.options.g === true ? geometryOf(steps) : null;
  return {
    vehicle: source.id,
    ...sums,
    ...(source.description !== undefined && { description: source.description }),
    steps,
    ...(geometry !== null && { geometry }),
  };
}

function stepOut(
  problem: VroomProblem,
  model: VroomModel,
  vehicle: number,
  step: Step,
  violations: readonly VroomViolation[],
): VroomStepOut {
  const { source } = model.vehicle(vehicle);
  const isTask = step.type === 'job' || step.type === 'pickup' || step.type === 'delivery';
  const task = isTask ? problem.stops[step.index]!.source : undefined;
  const rest = step.type === 'break' ? source.breaks[step.index] : undefined;
  const from = step.type === 'start' ? { location: source.start, location_index: source.start_index } : undefined;
  const to = step.type === 'end' ? { location: source.end, location_index: source.end_index } : undefined;
  const place = task ?? from ?? to;
  const id = task?.id ?? rest?.id;
  return {
    type: step.type,
    ...defined({ description: task?.description ?? rest?.description }),
    ...defined({ location: place?.location, location_index: place?.location_index, id }),
    setup: step.setup,
    service: step.service,
    waiting_time: step.waiting,
    ...defined({ job: task?.id }),
    ...(problem.dimensions > 0 && { load: step.load }),
    arrival: step.arrival,
    duration: step.travel,
    violations,
    ...(problem.withDistances && { distance: step.metres }),
  };
}

function unassignedOut(problem: VroomProblem, stop: number): VroomUnassigned {
  const { kind, source } = problem.stops[stop]!;
  const { id, description, location, location_index }: VroomTask = source;
  return { id, type: kind, ...defined({ description, location, location_index }) };
}

/** Each cause once, durations added up. */
export function merged(lists: readonly (readonly VroomViolation[])[]): VroomViolation[] {
  const sums = new Map<Cause, number | undefined>();
  for (const { cause, duration } of lists.flat())
    sums.set(cause, duration === undefined ? undefined : (sums.get(cause) ?? 0) + duration);
  return [...sums].map(([cause, duration]) => (duration === undefined ? { cause } : { cause, duration }));
}

/** Straight from stop to stop: this server has no roads to draw. Null where places have no coordinates. */
function geometryOf(steps: readonly VroomStepOut[]): string | null {
  const places = steps.flatMap(({ location }) => (location === undefined ? [] : [location]));
  return places.length < 2 ? null : encodedPolyline(places);
}

function defined<T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}
