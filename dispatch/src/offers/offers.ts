import type { EngineerId, Instant, LocalText, Suggestion, UptowerEvent, WorkOrder, WorkOrderId } from '@uptower/domain';
import { type EventLog, HttpProblem } from '@uptower/platform';
import { causeOf } from '../planning/causes.ts';
import { isPlannable, knownOrder, plannableOrder } from '../planning/dispatcher.ts';
import { asStart, engineerAt, REFUSAL_TEXT, whyText } from '../planning/from-solution.ts';
import type { Planner } from '../planning/planner.ts';
import { planningKey } from '../planning/snapshot.ts';
import type { PlanningProblem } from '../planning/to-instance.ts';
import { checkPlan } from '../solver/check-plan.ts';
import { ownInstance } from '../solver/instance.ts';
import type { Plan, Refusal } from '../solver/plan.ts';
import { standingPlan } from '../solver/standing.ts';
import type { Moved } from '../solver/told.ts';
import type { DispatchState } from '../state.ts';
import { workMinutes } from '../work-orders/work-time.ts';
import type { PlaceFound } from './best-places.ts';
import type { FindOffers } from './port.ts';
import { appendsOfPlan } from './write-plan.ts';

/** Another order that would be with somebody else, or at a noticeably other time. */
export interface MovedOrder {
  readonly workOrderId: WorkOrderId;
  readonly number: string;
  readonly from: { readonly engineerId: EngineerId; readonly startAt: Instant };
  readonly to: { readonly engineerId: EngineerId; readonly startAt: Instant };
}

export interface PlaceOf extends Suggestion {
  readonly endAt: Instant;
  /** What can honestly be promised: there by then four times in five, as far as the work before it is concerned. */
  readonly arriveBy: Instant;
  readonly why: LocalText;
  /** Against the best place of all, fen. */
  readonly extraCost: number;
  readonly moved: readonly MovedOrder[];
  /** Others in time now who would be late. */
  readonly breaks: readonly { readonly workOrderId: WorkOrderId; readonly number: string }[];
}

export interface RefusedEngineer {
  readonly engineerId: EngineerId;
  readonly reason: Refusal;
  readonly text: LocalText;
}

export interface PlacesView {
  readonly workOrderId: WorkOrderId;
  /** Whether the planner may still place it: not once it is on the way, done, or only to be observed. */
  readonly plannable: boolean;
  /** Best place of each engineer who can, cheapest first. */
  readonly suggestions: readonly PlaceOf[];
  readonly refused: readonly RefusedEngineer[];
  /** None of them is in time, or each makes others late or moves many: it is worth asking for room to be made. */
  readonly roomNeeded: boolean;
}

export interface RepairedView {
  readonly workOrderId: WorkOrderId;
  /** A place made by moving at most three others; null where that is no better than the best place without. */
  readonly repaired: PlaceOf | null;
}

/** What can be promised beside the plan in force. */
export class Offers {
  private readonly state: DispatchState;
  private readonly planner: Planner;
  private readonly find: FindOffers;
  private readonly events: EventLog<UptowerEvent>;
  /** The room last shown for an order: what a dispatcher says yes to. */
  private readonly shown = new Map<
    WorkOrderId,
    { readonly key: string; readonly shifts: string; readonly plan: Plan }
  >();

  constructor(state: DispatchState, planner: Planner, find: FindOffers, events: EventLog<UptowerEvent>) {
    this.state = state;
    this.planner = planner;
    this.find = find;
    this.events = events;
  }

  /**
   * Why her and why not him: the cheapest place at each engineer, and what stands in the way of the others. A question has
   * an answer in every state: who asks may look at an order that has left the plan a moment ago.
   */
  async places(id: WorkOrderId): Promise<PlacesView> {
    if (!isPlannable(knownOrder(this.state, id)))
      return { workOrderId: id, plannable: false, suggestions: [], refused: [], roomNeeded: false };
    const { problem, visit, order, asked } = this.around(id);
    const found = await this.find.places(asked);
    const best = new Map<EngineerId, PlaceOf>();
    for (const place of found.places) {
      const view = placeOf(problem, order, place, place.addedCost - (found.places[0]?.addedCost ?? 0));
      if (view && !best.has(view.engineerId)) best.set(view.engineerId, view);
    }
    const refused = found.refusals.flatMap(({ engineer, reason }) => {
      const engineerId = engineerAt(problem, engineer);
      // Whoever is on call has two rows: a place in one is a place, and of two reasons that of the regular hours counts.
      if (!engineerId || best.has(engineerId) || problem.engineers[engineer]?.onCall) return [];
      return [{ engineerId, reason, text: REFUSAL_TEXT[reason] }];
    });
    const good = found.places.some((place) => isGood(problem, visit, place));
    return { workOrderId: id, plannable: true, suggestions: [...best.values()], refused, roomNeeded: !good };
  }

