import type { SearchLimits } from '../../routing/limits.ts';
import { searchRoutes } from '../../routing/search-routes.ts';
import { TrspModel, type TrspRoute } from './model.ts';
import type { TrspProblem } from './read.ts';

export interface TrspOptions extends SearchLimits {
  readonly onProgress?: (progress: { iterations: number; cost: number; unassigned: number }) => void;
}

/** The answer in VROOM's form. Times and costs are the file's units, with decimals; the depot is a step of type `depot`. */
export function solveTrsp(problem: TrspProblem, options: TrspOptions) {
  const model = new TrspModel(problem);
  const found = searchRoutes(model, { ...options, stopsOf: (task) => [task] });
  const driven = found.routes.filter(({ stops }) => stops.length > 0).map((route) => drive(problem, model, route));
  const sum = (of: (route: Driven) => number) => driven.reduce((total, route) => total + of(route), 0);
  const response = {
    code: 0 as const,
    summary: {
      cost: sum(({ cost }) => cost),
      routes: driven.length,
      unassigned: found.unassigned.length,
      setup: 0,
      service: sum(({ service }) => service),
      duration: sum(({ duration }) => duration),
      waiting_time: sum(({ waiting_time }) => waiting_time),
      violations: [],
    },
    unassigned: found.unassigned.map((request) => ({ id: model.placeOf(request), type: 'job' as const })),
    routes: driven,
  };
  return {
    response,
    solution: solutionText(problem, driven),
    iterations: found.iterations,
    stoppedBy: found.stoppedBy,
  };
}

type Driven = ReturnType<typeof drive>;

/** Leaves home as late as the shortest working time allows, then goes on as early as it can. */
function drive(problem: TrspProblem, model: TrspModel, { vehicle, stops, depotAt, cost }: TrspRoute) {
  const technician = problem.technicians[vehicle]!;
  const path = stops.map((request) => problem.requests[request]!);
  const places = [...path.map((request) => ({ ...request, type: 'job' }))];
  if (depotAt >= 0)
    places.splice(depotAt, 0, { ...problem.depot, service: 0, skills: [], tools: [], parts: [], type: 'depot' });
  const leave = model.latestLeave(vehicle, stops, depotAt);
  const steps: object[] = [
    { type: 'start', id: technician.id, arrival: leave, service: 0, waiting_time: 0, duration: 0 },
  ];
  let [moment, at, duration, service, waiting] = [leave, technician.id, 0, 0, 0];
  for (const { id, type, from, service: lasts } of places) {
    const way = model.way(at, id);
    duration += way;
    const arrival = moment + way;
    const wait = Math.max(0, from - arrival);
    steps.push({ type, id, arrival, service: lasts, waiting_time: wait, duration });
    [moment, at, service, waiting] = [arrival + wait + lasts, id, service + lasts, waiting + wait];
  }
  duration += model.way(at, technician.id);
  moment += model.way(at, technician.id);
  steps.push({ type: 'end', id: technician.id, arrival: moment, service: 0, waiting_time: 0, duration });
  return { vehicle: technician.id, cost, setup: 0, service, duration, waiting_time: waiting, violations: [], steps };
}

/**
 * The properties file in which the authors publish their solutions (vpillac/vroom): cost, who found it, how many technicians
 * work, and the routes. Each technician has copies of home, where a route ends, and of the depot: their numbers go on after
 * those of the requests. Idle technicians leave their place empty, those before the first who works not even that.
 */
function solutionText(problem: TrspProblem, routes: readonly Driven[]): string {
  const { name, technicians, requests } = problem;
  const homes = technicians.length + requests.length; // of technician 1 it is one more
  const written = technicians.map(({ id }) => {
    const stops = routes.find(({ vehicle }) => vehicle === id)?.steps.slice(1, -1) as { id: number }[] | undefined;
    if (stops === undefined) return '';
    return [id, ...stops.map((stop) => (stop.id === 0 ? homes + technicians.length + id : stop.id)), homes + id].join(
      ',',
    );
  });
  const total = routes.reduce((sum, { cost }) => sum + cost, 0);
  return [
    `${name}=${total.toFixed(4)}`,
    `${name}-A=Uptower`,
    `${name}-K=${routes.length}`,
    `${name}-Opt=false`,
    `${name}-S=<${written.join('|').replace(/^\|+/, '')}>`,
    '',
  ].join('\n');
}
