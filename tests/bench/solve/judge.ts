import type { SolomonFile, VrptwObjective } from '../../../dispatch/src/exchange/solomon.ts';
import type { VrplibFile } from '../../../dispatch/src/exchange/vrplib.ts';

/**
 * Judges routes from the text of the file alone: shares nothing with the solver's instances, schedule or costs. Returns the
 * distance in the units best known values are given in; throws an Error that says what is wrong.
 */
export interface Judged {
  readonly distance: number;
  readonly vehicles: number;
}

/** Routes are node numbers without the depot. */
export function judgeSolomon(file: SolomonFile, objective: VrptwObjective, routes: readonly number[][]): Judged {
  const way = (a: number, b: number): number => {
    const [p, q] = [file.nodes[a], file.nodes[b]];
    if (p === undefined || q === undefined) throw new Error(`there is no customer ${p === undefined ? a : b}`);
    const real = Math.sqrt((p.x - q.x) ** 2 + (p.y - q.y) ** 2);
    return objective === 'dimacs' ? Math.floor(10 * real + 1e-9) / 10 : real;
  };
  everyOnce(file.nodes.length, [0], routes);
  if (routes.length > file.vehicles) throw new Error(`${routes.length} routes for ${file.vehicles} vehicles`);
  let distance = 0;
  for (const route of routes) {
    let load = 0;
    let time = file.nodes[0]?.ready ?? 0;
    let at = 0;
    for (const customer of [...route, 0]) {
      const node = file.nodes[customer] as SolomonFile['nodes'][number];
      distance += way(at, customer);
      time = Math.max(node.ready, time + way(at, customer));
      if (time > node.due + 1e-6) throw new Error(`at ${customer} after ${node.due}, at ${time}`);
      time += node.service;
      load += node.demand;
      at = customer;
    }
    if (load > file.capacity) throw new Error(`a load of ${load} in room for ${file.capacity}`);
  }
  return { distance, vehicles: routes.length };
}

/** `routes[k]` is what vehicle k does. Ways are rounded thousandths, as in the published values. */
export function judgeVrplib(file: VrplibFile, routes: readonly (readonly number[])[]): Judged {
  const way = (a: number, b: number): number => {
    const [p, q] = [file.nodes[a], file.nodes[b]];
    if (p === undefined || q === undefined) throw new Error(`there is no node ${p === undefined ? a : b}`);
    return Math.round(1000 * Math.sqrt((p.x - q.x) ** 2 + (p.y - q.y) ** 2));
  };
  everyOnce(file.nodes.length, file.depots, routes);
  let distance = 0;
  let vehicles = 0;
  routes.forEach((route, k) => {
    const vehicle = file.vehicles[k];
    if (vehicle === undefined) throw new Error(`there is no vehicle ${k}`);
    if (route.length === 0) return;
    vehicles++;
    const home = file.nodes[vehicle.depot] as VrplibFile['nodes'][number];
    const load = route.reduce((sum, node) => sum + (file.nodes[node]?.demand ?? 0), 0);
    if (load > vehicle.capacity) throw new Error(`vehicle ${k}: a load of ${load} in room for ${vehicle.capacity}`);
    let at = vehicle.depot;
    // Earliest arrivals; then back from the earliest arrival home to the latest setting out that keeps it.
    let time = 1000 * home.from;
    const steps: { way: number; open: number; close: number; service: number }[] = [];
    for (const node of route) {
      const { from, to, service } = file.nodes[node] as VrplibFile['nodes'][number];
      if (vehicle.allowed !== null && !vehicle.allowed.has(node)) throw new Error(`vehicle ${k} may not serve ${node}`);
      const step = { way: way(at, node), open: 1000 * from, close: 1000 * to, service: 1000 * service };
      time = Math.max(step.open, time + step.way);
      if (time > step.close) throw new Error(`vehicle ${k} is at ${node} at ${time}, after ${step.close}`);
      time += step.service;
      distance += step.way;
      steps.push(step);
      at = node;
    }
    const homeward = way(at, vehicle.depot);
    distance += homeward;
    time += homeward;
    if (time > 1000 * home.to) throw new Error(`vehicle ${k} is home at ${time}, after ${1000 * home.to}`);
    let by = time - homeward;
    for (const step of steps.reverse()) by = Math.min(by - step.service, step.close) - step.way;
    const hours = time - by;
    if (hours > 1000 * vehicle.longestDuration) throw new Error(`vehicle ${k} is out for ${hours}`);
  });
  return { distance, vehicles };
}

function everyOnce(nodeCount: number, depots: readonly number[], routes: readonly (readonly number[])[]): void {
  const seen = new Set<number>(depots);
  for (const node of routes.flat()) {
    if (seen.has(node)) throw new Error(`${node} is served twice, or is a depot`);
    seen.add(node);
  }
  for (let node = 0; node < nodeCount; node++) if (!seen.has(node)) throw new Error(`${node} is not served`);
}
