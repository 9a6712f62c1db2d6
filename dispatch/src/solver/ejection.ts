import type { Draft, Drafts } from './drafts.ts';
import type { Lane, LanePlace } from './lanes.ts';

/**
 * Ejection chains of limited length: the visit takes the place of another, which takes the place of a third, until one finds
 * room. After Glover, "Ejection chains, reference structures and alternating path methods for traveling salesman problems",
 * Discrete Applied Mathematics 65, 1996; and Nagata & Braysy, "A powerful route minimization heuristic for the vehicle routing
 * problem with time windows", Operations Research Letters 37, 2009: two are put out of one route only where neither alone
 * makes room. Ours: the number moved is the limit, so chains are looked at in order of length, the most hopeful ones of each
 * length only (`WIDTH`), and a chain ends as soon as it costs as much as the best plan found.
 */
export function ejectionChains(drafts: Drafts, root: Draft, mostMoved: number, spent: () => boolean): Draft | null {
  const byLength: Step[][] = Array.from({ length: mostMoved + 1 }, () => []);
  byLength[0]?.push({ draft: root, next: null, cost: root.cost, hope: root.cost });
  let best: Draft | null = null;
  for (const steps of byLength) {
    for (const step of mostHopeful(steps)) {
      if (spent()) return best;
      if (best !== null && step.cost >= best.cost) continue;
      const draft = made(drafts, step);
      for (const whole of finishes(drafts, draft)) if (best === null || whole.cost < best.cost) best = whole;
      const left = mostMoved - draft.ejected.length;
      const around = turnedOver(drafts, draft);
      for (const whole of around) if (best === null || whole.cost < best.cost) best = whole;
      if (left === 0) continue;
      for (const child of ejections(drafts, draft, left, best?.cost ?? Number.POSITIVE_INFINITY))
        byLength[draft.ejected.length + (child.next as Next).out.length]?.push(child);
    }
  }
  return best;
}

/** Two visits put out of one route are so close in it. */
const APART = 3;

/** Of each length of chain so many are followed. */
const WIDTH = 48;

/** A draft that is made only if it is one of the most hopeful: `draft` with its last visit at a place of `next`. */
interface Step {
  readonly draft: Draft;
  readonly next: Next | null;
  readonly cost: number;
  /** With what the visits put out cost where there is room for them. Infinity where there is none. */
  readonly hope: number;
}

interface Next {
  readonly lane: Lane; // without those put out
  readonly place: LanePlace;
  readonly out: readonly number[];
}

function mostHopeful(steps: readonly Step[]): readonly Step[] {
  const byHope = steps.filter(({ hope }) => hope < Number.POSITIVE_INFINITY).sort((a, b) => a.hope - b.hope);
  const others = steps.filter(({ hope }) => hope === Number.POSITIVE_INFINITY).sort((a, b) => a.cost - b.cost);
  return [...byHope.slice(0, WIDTH), ...others.slice(0, WIDTH)];
}

function made(drafts: Drafts, { draft, next }: Step): Draft {
  if (next === null) return draft;
  const visit = draft.pool.at(-1) as number;
  const lane = drafts.lanes.withVisit(next.lane, visit, next.place.position);
  return drafts.with(draft, lane, [...draft.pool.slice(0, -1), ...next.out], [...draft.ejected, ...next.out]);
}

function finishes(drafts: Drafts, draft: Draft): Draft[] {
  const orders = draft.pool.length === 2 ? [draft.pool, draft.pool.toReversed()] : [draft.pool];
  return orders.flatMap((pool) => drafts.finish({ ...draft, pool }) ?? []);
}

/** The last of the pool in a route in which one other visit changes its turn, keeping about its hour: nobody is put out. */
function turnedOver(drafts: Drafts, draft: Draft): Draft[] {
  const wholes: Draft[] = [];
  const visit = draft.pool.at(-1) as number;
  const { lanes } = drafts;
  for (let vehicle = 0; vehicle < drafts.vehicleCount; vehicle++) {
    const lane = drafts.laneOf(draft, vehicle);
    if (lane === null || !lanes.hasRoom(lane, visit)) continue;
    let best: Lane | null = null;
    for (const other of lane.order) {
      const without = drafts.mayTurn(draft, other) ? lanes.without(lane, other) : null;
      const place = without === null ? null : lanes.cheapest(without, visit);
      if (without === null || place === null) continue;
      const between = lanes.withVisit(without, visit, place.position);
      const back = lanes.cheapestHeld(between, other);
      if (back !== null && (best === null || between.cost + back.added < best.cost))
        best = lanes.withVisit(between, other, back.position, true);
    }
    if (best === null) continue;
    const whole = drafts.finish(drafts.with(draft, best, draft.pool.slice(0, -1), draft.ejected));
    if (whole !== null) wholes.push(whole);
  }
  return wholes;
}

/** The last of the pool in the place of one visit, or of two where neither alone makes room. */
function ejections(drafts: Drafts, draft: Draft, left: number, below: number): Step[] {
  const steps: Step[] = [];
  const visit = draft.pool.at(-1) as number;
  const { lanes } = drafts;
  const offer = (lane: Lane, out: readonly number[]): boolean => {
    if (!lanes.hasRoom(lane, visit, out)) return false;
    const without = out.reduce<Lane | null>((rest, other) => rest && lanes.without(rest, other), lane);
    const place = without === null ? null : lanes.cheapest(without, visit);
    if (without === null || place === null) return false;
    const cost = draft.cost + without.cost + place.added - lane.cost;
    const hope = out.reduce((sum, other) => sum + drafts.ease(other), cost);
    if (cost < below) steps.push({ draft, next: { lane: without, place, out }, cost, hope });
    return true;
  };
  for (let vehicle = 0; vehicle < drafts.vehicleCount; vehicle++) {
    const lane = drafts.laneOf(draft, vehicle);
    if (lane === null || lanes.instance.refusalOf(lanes.instance.engineerOf(vehicle), visit) !== null) continue;
    const loose = lane.order.filter((other) => drafts.mayEject(draft, other));
    const alone = loose.filter((other) => offer(lane, [other]));
    if (left < 2 || draft.ejected.length > 0) continue;
    const stubborn = loose.filter((other) => !alone.includes(other));
    stubborn.forEach((one, i) => {
      for (const other of stubborn.slice(i + 1, i + 1 + APART)) offer(lane, [one, other]);
    });
  }
  return steps;
}
