import { findPlaces, placeVisit } from './insertion.ts';
import type { Instance } from './instance.ts';
import type { Plan, Route } from './plan.ts';
import { NEVER, timeRoute } from './schedule.ts';
import { timedRoute } from './timed-route.ts';

/**
 * A plan as it stands: the visits of each shift in the order they have in `start`, timed anew, without a search. What no
 * longer fits (its day has become too late, its engineer may not any more) gets its cheapest place beside the others, or none; nobody
 * else is placed. Null where a search has to mend it: visits that are tied to each other, a fixed one elsewhere, a full van, or
 * more than a few that do not fit. A few milliseconds where the search's first answer takes a hundred.
 */
export function standingPlan(instance: Instance, start: Plan): Plan | null {
  if (instance.links !== null) return null;
  const starts = new Float64Array(instance.visitCount);
  const vehicleOf = new Int32Array(instance.visitCount).fill(-1);
  const routes: Route[] = [];
  const out: number[] = [];
  for (const { vehicle, engineer, stops } of start.routes) {
    let order: number[] = [];
    for (const { visit } of stops) {
      if (vehicleOf[visit] !== -1) return null;
      const fixed = instance.frozenVehicle(visit) === vehicle;
      const longer = [...order, visit];
      const home =
        fixed || instance.refusalOf(engineer, visit) === null ? timeRoute(instance, vehicle, longer, starts) : NEVER;
      if (home === NEVER) {
        out.push(visit);
        continue;
      }
      order = longer;
      vehicleOf[visit] = vehicle;
    }
    if (order.length === 0) continue;
    if (isTooMuch(instance, vehicle, order)) return null;
    const homeAt = timeRoute(instance, vehicle, order, starts);
    routes.push(timedRoute(instance, vehicle, order, starts, homeAt));
  }
  const unassigned: Plan['unassigned'][number][] = [];
  for (let visit = 0; visit < instance.visitCount; visit++) {
    const frozen = instance.frozenVehicle(visit);
    if (frozen >= 0 && frozen !== vehicleOf[visit]) return null;
    if (vehicleOf[visit] === -1) unassigned.push({ visit, reason: 'cost' });
  }
  if (out.length > MOST_MENDED) return null;
  let plan: Plan = { routes: routes.sort((a, b) => a.vehicle - b.vehicle), unassigned };
  for (const visit of out) {
    const { best } = findPlaces(instance, plan, visit);
    if (best !== null && best.delta < 0) plan = placeVisit(instance, plan, visit, best);
  }
  return plan;
}

const MOST_MENDED = 12;

function isTooMuch(instance: Instance, vehicle: number, order: readonly number[]): boolean {
  for (let kind = 0; kind < instance.kindCount; kind++) {
    const load = order.reduce((sum, visit) => sum + instance.amount(visit, kind), 0);
    if (load > instance.capacity(vehicle, kind)) return true;
  }
  return false;
}
