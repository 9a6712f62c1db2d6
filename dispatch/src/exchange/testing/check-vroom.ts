/**
 * An independent judge of a VROOM answer: reads request and answer as the JSON they are, walks every route step by step and
 * adds all sums up from nothing. Shares no code with reader, model or search. Needs `matrices` in the request.
 */
// biome-ignore lint/suspicious/noExplicitAny: JSON as it comes; to type it would be to trust it
type Json = any;

export function checkVroom(request: Json, answer: Json): string[] {
  const wrong: string[] = [];
  const say = (true_: boolean, message: string) => {
    if (!true_) wrong.push(message);
  };
  const served = new Map<string, number>();
  let total = 0;
  for (const route of answer.routes) {
    const vehicle = request.vehicles.find((v: Json) => v.id === route.vehicle);
    const name = `vehicle ${route.vehicle}`;
    const { durations, distances } = request.matrices[vehicle.profile ?? 'car'];
    const costs = { fixed: 0, per_hour: 3600, per_task_hour: 0, per_km: 0, ...vehicle.costs };
    const skills: number[] = vehicle.skills ?? [];
    const within = (windows: Json, moment: number) =>
      windows === undefined ||
      windows.some(([from, to]: number[]) => moment >= (from as number) && moment <= (to as number));
    const capacity: number[] = vehicle.capacity ?? route.steps[0].load?.map(() => 0) ?? [];
    const order: string[] = [];
    let load: number[] = capacity.map((_, d) =>
      route.steps
        .filter((s: Json) => s.type === 'job')
        .reduce((sum: number, s: Json) => sum + (jobOf(request, s.id).delivery?.[d] ?? 0), 0),
    );
    let [place, driven, metres, action, sinceDuration] = [vehicle.start_index ?? -1, 0, 0, 0, 0];
    route.steps.forEach((step: Json, k: number) => {
      const at = `${name} step ${k} (${step.type})`;
      const before = route.steps[k - 1];
      const begin = step.arrival + step.waiting_time;
      say(step.waiting_time >= 0, `${at}: waits ${step.waiting_time}`);
      if (before !== undefined) {
        const expected =
          before.arrival + before.waiting_time + before.setup + before.service + step.duration - before.duration;
        say(step.arrival === expected, `${at}: arrives at ${step.arrival}, not ${expected}`);
        say(step.duration >= before.duration, `${at}: drives backwards`);
      }
      if (vehicle.time_window !== undefined) {
        const end = begin + step.setup + step.service;
        const [from, to] = vehicle.time_window;
        say(begin >= from && end <= to, `${at}: outside working hours`);
      }
      if (step.type === 'break') {
        const rest = vehicle.breaks.find((b: Json) => b.id === step.id);
        say(rest !== undefined && step.service === (rest.service ?? 0), `${at}: takes another time`);
        say(within(rest?.time_windows, begin), `${at}: outside its windows`);
        say(
          (rest?.max_load ?? load).every((most: number, d: number) => (load[d] as number) <= most),
          `${at}: too full`,
        );
        order.push(`break ${step.id}`);
      } else if (step.type !== 'start') {
        const end = step.type === 'end';
        const task = end ? null : taskOf(request, step);
        const there = end ? vehicle.end_index : task!.place.location_index;
        const speed = vehicle.speed_factor ?? 1;
        const way = place < 0 ? 0 : Math.round(durations[place][there] / speed);
        say(step.duration - sinceDuration === way, `${at}: drives ${step.duration - sinceDuration}, the way is ${way}`);
        sinceDuration = step.duration;
        driven += way;
        metres += place < 0 || distances === undefined ? 0 : distances[place][there];
        if (task !== null) {
          const type = vehicle.type ?? '';
          const service = task.place.service_per_type?.[type] ?? task.place.service ?? 0;
          const setup = task.place.setup_per_type?.[type] ?? task.place.setup ?? 0;
          say(step.service === service, `${at}: service ${step.service}, not ${service}`);
          say(step.setup === (place === there ? 0 : setup), `${at}: setup ${step.setup}`);
          say(within(task.place.time_windows, begin), `${at}: begins at ${begin}, outside its windows`);
          say(
            (task.owner.skills ?? []).every((s: number) => skills.includes(s)),
            `${at}: lacks a skill`,
          );
          action += step.service + step.setup;
          load = load.map((now, d) => {
            if (step.type === 'job') return now - (task.owner.delivery?.[d] ?? 0) + (task.owner.pickup?.[d] ?? 0);
            return now + (step.type === 'pickup' ? 1 : -1) * (task.owner.amount?.[d] ?? 0);
          });
          const key = `${step.type} ${step.id}`;
          served.set(key, (served.get(key) ?? 0) + 1);
          order.push(key);
        }
        place = there;
      }
      say(
        load.every((now, d) => now >= 0 && now <= (capacity[d] as number)),
        `${at}: carries ${load} of ${capacity}`,
      );
      if (step.load !== undefined) say(step.load.join() === load.join(), `${at}: load ${step.load}, not ${load}`);
      say(step.violations.length === 0, `${at}: tells of violations`);
    });
    for (const b of vehicle.breaks ?? [])
      say(order.filter((o) => o === `break ${b.id}`).length === 1, `${name}: break ${b.id}`);
    const tasks = order.filter((o) => !o.startsWith('break'));
    say(tasks.length > 0, `${name}: an empty route`);
    say(tasks.length <= (vehicle.max_tasks ?? Infinity), `${name}: ${tasks.length} tasks`);
    say(driven <= (vehicle.max_travel_time ?? Infinity), `${name}: drives ${driven}`);
    say(metres <= (vehicle.max_distance ?? Infinity), `${name}: drives ${metres} m`);
    for (const { pickup, delivery } of request.shipments ?? []) {
      const [p, d] = [order.indexOf(`pickup ${pickup.id}`), order.indexOf(`delivery ${delivery.id}`)];
      say((p < 0 && d < 0) || (p >= 0 && p < d), `${name}: shipment ${pickup.id} out of order`);
    }
    const cost =
      costs.fixed + (driven * costs.per_hour + action * costs.per_task_hour) / 3600 + (metres * costs.per_km) / 1000;
    say(
      Math.abs(route.cost - cost) < 1 + 1e-6 && route.cost <= cost + 1e-6,
      `${name}: costs ${route.cost}, not ${cost}`,
    );
    say(route.duration === driven, `${name}: duration ${route.duration}, not ${driven}`);
    total += route.cost;
  }
  for (const { type, id } of answer.unassigned) served.set(`${type} ${id}`, (served.get(`${type} ${id}`) ?? 0) + 1);
  const all = [
    ...(request.jobs ?? []).map((j: Json) => `job ${j.id}`),
    ...(request.shipments ?? []).flatMap((s: Json) => [`pickup ${s.pickup.id}`, `delivery ${s.delivery.id}`]),
  ];
  for (const key of all) say(served.get(key) === 1, `${key} is there ${served.get(key) ?? 0} times`);
  say(served.size === all.length, 'tasks nobody asked for');
  say(answer.summary.cost === total, `costs ${answer.summary.cost}, the routes ${total}`);
  say(answer.summary.unassigned === answer.unassigned.length, 'summary.unassigned');
  return wrong;
}

function jobOf(request: Json, id: number): Json {
  return request.jobs.find((job: Json) => job.id === id);
}

function taskOf(request: Json, step: Json): { place: Json; owner: Json } {
  if (step.type === 'job') return { place: jobOf(request, step.id), owner: jobOf(request, step.id) };
  const owner = request.shipments.find((s: Json) => s[step.type].id === step.id);
  return { place: owner[step.type], owner };
}
