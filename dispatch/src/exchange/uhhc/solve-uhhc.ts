import { type AnnealOptions, anneal, mustUnserved } from './anneal.ts';
import type { HomeCare, HomeCareTerms } from './read.ts';
import { type Choices, Roster } from './roster.ts';

/** The answer in VROOM's form (minutes; one step a service), and the file the authors' validator reads. */
export function solveHomeCare(problem: HomeCare, options: AnnealOptions) {
  const { choices, iterations, stoppedBy } = anneal(problem, options);
  const roster = new Roster(problem);
  const cost = roster.time(choices);
  const routes = problem.caregivers.map((_, c) => visitsOf(problem, roster, choices, c));
  const left = [...problem.patients.keys()].filter((p) => choices.by[2 * p] === -1);
  return {
    response: respond(problem, roster, routes, left, cost),
    solution: solutionText(problem, roster, choices, routes, cost),
    iterations,
    stoppedBy,
  };
}

interface Visit {
  readonly patient: number;
  readonly service: number;
  readonly start: number;
  readonly end: number;
}

function visitsOf({ patients }: HomeCare, { starts }: Roster, { order, by }: Choices, caregiver: number): Visit[] {
  const visits: Visit[] = [];
  for (const patient of order) {
    patients[patient]!.services.forEach(({ service, lasts }, s) => {
      if (by[2 * patient + s] !== caregiver) return;
      const start = starts[2 * patient + s] as number;
      visits.push({ patient, service, start, end: start + lasts });
    });
  }
  return visits;
}

function respond(
  problem: HomeCare,
  roster: Roster,
  routes: readonly (readonly Visit[])[],
  left: readonly number[],
  cost: number,
) {
  const { caregivers, patients, serviceNames, travel, places, lunch } = problem;
  const driven = routes.flatMap((visits, c) => {
    if (visits.length === 0) return [];
    const { id, start, end, from } = caregivers[c]!;
    const nothing = { setup: 0, service: 0, waiting_time: 0, violations: [] };
    const first = visits[0] as Visit;
    const firstWay = travel[start * places + patients[first.patient]!.place] as number;
    const fed = roster.lunchBefore[c] === first.patient;
    const leave = Math.max(from, (fed ? (roster.lunchAt[c] as number) : first.start) - firstWay);
    const steps: object[] = [{ type: 'start', location_index: start, arrival: leave, duration: 0, ...nothing }];
    let [free, place, duration, service, waiting] = [leave, start, 0, 0, 0];
    for (const visit of visits) {
      const { id: description, place: here } = patients[visit.patient]!;
      const way = travel[place * places + here] as number;
      duration += way;
      let arrival = free + way;
      if (roster.lunchBefore[c] === visit.patient && lunch !== null) {
        const at = roster.lunchAt[c] as number;
        const wait = at - arrival;
        steps.push({
          type: 'break',
          description: 'lunch',
          arrival,
          waiting_time: wait,
          setup: 0,
          service: lunch.lasts,
          duration,
          violations: [],
        });
        waiting += wait;
        arrival = at + lunch.lasts;
      }
      const lasts = visit.end - visit.start;
      const name = `${description} ${serviceNames[visit.service]}`;
      const times = { arrival, waiting_time: visit.start - arrival, setup: 0, service: lasts, duration };
      steps.push({ type: 'job', id: visit.patient, description: name, location_index: here, ...times, violations: [] });
      [free, place, service, waiting] = [visit.end, here, service + lasts, waiting + visit.start - arrival];
    }
    const home = travel[place * places + end] as number;
    duration += home;
    steps.push({ type: 'end', location_index: end, arrival: free + home, duration, ...nothing });
    return [{ vehicle: c, description: id, setup: 0, service, duration, waiting_time: waiting, violations: [], steps }];
  });
  const sum = (key: 'service' | 'duration' | 'waiting_time') => driven.reduce((total, route) => total + route[key], 0);
  return {
    code: 0 as const,
    summary: {
      cost: cost % 1e7,
      routes: driven.length,
      unassigned: left.length,
      setup: 0,
      service: sum('service'),
      duration: sum('duration'),
      waiting_time: sum('waiting_time'),
      violations: [],
      cost_components: weighted(problem, roster.cost),
    },
    unassigned: left.map((p) => ({ id: p, type: 'job' as const, description: patients[p]!.id })),
    routes: driven,
  };
}

/** As published solutions are written: lunch after the visits, times of a visit those of its service. */
function solutionText(
  problem: HomeCare,
  roster: Roster,
  { order }: Choices,
  routes: readonly (readonly Visit[])[],
  cost: number,
): string {
  const { caregivers, patients, serviceNames, lunch } = problem;
  const file = {
    cost: { objective: cost % 1e7, violations: mustUnserved(cost) },
    cost_components: weighted(problem, roster.cost),
    global_ordering: [...order].map((p) => patients[p]!.id),
    routes: routes.map((visits, c) => {
      const at = roster.lunchAt[c] as number;
      const before = patients[roster.lunchBefore[c] as number];
      return {
        caregiver_id: caregivers[c]!.id,
        locations: [
          ...visits.map(({ patient, service, start, end }) => ({
            arrival_time: start,
            departure_time: end,
            patient: patients[patient]!.id,
            service: serviceNames[service],
          })),
          ...(before === undefined || lunch === null
            ? []
            : [{ end_time: at + lunch.lasts, patient: before.id, service: 'lunch_break', start_time: at }]),
        ],
      };
    }),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

function weighted({ weights }: HomeCare, cost: HomeCareTerms) {
  return {
    highest_tardiness: weights.highestTardiness * cost.highestTardiness,
    max_idle_time: weights.highestIdle * cost.highestIdle,
    missed_lunch_break: weights.missedLunch * cost.missedLunch,
    preferences: weights.preference * cost.preference,
    total_extra_time: weights.overtime * cost.overtime,
    total_tardiness: weights.tardiness * cost.tardiness,
    total_waiting_time: weights.waiting * cost.waiting,
    travel_time: weights.travel * cost.travel,
    unscheduled: weights.unserved * cost.unserved,
  };
}