  /** Room for an order by moving a few others, and what that does to whom. Takes some hundred milliseconds. */
  async repaired(id: WorkOrderId): Promise<RepairedView> {
    if (!isPlannable(knownOrder(this.state, id))) return { workOrderId: id, repaired: null };
    const key = planningKey(this.state);
    const { problem, order, visit, asked } = this.around(id);
    const [{ places }, repaired] = await Promise.all([this.find.places(asked), this.find.repaired(asked)]);
    const best = places.find((place) => isGood(problem, visit, place)) ?? places[0];
    const isBetter = repaired !== null && (!best || !isGood(problem, visit, best)) && repaired.moved.length > 0;
    const extra = repaired ? repaired.addedCost - (places[0]?.addedCost ?? repaired.addedCost) : 0;
    for (const [other, before] of this.shown) if (before.key !== key || other === id) this.shown.delete(other);
    if (!isBetter) return { workOrderId: id, repaired: null };
    this.shown.set(id, { key, shifts: shiftsOf(problem), plan: repaired.plan });
    return { workOrderId: id, repaired: placeOf(problem, order, repaired, extra) };
  }

  /**
   * Puts the room that was shown last into force: those visits move, and the checker has no objection. Throws
   * `version-conflict` where anything of the plan is not as it was when it was shown.
   */
  makeRoom(id: WorkOrderId, actor: string): Promise<void> {
    return this.planner.exclusive(async () => {
      plannableOrder(this.state, id);
      const shown = this.shown.get(id);
      const { problem } = this.around(id);
      if (!shown || shown.key !== planningKey(this.state) || shown.shifts !== shiftsOf(problem))
        throw new HttpProblem('version-conflict');
      const instance = ownInstance(problem.plain);
      // As it was shown; or, where somebody should have left a moment ago, the same timed as of now.
      const asShown = checkPlan(instance, shown.plan).length === 0;
      const plan = asShown ? shown.plan : standingPlan(instance, shown.plan);
      const same = plan !== null && vehiclesOf(plan) === vehiclesOf(shown.plan);
      if (!same || checkPlan(instance, plan).length > 0) throw new HttpProblem('version-conflict');
      const cause = causeOf('room-made', actor, problem.now, id);
      const appends = appendsOfPlan({ problem, plan, state: this.state, planner: this.planner, cause });
      if (appends.length > 0) await this.events.append(appends, { at: problem.now, actor });
      this.shown.delete(id);
    });
  }

  private around(id: WorkOrderId) {
    const problem = this.planner.problemAround(id);
    const visit = problem.orders.findIndex(({ order }) => order.id === id);
    const order = problem.orders[visit]?.order;
    if (!order) throw new HttpProblem('not-found', 'its device is not in the registry any more');
    return { problem, visit, order, asked: { ...question(problem), visit } };
  }
}

/** A vehicle's number means the same where these are the same. */
const shiftsOf = ({ plain }: PlanningProblem) => plain.engineers.map(({ shifts }) => shifts.length).join();

/** Who has which visits in which turn. */
const vehiclesOf = ({ routes }: Plan) =>
  routes.map(({ vehicle, stops }) => [vehicle, ...stops.map(({ visit }) => visit)].join(' ')).join();

const MOST_MOVED = 3;

/** In time, and nobody else pays for it with more than a little waiting. */
function isGood({ plain }: PlanningProblem, visit: number, place: PlaceFound): boolean {
  const due = plain.visits[visit]?.due ?? Number.POSITIVE_INFINITY;
  return place.startAt <= due && place.breaks.length === 0 && place.moved.length <= MOST_MOVED;
}

/** What every question about a plan is asked with. */
function question(problem: PlanningProblem) {
  const { orders, plain, policy } = problem;
  return {
    plain,
    plan: asStart(problem),
    spreads: orders.map(({ order }) => 60 * (workMinutes(order, 0.8) - workMinutes(order, policy.serviceQuantile))),
    promised: orders.flatMap(({ order }, visit) => (order.slot ? [visit] : [])),
  };
}

function placeOf(problem: PlanningProblem, order: WorkOrder, place: PlaceFound, extraCost: number): PlaceOf | null {
  const engineer = problem.engineers[place.engineer]?.engineer;
  if (!engineer || order.state === 'closed' || order.state === 'cancelled') return null;
  const arriveAt = place.arriveAt * 1_000;
  return {
    engineerId: engineer.id,
    startAt: place.startAt * 1_000,
    arriveAt,
    arriveBy: place.arriveBy * 1_000,
    endAt: place.endAt * 1_000,
    cost: place.addedCost,
    extraCost,
    why: whyText(order, engineer.name, place.arriveAt - place.departAt, arriveAt),
    moved: place.moved.flatMap((moved) => movedOrder(problem, moved) ?? []),
    breaks: place.breaks.flatMap((visit) => {
      const other = problem.orders[visit]?.order;
      return other ? [{ workOrderId: other.id, number: other.number }] : [];
    }),
  };
}

function movedOrder(problem: PlanningProblem, { visit, from, to }: Moved): MovedOrder | null {
  const order = problem.orders[visit]?.order;
  const before = engineerAt(problem, from.engineer);
  const after = engineerAt(problem, to.engineer);
  if (!order || !before || !after) return null;
  return {
    workOrderId: order.id,
    number: order.number,
    from: { engineerId: before, startAt: from.startAt * 1_000 },
    to: { engineerId: after, startAt: to.startAt * 1_000 },
  };
}
