/**
 * What the search in this folder asks of a problem. A problem is rich where a route obeys rules of its own (loads, breaks,
 * parts fetched on the way, working time as the objective): all of that stays inside the model of a route, and the search
 * only knows routes, tasks and costs.
 *
 * Numbering: vehicles 0 … vehicleCount − 1, tasks 0 … taskCount − 1, stops as the model likes. A task is one stop, or two
 * stops of one route in a given order (a shipment: pickup, delivery). Costs are in one unit of the model's own choice.
 */
export interface RouteModel<R extends ModelRoute> {
  readonly vehicleCount: number;
  readonly taskCount: number;
  /** Vehicles of one kind are alike in everything: of empty ones only the first is looked at. */
  kindOf(vehicle: number): number;
  /** Vehicles that could serve the task, were they empty. */
  vehiclesFor(task: number): Int32Array;
  taskOf(stop: number): number;
  leftOutCost(task: number): number;
  /** What a task costs wherever it is done, so that the search can tell it from what it may save; 0 when not given. */
  fixedCost?(task: number): number;
  /** How far apart two tasks are; only the order of these numbers counts. */
  apart(a: number, b: number): number;
  /** Tasks come back in rising order of one of these keys, chosen by weight. */
  readonly keys: readonly { readonly weight: number; readonly key: Float64Array }[];
  empty(vehicle: number): R;
  /** A route with these stops in this order, or null when that breaks a rule. */
  build(vehicle: number, stops: readonly number[]): R | null;
  /** The cheapest place, written to `into`; false when there is none. */
  bestInsertion(route: R, task: number, into: Insertion): boolean;
}

/** Never changed once built, so that to remember a route is to keep the reference. */
export interface ModelRoute {
  readonly vehicle: number;
  readonly stops: readonly number[];
  readonly cost: number;
}

/** `at`: index in `stops` the first stop of the task gets; `secondAt`: index in `stops` before which the second one goes. */
export interface Insertion {
  added: number;
  at: number;
  secondAt: number;
}

/** The stops of `route` with those of a task put in. */
export function withInserted(
  stops: readonly number[],
  taskStops: readonly number[],
  { at, secondAt }: Insertion,
): number[] {
  const [first, second] = taskStops as [number, number?];
  const result = stops.slice(0, at);
  result.push(first);
  if (second === undefined) return result.concat(stops.slice(at));
  for (let i = at; i < secondAt; i++) result.push(stops[i] as number);
  result.push(second);
  return result.concat(stops.slice(secondAt));
}
