import { type Draft, Drafts } from './drafts.ts';
import { ejectionChains } from './ejection.ts';
import { heldAround } from './held-plan.ts';
import type { Instance } from './instance.ts';
import { Lanes } from './lanes.ts';
import type { Plan, Route } from './plan.ts';
import { Rng } from './rng.ts';
import { shakenAround } from './shake.ts';
import { timedRoute } from './timed-route.ts';
import { holdOf, type Told } from './told.ts';

export interface SearchLimits {
  /** So many other visits may move at most (told.ts says what that is). Default 3. */
  readonly maxMoved?: number;
  /** Keeps its engineer and, within the tolerance, its hour, whatever it costs. Frozen visits do anyway. Default: none. */
  readonly promised?: (visit: number) => boolean;
  /** Limit of work: routes asked for a place. The same limit and seed give the same answer. Default 100,000. */
  readonly looks?: number;
  readonly seed?: number;
  /** Stop after so long; needs `now`. The best so far is the answer. */
  readonly milliseconds?: number;
  /** Milliseconds, from any origin. */
  readonly now?: () => number;
}

export const MOST_MOVED = 3;
const MOST_LOOKS = 100_000;
/** Of the work allowed, what chains may use; what is left shakes the plan around the visit. */
const CHAIN_SHARE = 0.8;

export interface Searched {
  /** The cheapest way found to have the visit in; `cost` is what all routes together cost more than in the plan handed in. */
  readonly draft: Draft | null;
  readonly planOf: (draft: Draft) => Plan;
  readonly looks: number;
}

/**
 * Room for a visit by moving a few others. Who does not move is held within the tolerance of the hour told, waiting where
 * need be: so `maxMoved` limits the visits taken out, and nothing else has to be counted.
 */
export function searchAround(
  instance: Instance,
  plan: Plan,
  visit: number,
  told: Told,
  limits: SearchLimits = {},
): Searched {
  const { maxMoved = MOST_MOVED, promised = () => false, looks = MOST_LOOKS, milliseconds, now } = limits;
  if (milliseconds !== undefined && now === undefined)
    throw new Error('milliseconds needs now: the solver reads no clock');
  const began = now?.() ?? 0;
  const late = () => milliseconds !== undefined && now !== undefined && now() - began >= milliseconds;
  // Tied visits stay where they are, at moments that keep every tie.
  const held = heldAround(instance, plan, visit);
  const tied = (other: number) => (instance.links?.groupOf[other] ?? null) !== null;
  const lanes = new Lanes(held.instance, holdOf(told), (engineer, other) => other === visit && held.refuses(engineer));
  const routes = new Map(plan.routes.map((route) => [route.vehicle, route]));
  const base = Array.from({ length: instance.vehicleCount }, (_, vehicle) =>
    lanes.ofRoute(vehicle, routes.get(vehicle)),
  );
  const movable = (other: number) =>
    other !== visit && instance.frozenVehicle(other) < 0 && !tied(other) && !promised(other);
  const drafts = new Drafts(lanes, base, movable);
  const root = rootOf(drafts, visit, told.vehicle[visit] as number);
  const planOf = (draft: Draft) => withDraft(plan, visit, lanes, draft);
  if (root === null) return { draft: null, planOf, looks: 0 };
  const chain = ejectionChains(drafts, root, maxMoved, () => lanes.looks >= CHAIN_SHARE * looks || late());
  const rng = new Rng(limits.seed ?? 1);
  const draft = shakenAround(drafts, root, maxMoved, chain, rng, () => lanes.looks >= looks || late());
  return { draft, planOf, looks: lanes.looks };
}

/** The visit in nobody's lane and to be placed. Nothing where its own route cannot be driven without it. */
function rootOf(drafts: Drafts, visit: number, vehicle: number): Draft | null {
  const root: Draft = { changed: [], cost: 0, pool: [visit], ejected: [] };
  if (vehicle < 0) return root;
  const lane = drafts.laneOf(root, vehicle);
  const shorter = lane === null ? null : drafts.lanes.without(lane, visit);
  return shorter === null ? null : drafts.with(root, shorter, root.pool, root.ejected);
}

/** Routes that do not change are the ones handed in. */
function withDraft(plan: Plan, visit: number, lanes: Lanes, { changed }: Draft): Plan {
  const anew = changed
    .filter(({ order }) => order.length > 0)
    .map((lane): Route => {
      const { starts, homeAt } = lanes.times(lane);
      return timedRoute(lanes.instance, lane.vehicle, lane.order, starts, homeAt);
    });
  const kept = plan.routes.filter((route) => changed.every(({ vehicle }) => vehicle !== route.vehicle));
  return {
    routes: [...kept, ...anew].sort((a, b) => a.vehicle - b.vehicle),
    unassigned: plan.unassigned.filter((entry) => entry.visit !== visit),
  };
}
