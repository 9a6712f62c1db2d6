import { checkPlan } from '../solver/check-plan.ts';
import { findPlaces, placeVisit, takeOut } from '../solver/insertion.ts';
import { ownInstance } from '../solver/instance.ts';
import type { PlainInstance } from '../solver/plain.ts';
import type { Plan } from '../solver/plan.ts';
import { type PlacesQuestion, standing } from './best-places.ts';
import { keepingPromises } from './keep-promises.ts';

export interface SlotWindow {
  /** Work begins from the one moment on and before the other, seconds. */
  readonly from: number;
  readonly to: number;
  /** Of those with the same number one is offered before a second is. */
  readonly half: number;
}

export interface SlotsQuestion extends Omit<PlacesQuestion, 'spreads' | 'promised'> {
  readonly windows: readonly SlotWindow[];
  readonly count: number;
}

export interface SlotFound {
  readonly window: SlotWindow;
  readonly engineer: number;
  readonly startAt: number;
  readonly addedCost: number;
  /** The plan that keeps it. */
  readonly plan: Plan;
}

/**
 * Times in which a visit can be promised, cheapest first: for each there is a plan that has the visit in it, has all others
 * with whom they are, and has nobody late who is in time now; the independent checker finds nothing wrong with it. Each can
 * be kept for itself, not all at once. One of each half day before a second of any.
 */
export function findSlots({ plain, plan, visit, windows, count }: SlotsQuestion): SlotFound[] {
  const present = standing(ownInstance(plain), plan);
  // Without its own hours, which the slot takes the place of; and held to one slot after the other.
  const asked = keepingPromises(startingIn(plain, visit, undefined), present, visit);
  const instance = ownInstance(asked);
  const before = takeOut(instance, present, visit);
  const found = windows.flatMap((window): SlotFound[] => {
    // An instance of our own without links (see `standing`) can be held as it is.
    const held = instance.holdable();
    // Not at its very end: the site may close then.
    held.hold(visit, window.from, Math.max(window.from, window.to - 1));
    const { best } = findPlaces(held, { ...present, ...before }, visit);
    if (best === null || best.startAt < window.from || best.startAt > window.to) return [];
    const { engineer, startAt, addedCost } = best;
    return [{ window, engineer, startAt, addedCost, plan: placeVisit(held, { ...present, ...before }, visit, best) }];
  });
  const byCost = found.sort((a, b) => a.addedCost - b.addedCost || a.window.from - b.window.from);
  const halves = new Set<number>();
  const first = byCost.filter(({ window: { half } }) => !halves.has(half) && halves.add(half));
  const chosen: SlotFound[] = [];
  for (const slot of [...first, ...byCost.filter((one) => !first.includes(one))]) {
    if (chosen.length >= count) break;
    if (isKept(asked, visit, slot)) chosen.push(slot);
  }
  return chosen.sort((a, b) => a.addedCost - b.addedCost);
}

/** The same problem with the visit's own hours replaced by the slot. */
export function startingIn(
  plain: PlainInstance,
  visit: number,
  slot: { from: number; to: number } | undefined,
): PlainInstance {
  const visits = plain.visits.map((one, v) => {
    if (v !== visit) return one;
    const { windows: _own, frozen: _place, ...rest } = one;
    return slot === undefined ? rest : { ...rest, windows: [{ from: slot.from, to: slot.to }] };
  });
  return { ...plain, visits };
}

function isKept(plain: PlainInstance, visit: number, { window, plan }: SlotFound): boolean {
  const wrong = checkPlan(ownInstance(startingIn(plain, visit, window)), plan);
  return wrong.every((violation) => violation.kind === 'missing' && violation.visit !== visit);
}
