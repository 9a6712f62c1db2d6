import type { Instance } from './instance.ts';
import { homeLegCost, overtimeCost, stopCost, wayCost } from './pricing.ts';
import { arrival, earliestStart, homeArrival, NEVER } from './schedule.ts';

/** One way to have timed an order up to some visit. */
interface Label {
  readonly start: number;
  readonly ready: number;
  /** Of the stops so far, and where speeds change with the hour of the ways to them. */
  readonly cost: number;
  readonly before: Label | null;
}

/** With more ways than this only the earliest and the cheapest go on: no room is ever lost, at worst a little money. */
const MOST_LABELS = 64;

/**
 * As `timeRoute`, where some visits have preferred windows: each visit starts as early as can be or waits for its next
 * preferred moment, whichever makes the whole route cheaper. No other start could be the cheapest, because nothing else gets
 * cheaper with time (churn apart, and ways where speeds change with the hour); and of two ways to get as far, the one that is ready no later and costs no more does at
 * least as well with all that follows, so only the others are kept. A route that can be driven stays drivable: the earliest
 * way is always among them.
 */
export function cheapestTimes(
  instance: Instance,
  vehicle: number,
  visits: readonly number[],
  starts: Float64Array,
): number {
  const engineer = instance.engineerOf(vehicle);
  let location = instance.startLocation(vehicle);
  let given = true; // as in timeRoute
  let labels: Label[] = [{ start: 0, ready: instance.earliestDeparture(vehicle), cost: 0, before: null }];
  for (const visit of visits) {
    const next = instance.locationOf(visit);
    const service = instance.serviceSeconds(visit, vehicle);
    const frozen = instance.frozenVehicle(visit) >= 0;
    const further: Label[] = [];
    for (const before of labels) {
      const arriveAt = arrival(instance, vehicle, before.ready, location, next);
      const add = (start: number) => {
        const ready = Math.max(before.ready, start + service);
        let cost = before.cost + stopCost(instance, visit, engineer, start);
        if (instance.speeds !== null) cost += wayCost(instance, vehicle, before.ready, location, next, start);
        further.push({ start, ready, cost, before });
      };
      if (frozen) {
        if (given || arriveAt <= instance.frozenStart(visit)) add(instance.frozenStart(visit));
        continue;
      }
      const earliest = earliestStart(instance, vehicle, visit, arriveAt);
      if (earliest === NEVER) continue;
      add(earliest);
      const preferred = nextPreferred(instance, vehicle, visit, earliest);
      if (preferred !== NEVER && preferred !== earliest) add(preferred);
    }
    labels = undominated(further);
    given = frozen;
    location = next;
  }
  let best: Label | null = null;
  let least = NEVER;
  let homeAt = NEVER;
  for (const label of labels) {
    const home = homeArrival(instance, vehicle, location, label.ready);
    let cost = label.cost + overtimeCost(instance, vehicle, home);
    if (instance.speeds !== null) cost += homeLegCost(instance, vehicle, location, label.ready);
    if (cost >= least || (!given && home > instance.latestEnd(vehicle))) continue;
    best = label;
    least = cost;
    homeAt = home;
  }
  let label = best;
  for (let i = visits.length - 1; i >= 0 && label !== null; i--, label = label.before) starts[i] = label.start;
  return homeAt;
}

/** The first moment from `from` on that is allowed and in a preferred window, or NEVER. */
function nextPreferred(instance: Instance, vehicle: number, visit: number, from: number): number {
  const last = instance.firstPreferred(visit + 1);
  for (let k = instance.firstPreferred(visit); k < last; k++) {
    if (instance.preferredTo(k) < from) continue;
    const start = earliestStart(instance, vehicle, visit, Math.max(from, instance.preferredFrom(k)));
    if (start <= instance.preferredTo(k)) return start;
  }
  return NEVER;
}

/** In order of time, each cheaper than all before it. */
function undominated(labels: Label[]): Label[] {
  if (labels.length <= 1) return labels;
  labels.sort((a, b) => a.ready - b.ready || a.cost - b.cost);
  const kept: Label[] = [];
  let least = NEVER;
  for (const label of labels) {
    if (label.cost >= least) continue;
    least = label.cost;
    kept.push(label);
  }
  return kept.length <= MOST_LABELS ? kept : [kept[0] as Label, ...kept.slice(1 - MOST_LABELS)];
}
