import { InputError, type InputProblem, refuse } from '../input-error.ts';
import { type Link, leastLate, offWindow } from './least-late.ts';
import { Loads } from './loads.ts';
import { VroomModel } from './model.ts';
import { LATEST, type ProblemVehicle, type VroomProblem } from './problem.ts';
import { type Cause, type RouteToTell, respond, type VroomResponse, type VroomViolation } from './response.ts';
import { stopNumbers } from './solve-vroom.ts';
import { type Leg, legsOf, type Step, stepsOf } from './timeline.ts';
import { way } from './way.ts';

/**
 * VROOM's `-c`: the routes are given by `vehicles[].steps`, every rule but `service_at`, `service_after` and
 * `service_before` is soft. Chooses the moments that leave time windows by as few seconds as possible and reports what
 * each route breaks. Between two breaks of one leg nobody drives: a leg is driven before its first break or after its last.
 */
export function checkPlanned(problem: VroomProblem): VroomResponse {
  const model = new VroomModel(problem);
  const described = describedRoutes(problem);
  const served = new Set(described.flatMap(({ stops }) => stops.map((stop) => problem.stops[stop]!.task)));
  const routes = described.flatMap((given) =>
    given.stops.length + given.breaks.length === 0 ? [] : [routeOf(problem, model, given)],
  );
  const unassigned = problem.tasks.flatMap((_, task) => (served.has(task) ? [] : [task]));
  return respond(problem, model, routes, unassigned);
}

interface Given {
  readonly vehicle: number;
  readonly stops: readonly number[];
  /** Index in the request's breaks, and after how many stops. */
  readonly breaks: readonly { readonly index: number; readonly after: number }[];
  /** Hard bounds by step: `start`, `end`, `stop 3`, `break 0`. */
  readonly bounds: ReadonlyMap<string, readonly [from: number, to: number]>;
}

function describedRoutes(problem: VroomProblem): Given[] {
  const numbers = stopNumbers(problem);
  const problems: InputProblem[] = [];
  const seen = new Set<string>();
  const routes = problem.request.vehicles.map((vehicle, v): Given => {
    const stops: number[] = [];
    const breaks: { index: number; after: number }[] = [];
    const bounds = new Map<string, readonly [number, number]>();
    vehicle.steps?.forEach(({ type, id, service_at: at, service_after: after, service_before: before }, s) => {
      const path = `vehicles[${v}].steps[${s}]`;
      let name: string = type;
      if (type === 'break') {
        const index = vehicle.breaks.findIndex((b) => b.id === id);
        name = `break ${index}`;
        if (index < 0) problems.push({ path, message: `there is no break ${id} of this vehicle` });
        else if (seen.has(`${v} ${name}`)) problems.push({ path, message: `break ${id} is in a step twice` });
        else breaks.push({ index, after: stops.length });
        seen.add(`${v} ${name}`);
      } else if (type !== 'start' && type !== 'end') {
        const stop = numbers.get(`${type} ${id}`);
        name = `stop ${stop}`;
        if (stop === undefined) problems.push({ path, message: `there is no ${type} ${id}` });
        else if (seen.has(name)) problems.push({ path, message: `${type} ${id} is in a step twice` });
        else stops.push(stop);
        seen.add(name);
      }
      const bound = [Math.max(0, after ?? 0, at ?? 0), Math.min(LATEST, before ?? LATEST, at ?? LATEST)] as const;
      if (bound[0] > bound[1]) problems.push({ path, message: 'service_after is later than service_before' });
      bounds.set(name, bound);
    });
    return { vehicle: v, stops, breaks, bounds };
  });
  if (problems.length > 0) throw new InputError(problems);
  return routes;
}

function routeOf(problem: VroomProblem, model: VroomModel, given: Given): RouteToTell {
  const all = model.vehicle(given.vehicle);
  const own = given.breaks.map(({ index }) => all.breaks.find((b) => b.index === index)!);
  const v: ProblemVehicle = { ...all, breaks: own };
  const sequence = { stops: given.stops, breakAfter: given.breaks.map(({ after }) => after) };
  const legs = legsOf(model, v, sequence);
  // For each leg with breaks: driven before them, or after; whichever breaks the windows less, one leg after the other.
  const before = legs.map(() => false);
  let best = timesOf(problem, v, legs, before, given);
  legs.forEach(({ first, end }, i) => {
    if (first === end) return;
    before[i] = true;
    const other = timesOf(problem, v, legs, before, given);
    if (other !== null && (best === null || other.off < best.off)) best = other;
    else before[i] = false;
  });
  if (best === null)
    refuse(`vehicles[${given.vehicle}].steps`, 'service_at, service_after and service_before cannot all be met');
  const steps = stepsOf(problem, v, legs, { ...best, stops: given.stops });
  const stepViolations = steps.map((step) => violationsOf(problem, all, given, step));
  const { units, causes } = judged(problem, all, given, legs);
  return { vehicle: given.vehicle, stops: given.stops, units, steps, stepViolations, routeViolations: causes };
}

