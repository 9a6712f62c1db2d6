import type { Rng } from '../solver/rng.ts';
import type { Neighbours } from './neighbours.ts';
import type { ModelRoute } from './route-model.ts';
import type { RoutePlan } from './route-plan.ts';

/**
 * Takes over some whole routes of another plan, those that pass near one task, and finds new places for what loses its own:
 * route exchange as in Nagata, Bräysy and Dullaert, "A penalty-based edge assembly memetic algorithm for the vehicle routing
 * problem with time windows", Computers & Operations Research 37(4), 2010, in its simplest form.
 */
export function takeOver<R extends ModelRoute>(
  plan: RoutePlan<R>,
  other: readonly R[],
  near: Neighbours,
  rng: Rng,
): void {
  const { model } = plan;
  const driverOf = new Map(other.flatMap((route) => route.stops.map((stop) => [model.taskOf(stop), route] as const)));
  const inUse = other.filter(({ stops }) => stops.length > 0).length;
  const wanted = Math.max(1, Math.floor(inUse * (LEAST_SHARE + rng.unit() * (MOST_SHARE - LEAST_SHARE))));
  const chosen = new Set<R>();
  for (const task of near.of(rng.below(model.taskCount))) {
    const route = driverOf.get(task);
    if (route !== undefined) chosen.add(route);
    if (chosen.size >= wanted) break;
  }
  plan.graft([...chosen]);
  plan.recreate(rng, { blink: 0, shuffled: true });
}

const LEAST_SHARE = 0.2;
const MOST_SHARE = 0.6;
