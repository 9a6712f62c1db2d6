import { type Cost, cost } from './cost.ts';
import type { Instance } from './instance.ts';
import type { Plan } from './plan.ts';
import { frozenOrder } from './routes.ts';
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
export function planFrom(instance: Instance, orders: readonly (readonly number[])[]): Plan | null {
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

function overloaded(instance: Instance, vehicle: number, order: readonly number[]): boolean {
  const shift = instance.plain.engineers.flatMap(({ shifts }) => shifts)[vehicle];
  if (order.every((visit) => instance.frozenVehicle(visit) >= 0)) return false;
  return (shift?.capacity ?? []).some((most, kind) => {
    const taken = order.reduce((sum, visit) => sum + (instance.plain.visits[visit]?.amount?.[kind] ?? 0), 0);
    return taken > most;
  });
}