/** `before[i]`: leg i is driven before its breaks. */
function timesOf(
  problem: VroomProblem,
  v: ProblemVehicle,
  legs: readonly Leg[],
  before: readonly boolean[],
  { bounds }: Given,
) {
  const free = [0, LATEST] as const;
  const link = (name: string, after: number, windows: Link['windows']): Link => {
    const [from, to] = bounds.get(name) ?? free;
    return { after, windows, from, to };
  };
  const shift: Link['windows'] = [[v.from, v.to]];
  const links = [link('start', 0, shift)];
  let busy = 0; // what the link before takes
  legs.forEach((leg, i) => {
    let drive = leg.travel;
    for (let k = leg.first; k < leg.end; k++) {
      const { index, service, windows } = v.breaks[k]!;
      links.push(link(`break ${index}`, busy + (before[i] ? drive : 0), windows));
      if (before[i]) drive = 0;
      busy = service;
    }
    const windows = leg.stop < 0 ? shift : problem.stops[leg.stop]!.windows;
    links.push(link(leg.stop < 0 ? 'end' : `stop ${leg.stop}`, busy + drive, windows));
    busy = leg.action;
  });
  const moments = leastLate(links);
  if (moments === null) return null;
  const off = links.reduce((sum, { windows }, i) => sum + Math.abs(offWindow(windows, moments[i] as number)), 0);
  let at = 1;
  const breaks: { start: number; drivenAfter: number }[] = [];
  const begins = new Float64Array(legs.length);
  legs.forEach(({ first, end, travel }, i) => {
    for (let k = first; k < end; k++) {
      const driven = k === end - 1 && !before[i] ? travel : 0;
      breaks.push({ start: moments[at++] as number, drivenAfter: driven });
    }
    begins[i] = moments[at++] as number;
  });
  return { begins, breaks, leave: moments[0] as number, off };
}

function violationsOf(problem: VroomProblem, v: ProblemVehicle, given: Given, step: Step): VroomViolation[] {
  const found: VroomViolation[] = [];
  const stop = step.index >= 0 && step.type !== 'break' ? problem.stops[step.index]! : null;
  const rest = step.type === 'break' ? v.breaks.find(({ index }) => index === step.index)! : null;
  const windows = stop?.windows ?? rest?.windows ?? [[v.from, v.to] as const];
  const off = offWindow(windows, step.arrival + step.waiting);
  if (off < 0) found.push({ cause: 'lead_time', duration: -off });
  if (off > 0) found.push({ cause: 'delay', duration: off });
  if (step.load.some((load, d) => load > (v.capacity[d] as number))) found.push({ cause: 'load' });
  if (rest?.maxLoad?.some((most, d) => (step.load[d] as number) > most)) found.push({ cause: 'max_load' });
  if (stop === null) return found;
  const task = problem.tasks[stop.task]!;
  if (task.skills.some((skill) => !v.skills.has(skill))) found.push({ cause: 'skills' });
  if (task.stops.length === 2) {
    const [pickup, delivery] = task.stops.map((each) => given.stops.indexOf(each)) as [number, number];
    if (pickup < 0 || delivery < 0 || delivery < pickup) found.push({ cause: 'precedence' });
  }
  return found;
}

/** Cost, and what the route breaks as a whole. */
function judged(problem: VroomProblem, v: ProblemVehicle, given: Given, legs: readonly Leg[]) {
  const { units, count } = v.ways;
  let cost = v.fixed;
  let from = v.start;
  for (const { stop, location, action } of legs) {
    cost += way(units, count, from, location) + (stop < 0 ? 0 : v.perTaskSecond * action);
    from = location;
  }
  const travel = legs.reduce((sum, leg) => sum + leg.travel, 0);
  const metres = legs.reduce((sum, leg) => sum + leg.metres, 0);
  const causes: Cause[] = [];
  if (given.stops.length > v.maxTasks) causes.push('max_tasks');
  if (given.breaks.length < v.breaks.length) causes.push('missing_break');
  if (travel > v.maxTravel) causes.push('max_travel_time');
  if (metres > v.maxDistance) causes.push('max_distance');
  if (v.start < 0 && !new Loads(problem, given.stops).within(0, v.capacity)) causes.push('load');
  return { units: cost, causes };
}
