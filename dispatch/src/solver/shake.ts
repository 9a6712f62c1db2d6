import type { Draft, Drafts } from './drafts.ts';
import type { Rng } from './rng.ts';

/**
 * A small ruin and recreate around a visit to be placed: a few visits near it come out, nearer ones more often, and all go back
 * at their cheapest places in an order drawn at random. Finds what chains do not look for: two visits of one route that change
 * places, somebody who goes back into the route she came from. Returns what is cheaper than `best`, or `best`.
 */
export function shakenAround(
  drafts: Drafts,
  root: Draft,
  mostMoved: number,
  best: Draft | null,
  rng: Rng,
  spent: () => boolean,
): Draft | null {
  const near = mostMoved > 0 ? nearest(drafts, root) : [];
  let found = best;
  for (let round = 0; round < ROUNDS_EACH * near.length && !spent(); round++) {
    let draft: Draft | null = root;
    for (let count = 1 + rng.below(mostMoved); count > 0 && draft !== null; count--) {
      const pick = near[Math.floor(near.length * rng.unit() ** NEARER)] as { visit: number; vehicle: number };
      if (drafts.mayEject(draft, pick.visit)) draft = drafts.eject(draft, pick.vehicle, pick.visit);
    }
    if (draft === null) continue;
    const pool = [...draft.pool];
    rng.shuffle(pool);
    const whole = drafts.finish({ ...draft, pool });
    if (whole !== null && (found === null || whole.cost < found.cost)) found = whole;
  }
  return found;
}

/** Rounds for each visit that is near. */
const ROUNDS_EACH = 10;
/** So many visits around the one to be placed are near it. */
const AROUND = 80;
/** Draws from the list are biased to its front by this power. */
const NEARER = 2;

function nearest(drafts: Drafts, root: Draft): readonly { readonly visit: number; readonly vehicle: number }[] {
  const { instance } = drafts.lanes;
  const here = instance.locationOf(root.pool[0] as number);
  const others: { visit: number; vehicle: number; away: number }[] = [];
  for (let vehicle = 0; vehicle < drafts.vehicleCount; vehicle++) {
    for (const visit of drafts.laneOf(root, vehicle)?.order ?? []) {
      if (!drafts.mayEject(root, visit)) continue;
      const there = instance.locationOf(visit);
      others.push({ visit, vehicle, away: instance.travelSeconds(here, there) + instance.travelSeconds(there, here) });
    }
  }
  return others.sort((a, b) => a.away - b.away || a.visit - b.visit).slice(0, AROUND);
}
