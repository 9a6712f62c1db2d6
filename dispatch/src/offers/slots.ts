import {
  type Clock,
  type EngineerId,
  type Instant,
  MINUTE,
  type SlotOffer,
  type SlotOffers,
  type UptowerEvent,
  type WorkOrder,
  type WorkOrderId,
} from '@uptower/domain';
import { type EventLog, HttpProblem, type Logger, VersionConflict } from '@uptower/platform';
import { causeOf } from '../planning/causes.ts';
import { plannableOrder } from '../planning/dispatcher.ts';
import { asStart, engineerAt } from '../planning/from-solution.ts';
import type { Planner } from '../planning/planner.ts';
import { ceilSecond, floorSecond } from '../planning/shift-rows.ts';
import { planningKey } from '../planning/snapshot.ts';
import { waitsForPart } from '../planning/to-instance.ts';
import { checkPlan } from '../solver/check-plan.ts';
import { ownInstance } from '../solver/instance.ts';
import type { DispatchState } from '../state.ts';
import { startingIn } from './find-slots.ts';
import type { FindOffers } from './port.ts';
import { slotTimes } from './slot-times.ts';
import { appendsOfPlan, withEvent } from './write-plan.ts';

export interface SlotsOptions {
  readonly state: DispatchState;
  readonly planner: Planner;
  readonly find: FindOffers;
  readonly events: EventLog<UptowerEvent>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** So long an offer can be accepted. It reserves nothing: whoever accepts first has the place. */
const STANDS_MS = 15 * MINUTE;
/** Where the clock runs faster than time somebody still has to read them. Real milliseconds. */
const LEAST_REAL_MS = MINUTE;
/** Nothing is offered sooner: somebody has to get there. */
const LEAD_MS = 30 * MINUTE;
/** Plans spoilt in a row by somebody's change. */
const MOST_ATTEMPTS = 4;

export interface SlotsWanted {
  readonly workOrderId: WorkOrderId;
  readonly count: number;
  readonly slotMinutes: number;
  readonly from?: Instant | undefined;
  readonly to?: Instant | undefined;
}

/** Offers a hospital times that can be kept, and keeps the one it chooses. Offers live in memory: after a restart one asks again. */
export class Slots {
  private readonly options: SlotsOptions;
  private readonly standing = new Map<WorkOrderId, SlotOffers>();

  constructor(options: SlotsOptions) {
    this.options = options;
  }

  /** Throws `order-wrong-state` where nobody may be sent any more. */
  async offer({ workOrderId: id, count, slotMinutes, from, to }: SlotsWanted): Promise<SlotOffers> {
    const { find, state, clock } = this.options;
    const { slot: present } = plannableOrder(state, id);
    const { problem, visit, site, waits } = this.around(id);
    const { now, policy } = problem;
    const begin = Math.max(now + LEAD_MS, from ?? 0);
    const end = Math.min(now + policy.horizonMs, to ?? Number.POSITIVE_INFINITY);
    // Another time than the one that is promised already.
    const windows = (waits ? [] : slotTimes(site, begin, end, slotMinutes))
      .filter((slot) => slot.from !== present?.from || slot.to !== present.to)
      .map((slot) => ({ ...inSeconds(slot), half: slot.half }));
    const found =
      windows.length === 0
        ? []
        : await find.slots({ plain: problem.plain, plan: asStart(problem), visit, windows, count });
    const cheapest = found[0]?.addedCost ?? 0;
    const offers = found.map(({ window, engineer, startAt, addedCost }): SlotOffer => {
      const engineerId = engineerAt(problem, engineer) as EngineerId;
      const times = { from: window.from * 1_000, to: window.to * 1_000, startAt: startAt * 1_000 };
      return { ...times, engineerId, extraCost: addedCost - cheapest };
    });
    const answer = {
      workOrderId: id,
      offers,
      standUntil: this.options.clock.now() + Math.max(STANDS_MS, LEAST_REAL_MS * clock.speed),
    };
    for (const [other, { standUntil }] of this.standing)
      if (standUntil < this.options.clock.now()) this.standing.delete(other);
    this.standing.set(id, answer);
    return answer;
  }

  /**
   * Promises one of the times on offer: looked at again on the plan as it is now, and written with the plan that keeps it, or
   * nothing is. Throws `slot-not-offered`, or `slot-gone` where the plan has no room for it any more.
   */
  async accept(
    id: WorkOrderId,
    slot: { readonly from: Instant; readonly to: Instant },
    actor: string,
  ): Promise<WorkOrder> {
    const { planner, state } = this.options;
    const offered = this.standing.get(id);
    const stands = offered !== undefined && offered.standUntil >= this.options.clock.now();
    if (!stands || !offered.offers.some(({ from, to }) => from === slot.from && to === slot.to))
      throw new HttpProblem('slot-not-offered');
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      const done = await planner.exclusive(() => this.promise(id, slot, actor));
      if (!done) continue;
      this.standing.delete(id);
      return state.orders.get(id)?.order as WorkOrder;
    }
    throw new HttpProblem('version-conflict');
  }

  /** One try: false where something else was written meanwhile. */
  private async promise(id: WorkOrderId, slot: { from: Instant; to: Instant }, actor: string): Promise<boolean> {
    const { state, find, events, log } = this.options;
    plannableOrder(state, id);
    const key = planningKey(state);
    const { problem, visit, waits } = this.around(id);
    const window = { ...inSeconds(slot), half: 0 };
    const asked = { plain: problem.plain, plan: asStart(problem), visit, windows: [window], count: 1 };
    const [found] = slot.from > problem.now && !waits ? await find.slots(asked) : [];
    if (planningKey(state) !== key) return false;
    if (found === undefined) throw new HttpProblem('slot-gone');
    const instance = ownInstance(startingIn(problem.plain, visit, window));
    const wrong = checkPlan(instance, found.plan);
    if (wrong.length > 0) {
      log.error({ workOrderId: id, wrong }, 'slot.refused');
      throw new HttpProblem('slot-gone');
    }
    const at = this.options.clock.now();
    const by = actor.slice(0, 64);
    const promised = {
      type: 'work-order.slot-promised' as const,
      workOrderId: id,
      at,
      from: slot.from,
      to: slot.to,
      by,
    };
    const cause = causeOf('slot-promised', by, at, id);
    const appends = appendsOfPlan({ problem, plan: found.plan, state, planner: this.options.planner, cause, promised });
    try {
      await events.append(withEvent(appends, id, promised, state), { at, actor });
    } catch (error) {
      if (error instanceof VersionConflict) return false;
      throw error;
    }
    return true;
  }

  private around(id: WorkOrderId) {
    const problem = this.options.planner.problemAround(id);
    const visit = problem.orders.findIndex(({ order }) => order.id === id);
    const planned = problem.orders[visit];
    if (!planned) throw new HttpProblem('not-found', 'its device is not in the registry any more');
    // Nobody goes while nobody knows when a part comes: no time can be kept.
    return { problem, visit, site: planned.site, waits: waitsForPart(planned.order) };
  }
}

const inSeconds = ({ from, to }: { readonly from: Instant; readonly to: Instant }) => ({
  from: ceilSecond(from),
  to: floorSecond(to),
});
