/**
 * An independent judge of a home care solution file: reads instance and solution as the JSON they are, checks every rule
 * and adds the objective up from nothing. Shares no code with reader, timing or search.
 */
interface Location {
  patient: string;
  service: string;
  arrival_time?: number;
  departure_time?: number;
  start_time?: number;
  end_time?: number;
}

// biome-ignore lint/suspicious/noExplicitAny: a file as it comes; to type it would be to trust it
type Json = any;

export function checkHomeCare(
  instance: Json,
  solution: Json,
): { problems: string[]; components: Record<string, number> } {
  const problems: string[] = [];
  const weights = instance.metadata.cost_components;
  const atEnd = instance.metadata.time_window_met === 'at_service_end';
  const way = (from: number, to: number): number => instance.distances[from][to];
  const point = (id: string) => instance.terminal_points.find((p: Json) => p.id === id).distance_matrix_index;
  const sums = { travel: 0, late: 0, latest: 0, waiting: 0, extra: 0, idle: 0, wish: 0, unserved: 0, lunch: 0 };
  const visits = new Map<string, { location: Location; caregiver: string }[]>();
  for (const caregiver of instance.caregivers) {
    const routes = solution.routes.filter((r: Json) => r.caregiver_id === caregiver.id);
    if (routes.length > 1) problems.push(`${caregiver.id} has two routes`);
    const locations: Location[] = routes[0]?.locations ?? [];
    const breaks = locations.filter(({ service }) => service === 'lunch_break');
    const served = locations
      .filter(({ service }) => service !== 'lunch_break')
      .sort((a, b) => (a.arrival_time as number) - (b.arrival_time as number));
    if (breaks.length > 1 || (breaks.length === 1 && !caregiver.lunch_break)) problems.push(`${caregiver.id}: lunches`);
    if (caregiver.lunch_break && breaks.length === 0) sums.lunch++;
    let [time, place, used] = [caregiver.working_shift.start, point(caregiver.departing_point), 0];
    served.forEach((location, k) => {
      const { patient: id, service, arrival_time: begin = Number.NaN, departure_time: end = Number.NaN } = location;
      const patient = instance.patients.find((p: Json) => p.id === id);
      const wanted = patient?.required_services.find((r: Json) => r.service === service);
      if (wanted === undefined) {
        problems.push(`${id} does not ask for ${service}`);
        return;
      }
      const lasts = wanted.duration ?? instance.services.find((s: Json) => s.id === service).default_duration;
      if (end - begin !== lasts) problems.push(`${id} ${service}: takes ${end - begin}, not ${lasts}`);
      if (!caregiver.abilities.includes(service)) problems.push(`${caregiver.id} cannot do ${service}`);
      if (patient.incompatible_caregivers?.includes(caregiver.id)) problems.push(`${caregiver.id} may not see ${id}`);
      const here = patient.distance_matrix_index;
      let arrival = time + way(place, here);
      used += way(place, here) + lasts;
      const lunch = breaks.find((b) => b.patient === id);
      let rest = 0;
      if (lunch !== undefined) {
        const { start, end: close, min_duration } = instance.lunch_breaks;
        const [from, to] = [lunch.start_time as number, lunch.end_time as number];
        if (from < arrival || from < start || to > close || to - from < min_duration)
          problems.push(`${caregiver.id}: lunch ${from}-${to}`);
        rest = to - from;
        used += rest;
        if (k > 0) sums.waiting += from - arrival;
        arrival = to;
      }
      if (begin < arrival) problems.push(`${caregiver.id} begins at ${id} at ${begin}, is there at ${arrival}`);
      if (k > 0) sums.waiting += begin - arrival;
      const open = patient.time_windows.filter((w: Json) => begin >= w.start);
      if (open.length === 0) problems.push(`${id} ${service} begins before any window`);
      const late = Math.min(...open.map((w: Json) => Math.max(0, (atEnd ? end : begin) - w.end)));
      sums.late += late;
      sums.latest = Math.max(sums.latest, late);
      if (patient.preferred_caregivers && !patient.preferred_caregivers.includes(caregiver.id)) sums.wish++;
      visits.set(id, [...(visits.get(id) ?? []), { location, caregiver: caregiver.id }]);
      [time, place] = [end, here];
    });
    if (served.length > 0) {
      used += way(place, point(caregiver.arrival_point));
      time += way(place, point(caregiver.arrival_point));
    }
    for (let k = 0, from = point(caregiver.departing_point); k <= served.length && served.length > 0; k++) {
      const patient = instance.patients.find((p: Json) => p.id === served[k]?.patient);
      const to = patient?.distance_matrix_index ?? point(caregiver.arrival_point);
      sums.travel += way(from, to);
      from = to;
    }
    const { start, end } = caregiver.working_shift;
    sums.extra += Math.max(0, time - end);
    sums.idle = Math.max(sums.idle, end - start - used + Math.max(0, time - end));
  }
  for (const patient of instance.patients) {
    const served = visits.get(patient.id) ?? [];
    if (served.length === 0) {
      if (!patient.optional) problems.push(`${patient.id} must be served`);
      sums.unserved++;
      continue;
    }
    const services = patient.required_services.map((r: Json) => r.service);
    if (served.length !== services.length || new Set(served.map(({ caregiver }) => caregiver)).size !== services.length)
      problems.push(
        `${patient.id}: ${served.length} of ${services.length} services, by ${served.map((s) => s.caregiver)}`,
      );
    if (services.length < 2) continue;
    const at = services.map(
      (s: string) => served.find(({ location }) => location.service === s)?.location.arrival_time,
    );
    const { type, distance } = patient.synchronization;
    const apart = at[1] - at[0];
    if (type === 'simultaneous' && apart !== 0) problems.push(`${patient.id}: ${apart} apart, not at once`);
    if (type === 'sequential' && !(apart >= distance.min && apart <= distance.max))
      problems.push(`${patient.id}: ${apart} apart`);
  }
  return {
    problems,
    components: {
      highest_tardiness: weights.highest_tardiness * sums.latest,
      max_idle_time: weights.max_idle_time * sums.idle,
      missed_lunch_break: weights.missed_lunch_break * sums.lunch,
      preferences: weights.caregiver_preferences * sums.wish,
      total_extra_time: weights.total_extra_time * sums.extra,
      total_tardiness: weights.total_tardiness * sums.late,
      total_waiting_time: weights.total_waiting_time * sums.waiting,
      travel_time: weights.travel_time * sums.travel,
      unscheduled: weights.optional_patients * sums.unserved,
    },
  };
}
