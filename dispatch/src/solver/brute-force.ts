import { type Cost, cost } from './cost.ts';
import type { Instance } from './instance.ts';
import { frozenOrder } from './orders.ts';
import type { Plan } from './plan.ts';
import { NEVER, timeRoute } from './schedule.ts';
import { timedRoute } from './timed-route.ts';

/** For tests: the cheapest of all plans, by trying each visit out of the plan and at each place of each vehicle. */
export function cheapestPlan(instance: Instance): { plan: Plan; cost: Cost } {
  const orders = Array.from({ length: instance.vehicleCount }, (_, vehicle) => frozenOrder(instance, vehicle));
  const loose = Array.from({ length: instance.visitCount }, (_, visit) => visit).filter(
    (visit) => instance.frozenVehicle(visit) < 0,
  );
  let best: { plan: Plan; cost: Cost } | null = null;
  const place = (next: number): void => {
    const visit = loose[next];
    if (visit === undefined) {
      const plan = planFrom(instance, orders);
      if (plan === null) return;
      const price = cost(instance, plan);
      if (best === null || price.total < best.cost.total) best = { plan, cost: price };
      return;
    }
    place(next + 1);
    for (let vehicle = 0; vehicle < instance.vehicleCount; vehicle++) {
      if (instance.refusalOf(instance.engineerOf(vehicle), visit) !== null) continue;
      const order = orders[vehicle] as number[];
      for (let position = 0; position <= order.length; position++) {
        orders[vehicle] = order.toSpliced(position, 0, visit);
        place(next + 1);
      }
      orders[vehicle] = order;
    }
  };
  place(0);
  return best as unknown as { plan: Plan; cost: Cost };
}

/** The plan that serves these orders as early as can be, or nothing if one cannot be driven. */
export function planFrom(plainly: Instance, orders: readonly (readonly number[])[]): Plan | null {
  const instance = plainly.plain.links === undefined ? plainly : waitingForEachOther(plainly, orders);
  if (instance === null) return null;
  const routes = [];
  for (const [vehicle, order] of orders.entries()) {
    const starts = new Float64Array(order.length);
    const homeAt = timeRoute(instance, vehicle, order, starts);
    if (homeAt === NEVER || overloaded(instance, vehicle, order)) return null;
    if (order.length > 0) routes.push(timedRoute(instance, vehicle, order, starts, homeAt));
  }
  const served = new Set(orders.flat());
  const left = Array.from({ length: instance.visitCount }, (_, visit) => visit).filter((visit) => !served.has(visit));
  return { routes, unassigned: left.map((visit) => ({ visit, reason: 'cost' })) };
}

/**
 * The instance in which visits tied to others wait for them: starts are put off, and only as far as a link asks for, until
 * all links hold. Nothing if they never do, or if who is there and who is not breaks one.
 */
function waitingForEachOther(plainly: Instance, orders: readonly (readonly number[])[]): Instance | null {
  const { links = [], visits } = plainly.plain;
  const instance = plainly.holdable();
  const vehicleOf = new Map(orders.flatMap((order, vehicle) => order.map((visit) => [visit, vehicle])));
  const isFact = (visit: number) => visits[visit]?.frozen !== undefined;
  const there = (visit: number) => vehicleOf.has(visit);
  const open = links.filter(({ first, second }) => !(isFact(first) && isFact(second)));
  for (const { kind, first, second, sameEngineer } of open) {
    if (there(second) && !there(first) && !isFact(second)) return null;
    if (kind === 'together' && there(first) && !there(second) && !isFact(first)) return null;
    if (!there(first) || !there(second)) continue;
    const [one, two] = [first, second].map((visit) => instance.engineerOf(vehicleOf.get(visit) as number));
    const wanted = kind === 'together' ? false : sameEngineer;
    if (wanted !== undefined && wanted !== (one === two)) return null;
  }
  for (;;) {
    const startOf = new Map<number, number>();
    for (const [vehicle, order] of orders.entries()) {
      const starts = new Float64Array(order.length);
      if (timeRoute(instance, vehicle, order, starts) === NEVER) return null;
      order.forEach((visit, i) => {
        startOf.set(visit, starts[i] as number);
      });
    }
    let waited = false;
    const putOff = (visit: number, to: number) => {
      if ((startOf.get(visit) as number) >= to) return;
      instance.hold(visit, isFact(visit) ? Number.POSITIVE_INFINITY : to, Number.POSITIVE_INFINITY);
      startOf.set(visit, to);
      waited = true;
    };
    for (const { kind, first, second, minGapSeconds = 0, maxGapSeconds } of open) {
      const [one, two] = [startOf.get(first), startOf.get(second)];
      if (one === undefined || two === undefined) continue;
      const done = one + instance.serviceSeconds(first, vehicleOf.get(first) as number);
      if (kind === 'together') {
        putOff(first, two);
        putOff(second, one);
      } else {
        putOff(second, done + minGapSeconds);
        putOff(first, two - (done - one) - (maxGapSeconds ?? Number.POSITIVE_INFINITY));
      }
      if (
        waited &&
        [first, second].some((visit) => isFact(visit) && startOf.get(visit) !== visits[visit]?.frozen?.startAt)
      )
        return null;
    }
    if (!waited) return instance;
  }
}

function overloaded(instance: Instance, vehicle: number, order: readonly number[]): boolean {
  const shift = instance.plain.engineers.flatMap(({ shifts }) => shifts)[vehicle];
  if (order.every((visit) => instance.frozenVehicle(visit) >= 0)) return false;
  return (shift?.capacity ?? []).some((most, kind) => {
    const taken = order.reduce((sum, visit) => sum + (instance.plain.visits[visit]?.amount?.[kind] ?? 0), 0);
    return taken > most;
  });
}
