import type { Fleet } from './fleet.ts';
import type { Orders } from './orders.ts';
import type { PooledRoute } from './pool.ts';
import { idleCost } from './pricing.ts';
import type { Routes } from './routes.ts';

/** Solves a mixed integer program in CPLEX's LP form; names of the variables that are 1, or null when it found nothing. */
export type SolveProgram = (program: string, limits: { seconds?: number; nodes: number }) => string[] | null;

/**
 * The cheapest plan made of pooled routes: each visit in one route or left out, no more routes of a kind than there are
 * vehicles. Set partitioning after Balinski and Quandt, "On an Integer Program for a Delivery Problem", Operations Research
 * 12(2), 1964. Null when the program found none. The plan is one of all plans of the pool, so it costs no more than the best
 * of those that went in. `fixed` vehicles keep what they have, as their visits are tied to each other's.
 */
export function bestOfPool(
  routes: Routes,
  fleet: Fleet,
  all: readonly PooledRoute[],
  solveProgram: SolveProgram,
  limits: { seconds?: number; nodes: number },
  fixed: Orders = [],
): Orders | null {
  const { instance } = routes;
  const vehicles = Array.from({ length: fleet.kindCount }, () => [] as number[]);
  const keep = new Set(fixed.map(([vehicle]) => vehicle));
  const settled = new Set(fixed.flatMap(([, order]) => order));
  const pool = all.filter(({ order }) => !order.some((visit) => settled.has(visit)));
  for (const [vehicle, kind] of fleet.kindOf.entries()) if (!keep.has(vehicle)) vehicles[kind]?.push(vehicle);
  const idle = vehicles.map(([vehicle = 0]) => idleCost(instance, vehicle));

  const rows = Array.from({ length: instance.visitCount }, (_, visit) =>
    instance.frozenVehicle(visit) >= 0 || settled.has(visit) ? [] : [`y${visit}`],
  );
  const ofKind = vehicles.map(() => [] as string[]);
  const terms = rows.flatMap((row, visit) => (row.length > 0 ? [`${routes.leftOutCost(visit)} y${visit}`] : []));
  pool.forEach(({ kind, order, cost }, k) => {
    terms.push(`${cost - (idle[kind] as number)} x${k}`);
    ofKind[kind]?.push(`x${k}`);
    for (const visit of order) rows[visit]?.push(`x${k}`);
  });
  if (terms.length === 0) return null;
  const constraints = [
    ...rows.filter((row) => row.length > 0).map((row) => `${row.join(' + ')} = 1`),
    ...ofKind.flatMap((list, kind) => (list.length > 0 ? [`${list.join(' + ')} <= ${vehicles[kind]?.length}`] : [])),
  ];
  const names = [...pool.keys()].map((k) => `x${k}`);
  const out = rows.flatMap((row, visit) => (row.length > 0 ? [`y${visit}`] : []));
  const program = `Minimize\n obj: ${wrapped(terms, ' + ')}\nSubject To\n${constraints.map(broken).join('\n')}\nBinary\n${wrapped([...names, ...out], ' ')}\nEnd\n`;
  const chosen = solveProgram(program, limits);
  if (chosen === null) return null;
  const found = ordersOf(
    routes,
    fleet,
    vehicles,
    keep,
    chosen.filter((name) => name.startsWith('x')).map((name) => pool[Number(name.slice(1))] as PooledRoute),
  );
  return found?.map((one) => fixed.find(([vehicle]) => vehicle === one[0]) ?? one) ?? null;
}

/** Each route to a vehicle of its kind: to the one that has it already, if there is one, so that little moves. */
function ordersOf(
  routes: Routes,
  fleet: Fleet,
  vehicles: readonly number[][],
  keep: ReadonlySet<number>,
  chosen: readonly PooledRoute[],
): Orders | null {
  const orders = Array.from(fleet.kindOf, () => [] as readonly number[]);
  const taken = new Set(keep);
  const later: PooledRoute[] = [];
  const give = (vehicle: number, order: readonly number[]) => {
    taken.add(vehicle);
    orders[vehicle] = order;
  };
  for (const route of chosen) {
    const present = routes.vehicleOf(route.order[0] as number);
    if (present >= 0 && fleet.kindOf[present] === route.kind && !taken.has(present)) give(present, route.order);
    else later.push(route);
  }
  for (const { kind, order } of later) {
    const free = vehicles[kind]?.find((vehicle) => !taken.has(vehicle));
    if (free === undefined) return null;
    give(free, order);
  }
  return orders.map((order, vehicle) => [vehicle, order] as const);
}

/** The LP form has a longest line. */
const wrapped = (terms: readonly string[], join: string): string =>
  terms.map((term, k) => (k % 20 === 19 ? `${term}\n` : term)).join(join);
const broken = (constraint: string): string => wrapped(constraint.split(' + '), ' + ');
