import { buildInstance, type PlainInstance } from '../solver/instance.ts';
import type { Plan } from '../solver/plan.ts';
import type { SolveOptions } from '../solver/search.ts';
import { InstanceError } from '../solver/validate.ts';
import { type Search, solveChecked } from './core.ts';
import { InputError } from './input-error.ts';
import { readSolomon, solomonToPlain, unitsOf, type VrptwObjective } from './solomon.ts';
import { FormatError, type Point } from './text.ts';
import { readVrplib, VRPLIB_UNITS, vrplibToPlain } from './vrplib.ts';

/** Solomon's form: jobs are customer numbers. */
export function solveSolomon(text: string, objective: VrptwObjective, options: SolveOptions, search?: Search) {
  const file = inputErrors(() => readSolomon(text));
  const way = (a: Point, b: Point) => {
    const real = Math.hypot(a.x - b.x, a.y - b.y);
    return objective === 'dimacs' ? Math.floor(10 * real + 1e-9) / 10 : real;
  };
  const plain = solomonToPlain(file, objective);
  const vrp = { plain, units: unitsOf(objective), nodes: file.nodes, nodeOf: (visit: number) => visit + 1, way };
  return solveVrp(vrp, options, search);
}

/** VRPLIB: jobs are node numbers less one, as in published `.sol` files; distances are rounded thousandths of a unit. */
export function solveVrplib(text: string, options: SolveOptions, search?: Search) {
  const file = inputErrors(() => readVrplib(text));
  const { plain, nodeOfVisit } = vrplibToPlain(file);
  const way = (a: Point, b: Point) => Math.round(VRPLIB_UNITS * Math.hypot(a.x - b.x, a.y - b.y)) / VRPLIB_UNITS;
  const nodeOf = (visit: number) => nodeOfVisit[visit] as number;
  return solveVrp({ plain, units: VRPLIB_UNITS, nodes: file.nodes, nodeOf, way }, options, search);
}

interface Vrp {
  readonly plain: PlainInstance;
  /** Solver seconds in one unit of the file. */
  readonly units: number;
  readonly nodes: readonly Point[];
  readonly nodeOf: (visit: number) => number;
  readonly way: (a: Point, b: Point) => number;
}

async function solveVrp(vrp: Vrp, options: SolveOptions, search: Search | undefined) {
  const { plain, nodeOf } = vrp;
  const instance = inputErrors(() => buildInstance(plain));
  const { plan, iterations, stoppedBy } = await solveChecked(instance, options, search);
  refuseOverload(plain, plan);
  const routes = plan.routes.map((route) => routeOut(vrp, route));
  const sum = (key: 'cost' | 'service' | 'waiting_time') => routes.reduce((total, route) => total + route[key], 0);
  const response = {
    code: 0 as const,
    summary: {
      cost: rounded(sum('cost')),
      routes: routes.length,
      unassigned: plan.unassigned.length,
      setup: 0,
      service: sum('service'),
      duration: rounded(sum('cost')),
      waiting_time: rounded(sum('waiting_time')),
      distance: rounded(sum('cost')),
      violations: [],
    },
    unassigned: plan.unassigned.map(({ visit }) => ({ id: nodeOf(visit), type: 'job' as const })),
    routes,
  };
  return { response, solution: solutionText(plan, nodeOf, response.summary.cost), iterations, stoppedBy };
}

function routeOut({ plain, units, nodes, nodeOf, way }: Vrp, route: Plan['routes'][number]) {
  const depot = plain.engineers[route.engineer]!.shifts[0]!.startLocation;
  const nothing = { setup: 0, service: 0, waiting_time: 0, violations: [] };
  const steps: object[] = [
    { type: 'start', location_index: depot, arrival: (route.stops[0]?.departAt ?? 0) / units, duration: 0, ...nothing },
  ];
  let [driven, place, service, waiting, ready] = [0, depot, 0, 0, (route.stops[0]?.departAt ?? 0) / units];
  for (const { visit, startAt, endAt } of route.stops) {
    const id = nodeOf(visit);
    const leg = way(nodes[place]!, nodes[id]!);
    driven += leg;
    const arrival = ready + leg;
    const wait = Math.max(0, startAt / units - arrival);
    const lasts = (endAt - startAt) / units;
    const times = { arrival: rounded(arrival), waiting_time: rounded(wait), service: lasts, duration: rounded(driven) };
    steps.push({ type: 'job', id, location_index: id, setup: 0, ...times, violations: [] });
    [place, service, waiting, ready] = [id, service + lasts, waiting + wait, arrival + wait + lasts];
  }
  const home = way(nodes[place]!, nodes[depot]!);
  driven += home;
  steps.push({
    type: 'end',
    location_index: depot,
    arrival: rounded(ready + home),
    duration: rounded(driven),
    ...nothing,
  });
  const cost = rounded(driven);
  const sums = { cost, setup: 0, service, duration: cost, waiting_time: rounded(waiting), distance: cost };
  return { vehicle: route.vehicle + 1, ...sums, violations: [], steps };
}

/** Not more than six decimals of what sums of doubles leave. */
const rounded = (value: number): number => Math.round(value * 1e6) / 1e6;

/** Loads once more, from the instance alone. */
function refuseOverload({ engineers, visits }: PlainInstance, plan: Plan): void {
  for (const { engineer, stops } of plan.routes) {
    engineers[engineer]!.shifts[0]!.capacity?.forEach((most, kind) => {
      const taken = stops.reduce((sum, { visit }) => sum + (visits[visit]!.amount?.[kind] ?? 0), 0);
      if (taken > most) throw new Error(`vehicle ${engineer + 1} carries ${taken}, it has room for ${most}`);
    });
  }
}

/** As CVRPLIB writes solutions. */
function solutionText(plan: Plan, nodeOf: (visit: number) => number, cost: number): string {
  const lines = plan.routes.map(
    ({ stops }, k) => `Route #${k + 1}: ${stops.map(({ visit }) => nodeOf(visit)).join(' ')}`,
  );
  return [...lines, `Cost ${cost}`, ''].join('\n');
}

function inputErrors<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof InstanceError) throw new InputError(error.problems);
    if (!(error instanceof FormatError)) throw error;
    throw new InputError([{ path: error.path, message: error.message.replace(`${error.path}: `, '') }]);
  }
}
