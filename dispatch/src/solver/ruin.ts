import type { Instance } from './instance.ts';
import type { Parameters } from './parameters.ts';
import type { Rng } from './rng.ts';
import type { Routes } from './routes.ts';

/** For each visit all visits, nearest first (there and back by time), itself in front. */
export function neighbours(instance: Instance): Int32Array[] {
  const all = Array.from({ length: instance.visitCount }, (_, visit) => visit);
  return all.map((visit) => {
    const here = instance.locationOf(visit);
    const away = all.map((other) => {
      const there = instance.locationOf(other);
      return other === visit ? -1 : instance.travelSeconds(here, there) + instance.travelSeconds(there, here);
    });
    return Int32Array.from([...all].sort((a, b) => (away[a] as number) - (away[b] as number) || a - b));
  });
}

/**
 * For each visit all visits, first those that compete with it for the same vehicles (share of the vehicles of either that
 * both could have), then the nearer: relatedness after Shaw, "Using Constraint Programming and Local Search Methods to
 * Solve Vehicle Routing Problems", CP 1998. Skills and windows decide more than distance who can swap with whom.
 */
export function competitors(near: readonly Int32Array[], vehiclesFor: VehiclesFor): Int32Array[] {
  const could = near.map((_, visit) => new Set(vehiclesFor(visit)));
  return near.map((byDistance, visit) => {
    const mine = vehiclesFor(visit);
    const shared = could.map((theirs, other) => {
      if (other === visit) return 2;
      const both = mine.reduce((sum, vehicle) => sum + (theirs.has(vehicle) ? 1 : 0), 0);
      return both / Math.max(1, mine.length + theirs.size - both);
    });
    return Int32Array.from([...byDistance].sort((a, b) => (shared[b] as number) - (shared[a] as number))); // stable
  });
}

/**
 * Adjacent string removal, section 5.2 of the SISR paper: strings of consecutive visits come out of routes that pass near
 * one visit chosen at random, so that the slack they leave lies side by side and can be traded.
 *   l_s = min(L_max, mean route length)      k_s ~ U[1, 4 c-bar / (1 + l_s) - 1]      l_t ~ U[1, min(|t|, l_s)]
 * Frozen visits are no part of a string. `near` is one of the two lists above. Ours: where visits are left out, one of them is often the one chosen, and then
 * only vehicles that could serve it are opened (in the paper every vehicle can serve everybody).
 */
export function ruin(
  routes: Routes,
  near: readonly Int32Array[],
  vehiclesFor: VehiclesFor,
  parameters: Parameters,
  rng: Rng,
) {
  const { instance } = routes;
  const longest = Math.min(parameters.longestString, meanLength(routes));
  const mostStrings = (4 * parameters.averageRemoved) / (1 + longest) - 1;
  const strings = Math.floor(1 + rng.unit() * Math.max(1, mostStrings));
  const leftOut = rng.unit() < parameters.leftOutShare ? aLeftOutVisit(routes, vehiclesFor, rng) : -1;
  const useful = leftOut < 0 ? null : vehiclesFor(leftOut);
  const center = leftOut < 0 ? rng.below(instance.visitCount) : leftOut;
  const ruined = new Set<number>();
  for (const visit of near[center] as Int32Array) {
    if (ruined.size >= strings) return;
    const vehicle = routes.vehicleOf(visit);
    if (vehicle < 0 || ruined.has(vehicle) || instance.frozenVehicle(visit) >= 0) continue;
    if (useful !== null && !useful.includes(vehicle)) continue;
    ruined.add(vehicle);
    const loose = routes.order(vehicle).filter((other) => instance.frozenVehicle(other) < 0);
    const length = Math.floor(1 + rng.unit() * Math.min(loose.length, longest));
    const removed = stringAround(loose, loose.indexOf(visit), Math.min(length, loose.length), parameters, rng);
    routes.keepOnly(vehicle, (other) => !removed.includes(other));
  }
}

export type VehiclesFor = (visit: number) => Int32Array;

/** -1: all visits that anybody could serve are in. */
function aLeftOutVisit(routes: Routes, vehiclesFor: VehiclesFor, rng: Rng): number {
  const hopeful = routes.absent().filter((visit) => vehiclesFor(visit).length > 0);
  return hopeful.length === 0 ? -1 : (hopeful[rng.below(hopeful.length)] as number);
}

/** A run of `length` visits that holds the one at `index`; or a longer run that keeps its middle. */
function stringAround(
  loose: readonly number[],
  index: number,
  length: number,
  parameters: Parameters,
  rng: Rng,
): number[] {
  let kept = 0;
  if (length > 1 && length < loose.length && rng.unit() < parameters.splitShare) {
    kept = 1;
    while (length + kept < loose.length && rng.unit() > parameters.splitStop) kept++;
  }
  const span = length + kept;
  const first = Math.max(0, index - span + 1);
  const last = Math.min(index, loose.length - span);
  const from = first + rng.below(last - first + 1);
  const string = loose.slice(from, from + span);
  string.splice(kept === 0 ? 0 : 1 + rng.below(length), kept);
  return string;
}

function meanLength(routes: Routes): number {
  let used = 0;
  let stops = 0;
  for (let vehicle = 0; vehicle < routes.instance.vehicleCount; vehicle++) {
    const length = routes.order(vehicle).length;
    if (length > 0) used++;
    stops += length;
  }
  return used === 0 ? 1 : stops / used;
}
