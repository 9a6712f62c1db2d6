import type { Rng } from '../solver/rng.ts';
import type { Neighbours } from './neighbours.ts';
import type { ModelRoute } from './route-model.ts';
import type { RoutePlan } from './route-plan.ts';

/** c-bar, L-max, alpha, beta of the SISR paper; where tasks are left out, `LEFT_OUT` of the ruins make room for one. */
const AVERAGE_REMOVED = 10;
const LONGEST_STRING = 10;
const SPLIT_SHARE = 0.5;
const SPLIT_STOP = 0.01;
const LEFT_OUT = 0.3;
const WHOLE_ROUTE = 0.1;

/**
 * Adjacent string removal, section 5.2 of the SISR paper: strings of consecutive stops come out of routes that pass near one
 * task, so that the slack they leave lies side by side. A stop that leaves takes the other stop of its task along.
 */
export function ruin<R extends ModelRoute>(plan: RoutePlan<R>, near: Neighbours, rng: Rng): void {
  const { model } = plan;
  const longest = Math.min(LONGEST_STRING, plan.meanLength());
  const strings = Math.floor(1 + rng.unit() * Math.max(1, (4 * AVERAGE_REMOVED) / (1 + longest) - 1));
  const leftOut =
    plan.absent.length > 0 && rng.unit() < LEFT_OUT ? plan.absent[rng.below(plan.absent.length)] : undefined;
  const center = leftOut ?? rng.below(model.taskCount);
  const useful = leftOut === undefined ? null : model.vehiclesFor(leftOut);
  const ruined: number[] = [];
  if (rng.unit() < WHOLE_ROUTE) {
    const vehicle = plan.vehicleOf(center);
    if (vehicle >= 0) {
      ruined.push(vehicle);
      plan.remove(vehicle, new Set(plan.route(vehicle).stops.map((stop) => model.taskOf(stop))));
    }
  }
  for (const task of near.of(center)) {
    if (ruined.length >= strings) return;
    const vehicle = plan.vehicleOf(task);
    if (vehicle < 0 || ruined.includes(vehicle) || (useful !== null && !useful.includes(vehicle))) continue;
    ruined.push(vehicle);
    const { stops } = plan.route(vehicle);
    const index = stops.findIndex((stop) => model.taskOf(stop) === task);
    const length = Math.min(stops.length, Math.floor(1 + rng.unit() * Math.min(stops.length, longest)));
    plan.remove(vehicle, new Set(stringAround(stops, index, length, rng).map((stop) => model.taskOf(stop))));
  }
}

/** A run of `length` stops that holds the one at `index`; or a longer run that keeps its middle. */
function stringAround(stops: readonly number[], index: number, length: number, rng: Rng): number[] {
  let kept = 0;
  if (length > 1 && length < stops.length && rng.unit() < SPLIT_SHARE) {
    kept = 1;
    while (length + kept < stops.length && rng.unit() > SPLIT_STOP) kept++;
  }
  const span = length + kept;
  const first = Math.max(0, index - span + 1);
  const last = Math.min(index, stops.length - span);
  const from = first + rng.below(last - first + 1);
  const string = stops.slice(from, from + span);
  if (kept > 0) string.splice(1 + rng.below(length - 1), kept);
  return string;
}
